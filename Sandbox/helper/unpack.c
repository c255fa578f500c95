/* The workspace's archive: records of a 40-byte header, a path and a content, written by `WorkspaceSnapshot`. */
#define _GNU_SOURCE
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

struct record {
    uint8_t kind;
    uint8_t zero;
    uint16_t mode;
    uint32_t path_length;
    uint64_t content_length;
    int64_t seconds;
    uint32_t nanoseconds;
    uint32_t reserved;
    uint64_t reserved_too;
};
_Static_assert(sizeof(struct record) == 40, "the header's layout is part of the format");

static bool read_all(int file, void *target, size_t count) {
    char *next = target;
    while (count > 0) {
        ssize_t got = read(file, next, count);
        if (got < 0 && errno == EINTR) { continue; }
        if (got < 0) { fail("read the workspace's archive", NULL); }
        if (got == 0) { return false; }
        next += got;
        count -= (size_t)got;
    }
    return true;
}

static void unpack_file(int archive, int root, const struct record *record, const char *path) {
    int file = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) { fail("fill the workspace", NULL); }
    uint64_t left = record->content_length;
    while (left > 0) {
        ssize_t sent = sendfile(file, archive, NULL, left < (1U << 30) ? (size_t)left : (1U << 30));
        if (sent < 0 && errno == EINTR) { continue; }
        if (sent <= 0) { fail("fill the workspace", sent < 0 ? NULL : "its archive is cut off"); }
        left -= (uint64_t)sent;
    }
    const struct timespec times[2] = {
        {.tv_nsec = UTIME_OMIT}, {.tv_sec = record->seconds, .tv_nsec = (long)record->nanoseconds}};
    if (fchmod(file, record->mode & 0777) != 0 || futimens(file, times) != 0) { fail("fill the workspace", NULL); }
    close(file);
}

void unpack(int archive, const char *folder) {
    int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) { fail("open the workspace", NULL); }
    struct record record;
    while (read_all(archive, &record, sizeof record)) {
        char path[PATH_MAX];
        char target[PATH_MAX];
        if (record.path_length == 0 || record.path_length >= sizeof path) {
            fail("fill the workspace", "a path in its archive is too long");
        }
        if (!read_all(archive, path, record.path_length)) { fail("fill the workspace", "its archive is cut off"); }
        path[record.path_length] = '\0';
        switch (record.kind) {
        case 'D':
            /* The folder's own permissions, whatever the mask, with the owner's: what goes into it is still to come. */
            if (mkdirat(root, path, 0700) != 0 || fchmodat(root, path, (record.mode & 0777) | 0700, 0) != 0) {
                fail("fill the workspace", NULL);
            }
            break;
        case 'F':
            unpack_file(archive, root, &record, path);
            break;
        case 'L':
            if (record.content_length >= sizeof target || !read_all(archive, target, record.content_length)) {
                fail("fill the workspace", "a link in its archive is too long");
            }
            target[record.content_length] = '\0';
            if (symlinkat(target, root, path) != 0) { fail("fill the workspace", NULL); }
            break;
        default:
            fail("fill the workspace", "its archive is damaged");
        }
    }
    close(root);
}
