#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALL_PIDFD_OPEN = 434, CALL_PIDFD_GETFD = 438 };

/* A child that does nothing until it is ended; -1 after saying why there is none. */
static pid_t sleeping_child(void) {
    pid_t child = fork();
    if (child < 0) { untried("can't fork: %s", strerror(errno)); }
    if (child == 0) {
        sleep_milliseconds(60000);
        _exit(0);
    }
    return child;
}

static void end_child(pid_t child) {
    int error = errno;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    errno = error;
}

/* trace-child: becomes the tracer of a child. */
static int trace_child_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    pid_t child = sleeping_child();
    if (child < 0) { return UNTRIED; }
    long result = ptrace(PTRACE_ATTACH, child, NULL, NULL);
    end_child(child);
    if (result != 0) { return denied_by_kernel(); }
    return worked("traces a child");
}

/* read-child: reads a child's memory. */
static int read_child_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    static char here[8], there[8] = "content";
    pid_t child = sleeping_child();
    if (child < 0) { return UNTRIED; }
    struct iovec to = {here, sizeof here}, from = {there, sizeof there};
    ssize_t got = process_vm_readv(child, &to, 1, &from, 1, 0);
    end_child(child);
    if (got < 0) { return denied_by_kernel(); }
    return worked("read %zd bytes of a child", got);
}

/* Takes the first descriptor of another process that it can get. */
static bool takes_descriptor(pid_t process) {
    int handle = (int)syscall(CALL_PIDFD_OPEN, process, 0);
    if (handle < 0) { return false; }
    for (int number = 0; number < 64; number++) {
        if (syscall(CALL_PIDFD_GETFD, handle, number, 0) >= 0) { return true; }
        if (errno != EBADF) { return false; }
    }
    return false;
}

/* take-from-child: a copy of a child's descriptor. */
static int take_from_child_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    pid_t child = sleeping_child();
    if (child < 0) { return UNTRIED; }
    bool taken = takes_descriptor(child);
    end_child(child);
    if (!taken) { return denied_unless_missing("pidfd_getfd"); }
    return worked("took a descriptor of a child");
}

/* take-from-init: a copy of a descriptor of bubblewrap, among which is the launcher's control socket. */
static int take_from_init_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (!owns_process_namespace()) { return untried("process 1 is not the sandbox's"); }
    if (!takes_descriptor(1)) { return denied_unless_missing("pidfd_getfd"); }
    return worked("took a descriptor of process 1");
}

/* trace-init: becomes the tracer of bubblewrap. */
static int trace_init_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (!owns_process_namespace()) { return untried("process 1 is not the sandbox's"); }
    if (ptrace(PTRACE_SEIZE, 1, NULL, NULL) != 0) { return denied_by_kernel(); }
    ptrace(PTRACE_DETACH, 1, NULL, NULL);
    return worked("traces process 1");
}

/* look-into-init: sees what process 1 has open, or its memory map. */
static int look_into_init_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (!owns_process_namespace()) { return untried("process 1 is not the sandbox's"); }
    char path[64], target[256];
    int error = ENOENT;
    for (int number = 0; number < 16; number++) {
        /* The list of numbers is free for the same user; what they stand for is not. */
        snprintf(path, sizeof path, "/proc/1/fd/%d", number);
        if (readlink(path, target, sizeof target) > 0) { return worked("sees descriptor %d of process 1", number); }
        if (errno != ENOENT) { error = errno; }
    }
    if (read_line("/proc/1/maps", target, sizeof target)) { return worked("sees the memory map of process 1"); }
    errno = error;
    return denied_by_kernel();
}

/* signal PROCESS: asks whether it may signal that process. Signal 0 is the question alone: nothing is ever sent. */
static int signal_attack(int count, char **arguments) {
    (void)count;
    long process = positive_number(arguments[0]);
    if (process < 0) { return UNTRIED; }
    if (kill((pid_t)process, 0) != 0) { return denied_by_kernel(); }
    return worked("may signal process %ld", process);
}

/* kill-all: ends everything it can reach. Works when its own child is hit; what matters is who else was. */
static int kill_all_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (!owns_process_namespace()) { return untried("it would reach processes that are not the sandbox's"); }
    pid_t child = sleeping_child();
    if (child < 0) { return UNTRIED; }
    bool sent = kill(-1, SIGKILL) == 0;
    int error = errno;
    int status = 0;
    if (!sent) { end_child(child); }
    if (sent && waitpid(child, &status, 0) == child && WIFSIGNALED(status)) { return worked("ended its own child"); }
    errno = error;
    return denied_by_kernel();
}

