#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool append(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0) { return false; }
    bool done = write_all(file, text, strlen(text));
    int error = errno;
    close(file);
    errno = error;
    return done;
}

/* append PATH: writes to a file that is there already. */
static int append_attack(int count, char **arguments) {
    (void)count;
    if (!append(arguments[0], "changed\n")) { return denied_by_kernel(); }
    return worked("wrote to `%s`", arguments[0]);
}

/* read MARK PATH...: finds MARK in one of the files. */
static int read_attack(int count, char **arguments) {
    int error = ENOENT;
    for (int index = 1; index < count; index++) {
        if (file_holds(AT_FDCWD, arguments[index], arguments[0])) { return worked("read `%s`", arguments[index]); }
        error = errno;
    }
    errno = error;
    return denied_by_kernel();
}

/* exists PATH...: finds one of the paths, readable or not. */
static int exists_attack(int count, char **arguments) {
    struct stat status;
    for (int index = 0; index < count; index++) {
        if (lstat(arguments[index], &status) == 0) { return worked("`%s` is there", arguments[index]); }
    }
    return denied_by_kernel();
}

/* symlink PATH: makes a link to the file and writes through it. */
static int symlink_attack(int count, char **arguments) {
    (void)count;
    const char *link = "planted-link";
    unlink(link);
    if (symlink(arguments[0], link) != 0) { return untried("can't make a link: %s", strerror(errno)); }
    if (!append(link, "changed\n")) { return denied_by_kernel(); }
    return worked("wrote through the link to `%s`", arguments[0]);
}

/* hard-link PATH NEW: gives the file a second name and writes through that; also tries a name in the workspace. */
static int hard_link_attack(int count, char **arguments) {
    (void)count;
    const char *names[] = {"planted-hard-link", arguments[1]};
    int error = 0;
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        if (link(arguments[0], names[index]) == 0) {
            if (append(names[index], "changed\n")) { return worked("wrote through `%s`", names[index]); }
        }
        error = errno;
    }
    errno = error;
    return denied_by_kernel();
}

/* replace PATH: puts a new file in the place of the old one. */
static int replace_attack(int count, char **arguments) {
    (void)count;
    char fresh[PATH_MAX];
    snprintf(fresh, sizeof fresh, "%s.new", arguments[0]);
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0) { return denied_by_kernel(); }
    bool written = write_all(file, "changed\n", 8);
    close(file);
    if (written && rename(fresh, arguments[0]) == 0) { return worked("replaced `%s`", arguments[0]); }
    return denied_by_kernel();
}

/* remove PATH: deletes the file. */
static int remove_attack(int count, char **arguments) {
    (void)count;
    if (unlink(arguments[0]) != 0) { return denied_by_kernel(); }
    return worked("removed `%s`", arguments[0]);
}

/* odd-paths PATH: writes to the file (an absolute path) by other spellings of its name. */
static int odd_paths_attack(int count, char **arguments) {
    (void)count;
    static const struct {
        const char *before, *after;
    } spellings[] = {
        {"../../../../../../../..", ""}, {"/../../..", ""}, {"//", ""}, {"/workspace/../..", ""}, {"./.././..", ""},
        {"/./", ""}, {"/proc/self/cwd/../../../..", ""}, {"/proc/self/root", ""}, {"/proc/thread-self/root", ""},
        {"/oldroot", ""}, {"/newroot", ""}, {"/dev/fd/../root", ""}, {"", "/"}, {"", "/."},
    };
    int error = ENOENT;
    for (size_t index = 0; index < sizeof spellings / sizeof *spellings; index++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s%s%s", spellings[index].before, arguments[0], spellings[index].after);
        if (append(path, "changed\n")) { return worked("wrote to `%s`", path); }
        if (errno != ENOENT && errno != ENOTDIR) { error = errno; }
    }
    errno = error;
    return denied_by_kernel();
}

/* process-roots MARK PATH: reads the file through every process's root and working folder. */
static int process_roots_attack(int count, char **arguments) {
    (void)count;
    DIR *folder = opendir("/proc");
    if (folder == NULL) { return untried("can't list /proc: %s", strerror(errno)); }
    int error = ENOENT;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        bool is_process = entry->d_name[strspn(entry->d_name, "0123456789")] == 0;
        if (!is_process && strcmp(entry->d_name, "self") != 0) { continue; }
        static const char *const ways[] = {"root", "cwd/../../../../../..", "task/../root"};
        for (size_t index = 0; index < sizeof ways / sizeof *ways; index++) {
            char path[PATH_MAX];
            snprintf(path, sizeof path, "/proc/%s/%s%s", entry->d_name, ways[index], arguments[1]);
            if (file_holds(AT_FDCWD, path, arguments[0])) {
                closedir(folder);
                return worked("read `%s`", path);
            }
            if (errno != ENOENT) { error = errno; }
        }
    }
    closedir(folder);
    errno = error;
    return denied_by_kernel();
}

