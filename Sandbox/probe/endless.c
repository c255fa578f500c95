#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What would go on for ever, were it not for a bound of its own. */

static void ignore_requests_to_end(void) {
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGXCPU, SIG_IGN);
}

/* sleep MILLISECONDS: does not end when asked to. */
static int sleep_attack(int count, char **arguments) {
    (void)count;
    long duration = positive_number(arguments[0]);
    if (duration < 0) { return UNTRIED; }
    ignore_requests_to_end();
    sleep_milliseconds(duration);
    return worked("slept");
}

/* stop MILLISECONDS: stops itself; a child wakes it after that time. */
static int stop_attack(int count, char **arguments) {
    (void)count;
    long duration = positive_number(arguments[0]);
    if (duration < 0) { return UNTRIED; }
    pid_t self = getpid();
    pid_t child = fork();
    if (child < 0) { return untried("can't fork: %s", strerror(errno)); }
    if (child == 0) {
        sleep_milliseconds(duration);
        kill(self, SIGCONT);
        _exit(0);
    }
    kill(self, SIGSTOP);
    waitpid(child, NULL, 0);
    return worked("was stopped and woken");
}

/* pipe-without-writer MILLISECONDS: opens a named pipe that nobody writes to; a child does so after that time. */
static int pipe_without_writer_attack(int count, char **arguments) {
    (void)count;
    long duration = positive_number(arguments[0]);
    if (duration < 0) { return UNTRIED; }
    const char *name = "planted-pipe";
    unlink(name);
    if (mkfifo(name, 0600) != 0) { return untried("can't make a pipe: %s", strerror(errno)); }
    pid_t child = fork();
    if (child < 0) { return untried("can't fork: %s", strerror(errno)); }
    if (child == 0) {
        sleep_milliseconds(duration);
        int writer = open(name, O_WRONLY);
        _exit(writer < 0 ? 1 : 0);
    }
    int reader = open(name, O_RDONLY);
    waitpid(child, NULL, 0);
    if (reader < 0) { return denied_by_kernel(); }
    return worked("was answered");
}

/* Uses so much processor time of this thread. */
static void burn(long milliseconds) {
    struct timespec used;
    volatile unsigned long turns = 0;
    do {
        for (int turn = 0; turn < 100000; turn++) { turns += 1; }
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    } while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < milliseconds);
}

static void *burn_in_thread(void *argument) {
    burn(*(const long *)argument);
    return NULL;
}

/* burn PROCESSES THREADS MILLISECONDS: each thread of each process uses so much processor time. */
static int burn_attack(int count, char **arguments) {
    (void)count;
    long processes = positive_number(arguments[0]);
    long threads = positive_number(arguments[1]);
    long duration = positive_number(arguments[2]);
    if (processes < 0 || threads < 0 || duration < 0) { return UNTRIED; }
    if (processes > 16 || threads > 16 || processes * threads * duration > 60000) {
        return untried("that is more than a minute");
    }
    ignore_requests_to_end();
    for (long number = 0; number < processes; number++) {
        pid_t child = fork();
        if (child < 0) { return denied_by_kernel(); }
        if (child > 0) { continue; }
        pthread_t others[16];
        for (long other = 1; other < threads; other++) {
            if (pthread_create(&others[other], NULL, burn_in_thread, &duration) != 0) { _exit(1); }
        }
        burn(duration);
        for (long other = 1; other < threads; other++) { pthread_join(others[other], NULL); }
        _exit(0);
    }
    long whole = 0;
    int status = 0;
    while (waitpid(-1, &status, 0) > 0) { whole += WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 1 : 0; }
    if (whole < processes) { return denied("%ld of %ld processes came to their end", whole, processes); }
    return worked("used %ld ms of processor time", processes * threads * duration);
}

/* flood STREAM MEBIBYTES: writes lines to standard output (1), standard error (2) or both (3). */
static int flood_attack(int count, char **arguments) {
    (void)count;
    long streams = positive_number(arguments[0]);
    long size = positive_number(arguments[1]);
    if (streams < 0 || size < 0) { return UNTRIED; }
    if (streams > 3 || size > 1024) { return untried("that is not a stream, or above 1024 MiB"); }
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    for (size_t place = 63; place < sizeof block; place += 64) { block[place] = '\n'; }
    for (long number = 0; number < size * 16; number++) {
        if ((streams & 1) != 0 && !write_all(STDOUT_FILENO, block, sizeof block)) { return UNTRIED; }
        if ((streams & 2) != 0 && !write_all(STDERR_FILENO, block, sizeof block)) { return UNTRIED; }
    }
    return worked("wrote %ld MiB", size);
}

/* endless-line MEBIBYTES: the same on standard output without an end of line. */
static int endless_line_attack(int count, char **arguments) {
    (void)count;
    long size = positive_number(arguments[0]);
    if (size < 0) { return UNTRIED; }
    if (size > 1024) { return untried("that is above 1024 MiB"); }
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    for (long number = 0; number < size * 16; number++) {
        if (!write_all(STDOUT_FILENO, block, sizeof block)) { return UNTRIED; }
    }
    return worked("wrote %ld MiB", size);
}

/* all-bytes: every byte there is, as they are, and nothing else. */
static int all_bytes(int count, char **arguments) {
    (void)count, (void)arguments;
    char bytes[256];
    for (int number = 0; number < 256; number++) { bytes[number] = (char)number; }
    return write_all(STDOUT_FILENO, bytes, sizeof bytes) ? WORKED : UNTRIED;
}

const struct attack endless_attacks[] = {
    {"sleep", "MILLISECONDS", 1, 1, sleep_attack},
    {"stop", "MILLISECONDS", 1, 1, stop_attack},
    {"pipe-without-writer", "MILLISECONDS", 1, 1, pipe_without_writer_attack},
    {"burn", "PROCESSES THREADS MILLISECONDS", 3, 3, burn_attack},
    {"flood", "STREAM MEBIBYTES", 2, 2, flood_attack},
    {"endless-line", "MEBIBYTES", 1, 1, endless_line_attack},
    {"all-bytes", "", 0, 0, all_bytes},
    {NULL, NULL, 0, 0, NULL},
};
