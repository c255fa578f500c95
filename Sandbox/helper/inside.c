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
    const char *program;
    bool sends_workspace;
    bool sends_init;
    bool uses_landlock;
    bool uses_seccomp;
    const char *limits[LIMIT_COUNT];
    size_t limit_count;
    struct landlock_rules rules;
};

/* The launcher's one message: `G` with the command's standard input and, where there is one, the archive. */
static void receive(int control, int *input, int *archive) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * 2)];
    } room;
    char letter = 0;
    struct iovec part = {&letter, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room.space,
                             .msg_controllen = sizeof room.space};
    ssize_t got;
    do { got = recvmsg(control, &message, MSG_CMSG_CLOEXEC); } while (got < 0 && errno == EINTR);
    struct cmsghdr *header = got == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    if (letter != 'G' || header == NULL || header->cmsg_type != SCM_RIGHTS) {
        fail("receive the command's input", "the launcher sent something else");
    }
    int descriptors[2] = {-1, -1};
    size_t size = header->cmsg_len - CMSG_LEN(0);
    memcpy(descriptors, CMSG_DATA(header), size < sizeof descriptors ? size : sizeof descriptors);
    *input = descriptors[0];
    *archive = size >= sizeof descriptors ? descriptors[1] : -1;
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
        {"files", RLIMIT_NOFILE}, {"processes", RLIMIT_NPROC}, {"memory-locked", RLIMIT_MEMLOCK},
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
        } else if (strcmp(option, "--allow-tcp") == 0) {
            options->rules.allows_tcp = true;
        } else if (strcmp(option, "--seccomp") == 0) {
            options->uses_seccomp = true;
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
    int input = -1, archive = -1;
    receive(control, &input, &archive);
    if (dup2(input, STDIN_FILENO) < 0) { fail("set standard input", NULL); }
    close(input);

    int index = read_options(count, arguments, &options);
    char **command = arguments + index;
    if (index >= count) { fail("start the command", "none was given"); }
    if (options.workspace != NULL && archive >= 0) { unpack(archive, options.workspace); }
    if (archive >= 0) { close(archive); }
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
    struct stat status;
    if (stat(command[0], &status) != 0 || S_ISDIR(status.st_mode) || access(command[0], X_OK) != 0) {
        report(control, 'M', "");
        _exit(127);
    }
    if (options.uses_seccomp) { restrict_with_seccomp(); }
    /* Nothing of the command has run before this message, so that everything sent before it can be believed. */
    report(control, 'S', "");
    execv(command[0], command);
    report(control, 'X', strerror(errno));
    _exit(126);
}
