#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Numbers that this glibc's headers may not have yet; from 424 on they are the same on every architecture. */
enum { CALL_IO_URING_SETUP = 425, CALL_MEMFD_SECRET = 447 };

/* io-uring: makes a queue of calls that no filter sees. */
static int io_uring_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    unsigned char parameters[120];
    memset(parameters, 0, sizeof parameters);
    if (syscall(CALL_IO_URING_SETUP, 1, parameters) < 0) { return denied_unless_missing("io_uring"); }
    return worked("made a queue");
}

/* bpf: makes a map. */
static int bpf_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    union bpf_attr map;
    memset(&map, 0, sizeof map);
    map.map_type = BPF_MAP_TYPE_ARRAY;
    map.key_size = 4;
    map.value_size = 8;
    map.max_entries = 1;
    if (syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map) < 0) { return denied_unless_missing("bpf"); }
    return worked("made a map");
}

/* perf: counts its own processor time, the least that the call can do. */
static int perf_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    struct perf_event_attr event;
    memset(&event, 0, sizeof event);
    event.size = sizeof event;
    event.type = PERF_TYPE_SOFTWARE;
    event.config = PERF_COUNT_SW_TASK_CLOCK;
    event.exclude_kernel = 1;
    event.exclude_hv = 1;
    if (syscall(SYS_perf_event_open, &event, 0, -1, -1, 0UL) < 0) { return denied_unless_missing("perf_event_open"); }
    return worked("made a counter");
}

/* userfaultfd: with the flag that makes it free for everybody. */
static int userfaultfd_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    const int user_mode_only = 1;
    if (syscall(SYS_userfaultfd, O_CLOEXEC | user_mode_only) < 0) { return denied_unless_missing("userfaultfd"); }
    return worked("handles its own page faults");
}

static const long process_keyring = -2;

/* add-key: a key in this process's own keyring. */
static int add_key_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (syscall(SYS_add_key, "user", "sandbox-probe", "x", 1UL, process_keyring) < 0) {
        return denied_unless_missing("add_key");
    }
    return worked("stored a key");
}

/* keyctl: asks for the number of its own process keyring, made where there is none. */
static int keyctl_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    const long get_keyring = 0;
    if (syscall(SYS_keyctl, get_keyring, process_keyring, 1L, 0L, 0L) < 0) { return denied_unless_missing("keyctl"); }
    return worked("has a keyring");
}

/* request-key: a key that isn't there, which the kernel says only to those who may ask. */
static int request_key_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (syscall(SYS_request_key, "user", "sandbox-probe-none", NULL, 0L) < 0 && errno != ENOKEY) {
        return denied_unless_missing("request_key");
    }
    return worked("asked for a key");
}

/* memory-secret: memory that nobody can look into, not even the kernel. */
static int memory_secret_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (syscall(CALL_MEMFD_SECRET, 0) < 0) { return denied_unless_missing("memfd_secret"); }
    return worked("has secret memory");
}

/* clock: sets the machine's clock to what it is. */
static int clock_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) { return untried("can't read the clock"); }
    if (clock_settime(CLOCK_REALTIME, &now) != 0) { return denied_by_kernel(); }
    return worked("set the clock");
}

#if defined(__x86_64__)
static int x32_body(void *argument) {
    (void)argument;
    const long x32 = 0x40000000;
    if (syscall(SYS_getpid | x32) < 0) { return denied_unless_missing("x32"); }
    return worked("called the kernel by its x32 numbers");
}

static int ia32_body(void *argument) {
    (void)argument;
    const int get_process = 20;
    long result = get_process;
    __asm__ volatile("int $0x80" : "+a"(result) : : "r8", "r9", "r10", "r11", "memory", "cc");
    if (result < 0) {
        errno = (int)-result;
        return denied_unless_missing("32-bit calls");
    }
    return worked("called the kernel by its 32-bit numbers");
}
#endif

/* foreign-calls KIND: a harmless call by the numbers of another architecture, which mean other calls to a filter. */
static int foreign_calls_attack(int count, char **arguments) {
    (void)count;
#if defined(__x86_64__)
    if (strcmp(arguments[0], "x32") == 0) { return in_child(x32_body, NULL); }
    if (strcmp(arguments[0], "ia32") == 0) { return in_child(ia32_body, NULL); }
    return untried("there is no kind of calls `%s`", arguments[0]);
#else
    (void)arguments;
    return untried("this processor has one kind of calls");
#endif
}

const struct attack kernel_attacks[] = {
    {"io-uring", "", 0, 0, io_uring_attack},
    {"bpf", "", 0, 0, bpf_attack},
    {"perf", "", 0, 0, perf_attack},
    {"userfaultfd", "", 0, 0, userfaultfd_attack},
    {"add-key", "", 0, 0, add_key_attack},
    {"keyctl", "", 0, 0, keyctl_attack},
    {"request-key", "", 0, 0, request_key_attack},
    {"memory-secret", "", 0, 0, memory_secret_attack},
    {"clock", "", 0, 0, clock_attack},
    {"foreign-calls", "x32|ia32", 1, 1, foreign_calls_attack},
    {NULL, NULL, 0, 0, NULL},
};