/* process-list FIRST SECOND: finds a process whose arguments hold both texts as one, which no argument here does. */
static int process_list_attack(int count, char **arguments) {
    (void)count;
    char mark[256], path[64];
    snprintf(mark, sizeof mark, "%s%s", arguments[0], arguments[1]);
    DIR *folder = opendir("/proc");
    if (folder == NULL) { return untried("can't list /proc: %s", strerror(errno)); }
    int seen = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[strspn(entry->d_name, "0123456789")] != 0) { continue; }
        seen += 1;
        snprintf(path, sizeof path, "/proc/%.20s/cmdline", entry->d_name);
        if (!file_holds(AT_FDCWD, path, mark)) { continue; }
        closedir(folder);
        return worked("sees a process of outside");
    }
    closedir(folder);
    return denied("none of the %d processes there is from outside", seen);
}

/* init-environment MARK: finds MARK among the variables of process 1. */
static int init_environment_attack(int count, char **arguments) {
    (void)count;
    if (!owns_process_namespace()) { return untried("process 1 is not the sandbox's"); }
    if (file_holds(AT_FDCWD, "/proc/1/environ", arguments[0])) { return worked("found it in /proc/1/environ"); }
    return denied_by_kernel();
}

/* environment NAME: finds a variable of that name. */
static int environment_attack(int count, char **arguments) {
    (void)count;
    if (getenv(arguments[0]) != NULL) { return worked("`%s` is set", arguments[0]); }
    return denied("`%s` is not set", arguments[0]);
}

/* linger MARK SECONDS: what the two attacks below leave behind. It is found outside by MARK in its arguments. */
int linger(int count, char **arguments) {
    (void)count;
    long seconds = positive_number(arguments[1]);
    if (seconds < 0) { return UNTRIED; }
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sleep_milliseconds(seconds * 1000);
    dprintf(STDOUT_FILENO, "lingered\n");
    return WORKED;
}

/* Leaves its session and its parent, and becomes `linger`; returns in the one that goes on. */
static bool leave_behind(char **arguments, bool keeps_output) {
    pid_t child = fork();
    if (child < 0) { return false; }
    if (child > 0) {
        waitpid(child, NULL, 0);
        return true;
    }
    setsid();
    if (fork() != 0) { _exit(0); }
    if (!keeps_output) {
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, 0), dup2(nothing, 1), dup2(nothing, 2);
    }
    execl("/proc/self/exe", "sandbox-probe", "linger", arguments[0], arguments[1], (char *)NULL);
    _exit(127);
}

/* orphan MARK SECONDS: leaves a process behind that has let go of everything. */
static int orphan_attack(int count, char **arguments) {
    (void)count;
    if (!leave_behind(arguments, false)) { return untried("can't fork: %s", strerror(errno)); }
    /* Long enough for it to be there. */
    sleep_milliseconds(50);
    return worked("left a process behind");
}

/* pipe-holder MARK SECONDS: the same, with the caller's pipes kept open. */
static int pipe_holder_attack(int count, char **arguments) {
    (void)count;
    if (!leave_behind(arguments, true)) { return untried("can't fork: %s", strerror(errno)); }
    sleep_milliseconds(50);
    return worked("left a process behind that holds the pipes");
}

const struct attack process_attacks[] = {
    {"trace-child", "", 0, 0, trace_child_attack},
    {"read-child", "", 0, 0, read_child_attack},
    {"take-from-child", "", 0, 0, take_from_child_attack},
    {"take-from-init", "", 0, 0, take_from_init_attack},
    {"trace-init", "", 0, 0, trace_init_attack},
    {"look-into-init", "", 0, 0, look_into_init_attack},
    {"signal", "PROCESS", 1, 1, signal_attack},
    {"kill-all", "", 0, 0, kill_all_attack},
    {"process-list", "FIRST SECOND", 2, 2, process_list_attack},
    {"init-environment", "MARK", 1, 1, init_environment_attack},
    {"environment", "NAME", 1, 1, environment_attack},
    {"linger", "MARK SECONDS", 2, 2, linger},
    {"orphan", "MARK SECONDS", 2, 2, orphan_attack},
    {"pipe-holder", "MARK SECONDS", 2, 2, pipe_holder_attack},
    {NULL, NULL, 0, 0, NULL},
};
