/* Inside bubblewrap's namespaces, up to the command. */
#define _GNU_SOURCE
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Standard input is the control socket until the command's own is put there. */
enum { CONTROL_MINIMUM = 10, LIMIT_COUNT = 8 };

struct options {
    const char *workspace;
    const char *folder;
    bool sends_workspace;
    bool sends_init;
    bool uses_landlock;
    bool uses_seccomp;
    bool runs_descriptor;
    const char *limits[LIMIT_COUNT];
    size_t limit_count;
    struct landlock_rules rules;
};

/* What the launcher gives: the command's standard input and, where there are any, the workspace's archive and the
   program's file. Negative for none. */
struct given {
    int input;
    int archive;
    int program;
};

enum { GIVEN_LIMIT = 3 };

/* Where the descriptor with this letter belongs. */
static int *place_of(char letter, struct given *given) {
    switch (letter) {
    case 'I': return &given->input;
    case 'A': return &given->archive;
    case 'P': return &given->program;
    default: return NULL;
    }
}

/* The launcher's one message: `G`, then a letter for each of its descriptors, in their order. */
static void receive(int control, struct given *given) {
    static const char what[] = "receive the command's input", strange[] = "the launcher sent something else";
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * GIVEN_LIMIT)];
    } room;
    char letters[1 + GIVEN_LIMIT];
    struct iovec part = {letters, sizeof letters};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room.space,
                             .msg_controllen = sizeof room.space};
    ssize_t got;
    do { got = recvmsg(control, &message, MSG_CMSG_CLOEXEC); } while (got < 0 && errno == EINTR);
    if (got < 0) { fail(what, NULL); }
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    size_t count = got > 1 ? (size_t)got - 1 : 0;
    if (count == 0 || letters[0] != 'G' || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || header == NULL ||
        header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof(int) * count)) {
        fail(what, strange);
    }
    int descriptors[GIVEN_LIMIT];
    memcpy(descriptors, CMSG_DATA(header), sizeof(int) * count);
    for (size_t index = 0; index < count; index++) {
        int *place = place_of(letters[1 + index], given);
        if (place == NULL || *place >= 0) { fail(what, strange); }
        *place = descriptors[index];
    }
    if (given->input < 0) { fail(what, strange); }
}

/* Hands over a descriptor together with a letter, and closes it here. */
static void send_descriptor(int control, char letter, int descriptor, const char *what) {
    if (descriptor < 0) { fail(what, NULL); }
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } room;
    memset(&room, 0, sizeof room);
    struct iovec part = {&letter, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room.space,
                             .msg_controllen = sizeof room.space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    if (sendmsg(control, &message, MSG_NOSIGNAL) < 0) { fail(what, NULL); }
    close(descriptor);
}

/* NAME=SOFT:HARD. A limit that is lower already stays. */
static void limit(const char *text) {
    static const struct {
        const char *name;
        int resource;
    } known[] = {
        {"core", RLIMIT_CORE},   {"cpu", RLIMIT_CPU},         {"file-size", RLIMIT_FSIZE},
        {"files", RLIMIT_NOFILE}, {"processes", RLIMIT_NPROC},
    };
    char name[32];
    unsigned long long soft = 0, hard = 0;
    if (sscanf(text, "%31[a-z-]=%llu:%llu", name, &soft, &hard) != 3) { fail("read a resource limit", text); }
    for (size_t index = 0; index < sizeof known / sizeof known[0]; index++) {
        if (strcmp(name, known[index].name) != 0) { continue; }
        struct rlimit now;
        if (getrlimit(known[index].resource, &now) != 0) { fail("read a resource limit", NULL); }
        if (now.rlim_max == RLIM_INFINITY || now.rlim_max > hard) { now.rlim_max = hard; }
        now.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max;
        if (setrlimit(known[index].resource, &now) != 0) { fail("set a resource limit", NULL); }
        return;
    }
    fail("set a resource limit", text);
}

static void add_rule(struct landlock_rules *rules, const char *path, enum path_access access) {
    if (rules->count == PATH_RULE_LIMIT) { fail("restrict files", "there are too many paths"); }
    rules->paths[rules->count++] = (struct path_rule){path, access};
}

