#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Only what goes away with the sandbox may be filled: a file system in memory. Nothing is removed afterwards, so that
   whoever watches how full it is can see it. */
static bool may_be_filled(const char *folder) {
    struct statfs status;
    if (statfs(folder, &status) != 0) {
        untried("can't ask about `%s`: %s", folder, strerror(errno));
        return false;
    }
    if (status.f_type == TMPFS_MAGIC) { return true; }
    untried("`%s` is not a file system in memory", folder);
    return false;
}

static long mebibytes_within_bound(const char *text) {
    long number = positive_number(text);
    if (number <= 1024) { return number; }
    untried("that is above 1024 MiB");
    return -1;
}

/* fill FOLDER MEBIBYTES: a file for each. */
static int fill_attack(int count, char **arguments) {
    (void)count;
    long size = mebibytes_within_bound(arguments[1]);
    if (size < 0 || !may_be_filled(arguments[0])) { return UNTRIED; }
    static char mebibyte[1 << 20];
    for (long number = 0; number < size; number++) {
        char path[512];
        snprintf(path, sizeof path, "%s/fill-%ld", arguments[0], number);
        int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0 || !write_all(file, mebibyte, sizeof mebibyte)) { return denied_by_kernel(); }
        close(file);
    }
    return worked("%ld MiB in as many files", size);
}

/* fill-at-once FOLDER MEBIBYTES: one file that is given all its blocks by one call. */
static int fill_at_once_attack(int count, char **arguments) {
    (void)count;
    long size = mebibytes_within_bound(arguments[1]);
    if (size < 0 || !may_be_filled(arguments[0])) { return UNTRIED; }
    char path[512];
    snprintf(path, sizeof path, "%s/fill-at-once", arguments[0]);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || fallocate(file, 0, 0, size << 20) != 0) { return denied_by_kernel(); }
    return worked("%ld MiB in one file", size);
}

/* fill-with-names FOLDER FILES: empty files, which cost memory by being there. */
static int fill_with_names_attack(int count, char **arguments) {
    (void)count;
    long files = positive_number(arguments[1]);
    if (files < 0 || !may_be_filled(arguments[0])) { return UNTRIED; }
    if (files > 200000) { return untried("that is above 200000 files"); }
    for (long number = 0; number < files; number++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%ld-%0100ld", arguments[0], number, number);
        int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0) { return denied_by_kernel(); }
        close(file);
    }
    return worked("%ld empty files", files);
}

const struct attack filling_attacks[] = {
    {"fill", "FOLDER MEBIBYTES", 2, 2, fill_attack},
    {"fill-at-once", "FOLDER MEBIBYTES", 2, 2, fill_at_once_attack},
    {"fill-with-names", "FOLDER FILES", 2, 2, fill_with_names_attack},
    {NULL, NULL, 0, 0, NULL},
};
