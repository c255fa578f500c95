#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* <sys/mount.h> and <linux/mount.h> can't be included together in this glibc; these are mount(2)'s flags. */
enum { FLAG_NO_SET_UID = 2, FLAG_NO_DEVICES = 4, FLAG_REMOUNT = 32, FLAG_BIND = 4096 };

static int unshare_body(void *argument) {
    if (unshare(*(const int *)argument) != 0) { return denied_by_kernel(); }
    return worked("made a namespace");
}

/* unshare KIND: makes a namespace of that kind, in a child. */
static int unshare_attack(int count, char **arguments) {
    (void)count;
    static const struct {
        const char *name;
        int flag;
    } kinds[] = {
        {"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"network", CLONE_NEWNET},
        {"process", CLONE_NEWPID}, {"ipc", CLONE_NEWIPC}, {"host-name", CLONE_NEWUTS},
    };
    for (size_t index = 0; index < sizeof kinds / sizeof *kinds; index++) {
        if (strcmp(arguments[0], kinds[index].name) == 0) {
            int flag = kinds[index].flag;
            return in_child(unshare_body, &flag);
        }
    }
    return untried("there is no kind of namespace `%s`", arguments[0]);
}

/* What both ways to clone have to say afterwards. */
static int cloned(long child) {
    if (child < 0) { return denied_by_kernel(); }
    if (child == 0) { _exit(0); }
    waitpid((pid_t)child, NULL, 0);
    return worked("made a process in a user namespace of its own");
}

/* clone-user: a child in a new user namespace, by the old call. */
static int clone_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    return cloned(syscall(SYS_clone, (unsigned long)(CLONE_NEWUSER | SIGCHLD), 0UL, 0UL, 0UL, 0UL));
}

/* clone3-user: the same by the new call, whose flags no filter can see. */
static int clone3_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    struct clone_args how;
    memset(&how, 0, sizeof how);
    how.flags = CLONE_NEWUSER;
    how.exit_signal = SIGCHLD;
    return cloned(syscall(SYS_clone3, &how, sizeof how));
}

bool take_way(const char *name) {
    /* `own` needs a capability, which holds over namespaces made now; `user` needs none where user namespaces may be
       made. Those that bubblewrap made belong to a user namespace that the command has left. */
    static const struct {
        const char *name;
        int flags;
    } ways[] = {
        {"here", 0},
        {"own", CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS},
        {"user", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS},
    };
    for (size_t index = 0; index < sizeof ways / sizeof *ways; index++) {
        if (strcmp(name, ways[index].name) == 0) { return ways[index].flags == 0 || unshare(ways[index].flags) == 0; }
    }
    errno = EINVAL;
    return false;
}

/* enter-namespace WAY: joins the host-name namespace it is in already, which needs the right to join any. */
static int enter_namespace_attack(int count, char **arguments) {
    (void)count;
    if (!take_way(arguments[0])) { return denied_by_kernel(); }
    int space = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWUTS) != 0) { return denied_by_kernel(); }
    return worked("joined a namespace");
}

static bool make_folder(const char *name) { return mkdir(name, 0755) == 0 || errno == EEXIST; }

/* mount WAY: mounts a file system of 64 KiB on a folder of the workspace. */
static int mount_attack(int count, char **arguments) {
    (void)count;
    if (!make_folder("mounted")) { return untried("can't make a folder: %s", strerror(errno)); }
    if (!take_way(arguments[0])) { return denied_by_kernel(); }
    if (syscall(SYS_mount, "none", "mounted", "tmpfs", 0UL, "size=64k") != 0) { return denied_by_kernel(); }
    syscall(SYS_umount2, "mounted", 0);
    return worked("mounted a file system");
}

/* new-mount WAY: the same by fsopen(2) and what follows it. */
static int new_mount_attack(int count, char **arguments) {
    (void)count;
    if (!make_folder("mounted")) { return untried("can't make a folder: %s", strerror(errno)); }
    if (!take_way(arguments[0])) { return denied_by_kernel(); }
    int system = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
    if (system < 0) { return denied_unless_missing("fsopen"); }
    if (syscall(SYS_fsconfig, system, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0) { return denied_by_kernel(); }
    int mounted = (int)syscall(SYS_fsmount, system, FSMOUNT_CLOEXEC, 0);
    if (mounted < 0) { return denied_by_kernel(); }
    if (syscall(SYS_move_mount, mounted, "", AT_FDCWD, "mounted", MOVE_MOUNT_F_EMPTY_PATH) != 0) {
        return denied_by_kernel();
    }
    syscall(SYS_umount2, "mounted", 0);
    return worked("mounted a file system");
}

/* remount: makes the read-only /usr writable, in this sandbox's own mounts; nothing is written there. */
static int remount_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    unsigned long flags = FLAG_REMOUNT | FLAG_BIND | FLAG_NO_SET_UID | FLAG_NO_DEVICES;
    if (syscall(SYS_mount, NULL, "/usr", NULL, flags, NULL) != 0) { return denied_by_kernel(); }
    return worked("/usr is mounted for writing");
}