static int read_options(int count, char **arguments, struct options *options) {
    int index = 0;
    for (; index < count && strcmp(arguments[index], "--") != 0; index++) {
        const char *option = arguments[index];
        if (strcmp(option, "--send-workspace") == 0) {
            options->sends_workspace = true;
        } else if (strcmp(option, "--send-init") == 0) {
            options->sends_init = true;
        } else if (strcmp(option, "--landlock") == 0) {
            options->uses_landlock = true;
        } else if (strcmp(option, "--landlock-optional") == 0) {
            options->rules.takes_older = true;
        } else if (strcmp(option, "--allow-tcp") == 0) {
            options->rules.allows_tcp = true;
        } else if (strcmp(option, "--seccomp") == 0) {
            options->uses_seccomp = true;
        } else if (strcmp(option, "--program-descriptor") == 0) {
            options->runs_descriptor = true;
        } else {
            if (index + 1 >= count) { fail("read the helper's options", option); }
            const char *value = arguments[++index];
            if (strcmp(option, "--workspace") == 0) {
                options->workspace = value;
            } else if (strcmp(option, "--folder") == 0) {
                options->folder = value;
            } else if (strcmp(option, "--limit") == 0) {
                if (options->limit_count == LIMIT_COUNT) { fail("set a resource limit", "there are too many"); }
                options->limits[options->limit_count++] = value;
            } else if (strcmp(option, "--list") == 0) {
                add_rule(&options->rules, value, MAY_LIST);
            } else if (strcmp(option, "--read") == 0) {
                add_rule(&options->rules, value, MAY_READ);
            } else if (strcmp(option, "--write") == 0) {
                add_rule(&options->rules, value, MAY_WRITE);
            } else {
                fail("read the helper's options", option);
            }
        }
    }
    return index + 1;
}

/* Whether there is something to execute at the path. The launcher has looked at what it gives by descriptor. */
static bool is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode) && access(path, X_OK) == 0;
}

/* What the launcher left behind in signals must not reach the command. */
static void reset_signals(void) {
    for (int number = 1; number < NSIG; number++) {
        if (number != SIGKILL && number != SIGSTOP) { signal(number, SIG_DFL); }
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int inside_main(int count, char **arguments) {
    int control = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, CONTROL_MINIMUM);
    if (control < 0) { fail("keep the control socket", NULL); }
    fail_to_socket(control);
    struct options options = {0};
    struct given given = {-1, -1, -1};
    receive(control, &given);
    if (dup2(given.input, STDIN_FILENO) < 0) { fail("set standard input", NULL); }
    close(given.input);

    int index = read_options(count, arguments, &options);
    char **command = arguments + index;
    if (index >= count) { fail("start the command", "none was given"); }
    if (options.runs_descriptor != (given.program >= 0)) {
        fail("start the command", "its arguments and what the launcher sent don't agree on a program by descriptor");
    }
    options.rules.program = given.program;
    if (options.workspace != NULL && given.archive >= 0) { unpack(given.archive, options.workspace); }
    if (given.archive >= 0) { close(given.archive); }
    /* The launcher looks at what the command left through this one, when every process is gone. */
    if (options.sends_workspace) {
        int folder = open(options.workspace, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        send_descriptor(control, 'W', folder, "hand over the workspace");
    }
    /* Process 1 ends after all others of its namespace (pid_namespaces(7)); through this one the launcher sees it. */
    if (options.sends_init) {
        send_descriptor(control, 'I', (int)syscall(SYS_pidfd_open, 1, 0), "hand over process 1");
    }
    /* After the workspace is filled: the largest file that a command may write can be smaller than one that is there. */
    for (size_t number = 0; number < options.limit_count; number++) { limit(options.limits[number]); }
    umask(022);
    if (options.folder != NULL && chdir(options.folder) != 0) { fail("enter the working folder", NULL); }
    reset_signals();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) { fail("set no_new_privs", NULL); }
    if (options.uses_landlock) { restrict_with_landlock(&options.rules); }
    if (!options.runs_descriptor && !is_program(command[0])) {
        report(control, 'M', "");
        _exit(127);
    }
    if (options.uses_seccomp) { restrict_with_seccomp(options.runs_descriptor); }
    /* Nothing of the command has run before this message, so that everything sent before it can be believed. */
    report(control, 'S', "");
    if (options.runs_descriptor) {
        /* It came close-on-exec, so that the program doesn't have it. A script's interpreter couldn't open it. */
        syscall(SYS_execveat, given.program, "", command, environ, AT_EMPTY_PATH);
    } else {
        execv(command[0], command);
    }
    report(control, 'X', strerror(errno));
    _exit(126);
}
