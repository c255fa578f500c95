/* Outside, between the launcher and bubblewrap. */
#define _GNU_SOURCE
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Writing 0 to `cgroup.procs` moves the writer (cgroup_procs_write in the kernel, for both versions). */
static void join_control_group(const char *path) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "0", 1) != 1) { fail("join the control group of the call", NULL); }
    close(file);
}

static void become(long identity) {
    gid_t group = (gid_t)identity;
    uid_t user = (uid_t)identity;
    if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0) {
        fail("become the sandbox's user", NULL);
    }
    /* A kernel or a container that ignores the request would leave everything below running as root. */
    if (setresuid(0, 0, 0) == 0 || getuid() != user || geteuid() != user) {
        fail("become the sandbox's user", "root could be had again");
    }
}

/* Ctrl-C goes to every process of the terminal's foreground group, a service's end to all of its control group. What it
   means is for the launcher to decide, which then ends the tree: were bubblewrap ended first, nobody would know how the
   command ended. `inside` gives the command its signals back. */
static void leave_signals_to_launcher(void) {
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
}

int enter_main(int count, char **arguments) {
    long identity = 0;
    bool keeps_descriptors = false;
    int index = 0;
    for (; index < count && strcmp(arguments[index], "--") != 0; index++) {
        const char *option = arguments[index];
        const char *value = index + 1 < count ? arguments[index + 1] : NULL;
        if (strcmp(option, "--join") == 0 && value != NULL) {
            join_control_group(value);
            index++;
        } else if (strcmp(option, "--user") == 0 && value != NULL) {
            char *end = NULL;
            identity = strtol(value, &end, 10);
            if (*end != '\0' || identity <= 0 || identity > 0x7fffffff) { fail("read `--user`", "it is no identity"); }
            index++;
        } else if (strcmp(option, "--keep-descriptors") == 0) {
            keeps_descriptors = true;
        } else {
            fail("read the helper's options", option);
        }
    }
    char **command = arguments + index + 1;
    if (index + 1 >= count) { fail("start bubblewrap", "no command was given"); }

    /* Opened before root is given up: the folder it lies in may be closed to everybody else. bubblewrap copies it into
       the sandbox from this descriptor. */
    int own = open("/proc/self/exe", O_RDONLY);
    if (own < 0) { fail("open the helper's own file", NULL); }
    if (own != OWN_FILE) {
        if (dup2(own, OWN_FILE) < 0) { fail("hand on the helper's own file", NULL); }
        close(own);
    }
    if (!keeps_descriptors && syscall(SYS_close_range, OWN_FILE + 1, ~0U, 0) != 0) {
        fail("close inherited descriptors", NULL);
    }
    if (identity != 0) { become(identity); }
    umask(022);
    leave_signals_to_launcher();
    /* bubblewrap needs no privilege here, and a set-user-ID one must not get any. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) { fail("set no_new_privs", NULL); }
    execv(command[0], command);
    fail("start bubblewrap", NULL);
}