/* pivot-root WAY: changes the root; arguments that the kernel rejects only after the permission check count too. */
static int pivot_root_attack(int count, char **arguments) {
    (void)count;
    if (!take_way(arguments[0])) { return denied_by_kernel(); }
    if (syscall(SYS_pivot_root, ".", ".") != 0 && errno != EINVAL && errno != EBUSY) { return denied_by_kernel(); }
    return worked("the root may be changed");
}

/* chroot: the first step of leaving a root by changing it twice. */
static int chroot_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (!make_folder("cage")) { return untried("can't make a folder: %s", strerror(errno)); }
    if (chroot("cage") != 0) { return denied_by_kernel(); }
    return worked("the root was changed");
}

/* file-handle WAY: opens a file past its path, on a file system of its own where there is a way to have one. With a
   handle from outside it would be any file. */
static int file_handle_attack(int count, char **arguments) {
    (void)count;
    if (!make_folder("mounted")) { return untried("can't make a folder: %s", strerror(errno)); }
    if (!take_way(arguments[0])) { return denied_by_kernel(); }
    bool is_here = strcmp(arguments[0], "here") == 0;
    if (!is_here && syscall(SYS_mount, "none", "mounted", "tmpfs", 0UL, "size=64k") != 0) { return denied_by_kernel(); }
    union {
        struct file_handle handle;
        char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } room;
    memset(&room, 0, sizeof room);
    room.handle.handle_bytes = MAX_HANDLE_SZ;
    int mount = 0;
    if (name_to_handle_at(AT_FDCWD, "mounted", &room.handle, &mount, 0) != 0) {
        return untried("can't make a handle: %s", strerror(errno));
    }
    int folder = open("mounted", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Folders are what newer kernels let those open who have rights over the file system alone. */
    if (open_by_handle_at(folder, &room.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0) { return denied_by_kernel(); }
    return worked("opened a file by its handle");
}

/* override-mode: opens a file that nobody may read, which only a capability allows. */
static int override_mode_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    const char *name = "sealed-file";
    unlink(name);
    int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
    if (file < 0) { return untried("can't make a file: %s", strerror(errno)); }
    close(file);
    if (open(name, O_RDONLY | O_CLOEXEC) < 0) { return denied_by_kernel(); }
    return worked("read a file against its mode");
}

/* set-user: becomes root by asking. */
static int set_user_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (setresuid(0, 0, 0) != 0) { return denied_by_kernel(); }
    return worked("became user 0");
}

static const char *set_user_program(void) {
    static const char *const programs[] = {
        "/usr/bin/mount", "/usr/bin/su", "/usr/bin/newgrp", "/usr/bin/passwd", "/usr/bin/sudo",
    };
    struct stat status;
    for (size_t index = 0; index < sizeof programs / sizeof *programs; index++) {
        if (stat(programs[index], &status) == 0 && (status.st_mode & S_ISUID) != 0) { return programs[index]; }
    }
    return NULL;
}

/* set-user-program: runs a program of the system that has the set-user bit, and looks at who it was. */
static int set_user_program_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    const char *program = set_user_program();
    if (program == NULL) { return denied("no program with the set-user bit is there"); }
    pid_t child = fork();
    if (child < 0) { return untried("can't fork: %s", strerror(errno)); }
    if (child == 0) {
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, 0), dup2(nothing, 1), dup2(nothing, 2);
        execl(program, program, "--version", (char *)NULL);
        _exit(127);
    }
    /* The ended child is kept until its identity has been read: a process still has one when it is a zombie. */
    siginfo_t information;
    waitid(P_PID, (id_t)child, &information, WEXITED | WNOWAIT);
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/status", child);
    FILE *status = fopen(path, "r");
    unsigned real = 0, effective = 0;
    bool known = false;
    while (status != NULL && fgets(text, sizeof text, status) != NULL) {
        known |= sscanf(text, "Uid: %u %u", &real, &effective) == 2;
    }
    if (status != NULL) { fclose(status); }
    waitpid(child, NULL, 0);
    if (!known) { return untried("can't read the identity of a child"); }
    if (effective == geteuid()) { return denied("`%s` ran as user %u", program, effective); }
    return worked("`%s` ran as user %u", program, effective);
}

const struct attack privilege_attacks[] = {
    {"unshare", "KIND", 1, 1, unshare_attack},
    {"clone-user", "", 0, 0, clone_attack},
    {"clone3-user", "", 0, 0, clone3_attack},
    {"enter-namespace", "here|own|user", 1, 1, enter_namespace_attack},
    {"mount", "here|own|user", 1, 1, mount_attack},
    {"new-mount", "here|own|user", 1, 1, new_mount_attack},
    {"remount", "", 0, 0, remount_attack},
    {"pivot-root", "here|own|user", 1, 1, pivot_root_attack},
    {"chroot", "", 0, 0, chroot_attack},
    {"file-handle", "here|own|user", 1, 1, file_handle_attack},
    {"override-mode", "", 0, 0, override_mode_attack},
    {"set-user", "", 0, 0, set_user_attack},
    {"set-user-program", "", 0, 0, set_user_program_attack},
    {NULL, NULL, 0, 0, NULL},
};
