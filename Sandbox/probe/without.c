/* A command on a machine that seems to lack one of the sandbox's layers, to see that nothing runs without it.

   The layer's system calls fail for this process and all that it starts, as they do where the kernel has them not or
   has them switched off (seccomp(2), by a filter that is written out here). Nothing on the machine changes, so unlike
   an attack this may run outside the sandbox. */
#include "probe.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* Numbers that this glibc's headers may not have yet; from 424 on they are the same on every architecture. */
enum { CALL_CLONE3 = 435, CALL_LANDLOCK_CREATE_RULESET = 444, CALL_LANDLOCK_RESTRICT_SELF = 446 };

/* The low half of an argument, which comes first on both architectures. */
#define ARGUMENT(number) (offsetof(struct seccomp_data, args) + 8 * (number))
#define LOAD(place) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (place))
#define FAIL_WITH(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
/* Goes on with the next instruction where the call is this one, else past `count` of them. */
#define UNLESS_CALL_SKIP(call, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, (count))
/* What every filter starts with: other architectures' calls mean other things and are let through. */
#define START                                                                                                        \
    LOAD(offsetof(struct seccomp_data, arch)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 1, 0), ALLOW,   \
        LOAD(offsetof(struct seccomp_data, nr))

/* As with `user.max_user_namespaces` or `kernel.unprivileged_userns_clone` at zero. The flags of clone3 lie in memory,
   where a filter can't look; callers fall back to clone. */
static struct sock_filter namespace_filter[] = {
    START,
    UNLESS_CALL_SKIP(CALL_CLONE3, 1),
    FAIL_WITH(ENOSYS),
    UNLESS_CALL_SKIP(SYS_unshare, 1),
    FAIL_WITH(EPERM),
    UNLESS_CALL_SKIP(SYS_clone, 3),
    LOAD(ARGUMENT(0)),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1),
    FAIL_WITH(EPERM),
    ALLOW,
};

/* As in a kernel that was built without it, or one started with an `lsm=` that doesn't name it. */
static struct sock_filter landlock_filter[] = {
    START,
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALL_LANDLOCK_CREATE_RULESET, 0, 2),
    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, CALL_LANDLOCK_RESTRICT_SELF, 1, 0),
    FAIL_WITH(EOPNOTSUPP),
    ALLOW,
};

/* As in a kernel without `CONFIG_SECCOMP_FILTER`. */
static struct sock_filter seccomp_filter[] = {
    START,
    UNLESS_CALL_SKIP(SYS_seccomp, 1),
    FAIL_WITH(ENOSYS),
    UNLESS_CALL_SKIP(SYS_prctl, 3),
    LOAD(ARGUMENT(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
    FAIL_WITH(EINVAL),
    ALLOW,
};

/* For the control arm: as much of a filter, but nothing fails. */
static struct sock_filter empty_filter[] = {START, ALLOW};

#define FILTER(name, list) {name, {sizeof(list) / sizeof *(list), list}}

static const struct {
    const char *name;
    struct sock_fprog program;
} filters[] = {
    FILTER("namespaces", namespace_filter),
    FILTER("landlock", landlock_filter),
    FILTER("seccomp", seccomp_filter),
    FILTER("nothing", empty_filter),
};

/* without LAYER COMMAND...: only returns where the command could not be started. */
int without(int count, char **arguments) {
    (void)count;
    for (size_t index = 0; index < sizeof filters / sizeof *filters; index++) {
        if (strcmp(arguments[0], filters[index].name) != 0) { continue; }
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) { return untried("can't give up new privileges"); }
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filters[index].program) != 0) {
            return untried("can't load the filter: %s", strerror(errno));
        }
        execvp(arguments[1], arguments + 1);
        return untried("can't start `%s`: %s", arguments[1], strerror(errno));
    }
    return untried("there is no layer `%s`", arguments[0]);
}