/* system-folders: makes a file, removed at once, where only the system's own files belong. */
static int system_folders_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    static const char *const folders[] = {
        "", "/usr", "/usr/bin", "/usr/local/bin", "/etc", "/bin", "/lib", "/var", "/opt", "/root", "/home", "/run",
        "/dev", "/proc", "/sys",
    };
    int error = ENOENT;
    for (size_t index = 0; index < sizeof folders / sizeof *folders; index++) {
        char path[64];
        snprintf(path, sizeof path, "%s/sandbox-probe-file", folders[index]);
        int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file >= 0) {
            close(file);
            unlink(path);
            return worked("made `%s`", path);
        }
        if (errno != ENOENT) { error = errno; }
    }
    errno = error;
    return denied_by_kernel();
}

/* open-for-writing PATH...: opens one of the files; never writes a byte. */
static int open_for_writing_attack(int count, char **arguments) {
    int error = ENOENT;
    for (int index = 0; index < count; index++) {
        int file = open(arguments[index], O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (file >= 0) {
            close(file);
            return worked("opened `%s`", arguments[index]);
        }
        if (errno != ENOENT) { error = errno; }
    }
    errno = error;
    return denied_by_kernel();
}

/* make-node: makes the nodes of /dev/null and of a disk, and opens them. */
static int make_node_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    const char *node = "planted-node";
    mode_t kinds[] = {S_IFCHR, S_IFBLK};
    dev_t devices[] = {makedev(1, 3), makedev(254, 0)};
    for (int index = 0; index < 2; index++) {
        unlink(node);
        if (mknod(node, kinds[index] | 0600, devices[index]) != 0) { continue; }
        int file = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        unlink(node);
        if (file >= 0) { return worked("opened a device made by the command"); }
    }
    return denied_by_kernel();
}

/* devices: opens one of the machine's devices. */
static int devices_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    static const char *const devices[] = {
        "/dev/mem", "/dev/kmem", "/dev/port", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/vda", "/dev/sda",
        "/dev/nvme0n1", "/dev/loop0", "/dev/loop-control", "/dev/mapper/control", "/dev/uinput", "/dev/input/event0",
        "/dev/kmsg", "/dev/vsock", "/dev/vhost-net", "/dev/dri/card0", "/dev/snd/controlC0", "/dev/tty0", "/dev/vcs",
    };
    int error = ENOENT;
    for (size_t index = 0; index < sizeof devices / sizeof *devices; index++) {
        int device = open(devices[index], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (device >= 0) {
            close(device);
            return worked("opened `%s`", devices[index]);
        }
        if (errno != ENOENT) { error = errno; }
    }
    errno = error;
    return denied_by_kernel();
}

static bool make_file(int folder, const char *name) {
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) { return false; }
    close(file);
    return true;
}

/* odd-names: leaves names that are as long, as deep or as strange as the kernel allows. Not an attack by itself: what
   reads the folder afterwards must cope. */
static int odd_names_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    char longest[NAME_MAX + 1];
    memset(longest, 'n', NAME_MAX);
    longest[NAME_MAX] = 0;
    const char *names[] = {longest, "two\nlines", "not\xff\xfeutf-8", "\x1b[2Jclear", "-rf", " ", "..."};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        if (!make_file(AT_FDCWD, names[index])) { return untried("can't make a name: %s", strerror(errno)); }
    }
    /* Deeper than any path may be long: only reachable step by step. */
    int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (int depth = 0; depth < 60 && folder >= 0; depth++) {
        char name[101];
        memset(name, 'd', 100);
        name[100] = 0;
        if (mkdirat(folder, name, 0755) != 0) { return untried("can't make a folder: %s", strerror(errno)); }
        int next = openat(folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        close(folder);
        folder = next;
    }
    if (folder < 0 || !make_file(folder, "deep")) { return untried("can't go deeper: %s", strerror(errno)); }
    return worked("the names are there");
}

/* sparse-file MIB: makes a file that is large only by name. */
static int sparse_file_attack(int count, char **arguments) {
    (void)count;
    long size = positive_number(arguments[0]);
    if (size < 0) { return UNTRIED; }
    int file = open("sparse", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || ftruncate(file, size << 20) != 0) { return denied_by_kernel(); }
    return worked("made a sparse file of %ld MiB", size);
}

const struct attack file_attacks[] = {
    {"append", "PATH", 1, 1, append_attack},
    {"read", "MARK PATH...", 2, 64, read_attack},
    {"exists", "PATH...", 1, 64, exists_attack},
    {"symlink", "PATH", 1, 1, symlink_attack},
    {"hard-link", "PATH NEW", 2, 2, hard_link_attack},
    {"replace", "PATH", 1, 1, replace_attack},
    {"remove", "PATH", 1, 1, remove_attack},
    {"odd-paths", "PATH", 1, 1, odd_paths_attack},
    {"process-roots", "MARK PATH", 2, 2, process_roots_attack},
    {"system-folders", "", 0, 0, system_folders_attack},
    {"open-for-writing", "PATH...", 1, 64, open_for_writing_attack},
    {"make-node", "", 0, 0, make_node_attack},
    {"devices", "", 0, 0, devices_attack},
    {"odd-names", "", 0, 0, odd_names_attack},
    {"sparse-file", "MIB", 1, 1, sparse_file_attack},
    {NULL, NULL, 0, 0, NULL},
};
