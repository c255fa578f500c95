#ifndef WARRANT_CKERNELCALLS_SHIM_H
#define WARRANT_CKERNELCALLS_SHIM_H

/* System calls that glibc declares only for _GNU_SOURCE or not at all, or that take variadic arguments, none of which
   Swift can call. Each function returns what the call returns: -1 and errno on failure. */

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* open(2) below a folder: no "..", no symbolic link anywhere in the path, no /proc links, nothing mounted elsewhere.
   See openat2(2). */
static inline int warrant_open_beneath(int folder, const char *path, int flags, mode_t mode) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (uint64_t)(unsigned int)flags | O_CLOEXEC;
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

/* memfd_create(2), close-on-exec and sealable. */
static inline int warrant_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 0x1U | 0x2U); }

/* F_ADD_SEALS: the size and the bytes can't change any more, nor can the seals. */
static inline int warrant_seal(int descriptor) { return fcntl(descriptor, 1033, 0x1 | 0x2 | 0x4 | 0x8); }

/* renameat2(2) with RENAME_NOREPLACE when `flags` is 1. */
static inline int warrant_rename(int from, const char *old, int to, const char *new_name, unsigned int flags) {
    return (int)syscall(SYS_renameat2, from, old, to, new_name, flags);
}

/* A pair of connected sockets that keep message boundaries, both close-on-exec. */
static inline int warrant_socket_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

enum { WARRANT_DESCRIPTOR_LIMIT = 4 };

/* Sends one message with up to four descriptors (unix(7), SCM_RIGHTS). Never blocks, never raises SIGPIPE. */
static inline ssize_t warrant_send(
    int socket, const void *bytes, size_t count, const int *descriptors, int descriptor_count) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * WARRANT_DESCRIPTOR_LIMIT)];
    } control;
    struct iovec part = {(void *)bytes, count};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    memset(&control, 0, sizeof control);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (descriptor_count > WARRANT_DESCRIPTOR_LIMIT) {
        errno = EINVAL;
        return -1;
    }
    if (descriptor_count > 0) {
        size_t size = sizeof(int) * (size_t)descriptor_count;
        message.msg_control = control.space;
        message.msg_controllen = CMSG_SPACE(size);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(header), descriptors, size);
    }
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Receives one message without waiting. `descriptors` has room for four; how many came is written to
   `descriptor_count`, and every one of them is close-on-exec. Returns 0 when the other end is closed. */
static inline ssize_t warrant_receive(
    int socket, void *bytes, size_t count, int *descriptors, int *descriptor_count) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * WARRANT_DESCRIPTOR_LIMIT)];
    } control;
    struct iovec part = {bytes, count};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    *descriptor_count = 0;
    ssize_t got = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) { return got; }
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
            *descriptor_count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
            memcpy(descriptors, CMSG_DATA(header), sizeof(int) * (size_t)*descriptor_count);
        }
    }
    return got;
}

/* FICLONE: a copy that shares its blocks with the original, where the file system can (ioctl_ficlonerange(2)). */
static inline int warrant_clone_file(int target, int source) { return ioctl(target, 0x40049409, source); }

#endif
