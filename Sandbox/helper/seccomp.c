/* The system-call filter, built with libseccomp (seccomp_rule_add(3)).

   Everything is allowed but what is listed: programs under test are of every kind, and namespaces, capabilities and
   Landlock decide on files and processes. Listed is what reaches the machine past those, or widens what a hole in the
   kernel can be reached by. Another architecture's calls (x32, ia32) end the process, since their numbers mean other
   things. */
#include "helper.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>

/* Calls that a program under test has no use for. The number is used where this libseccomp doesn't know the name yet;
   numbers from 424 on are the same on every architecture. */
static const struct {
    const char *name;
    int number;
} refused[] = {
    /* Asynchronous calls that no filter sees. */
    {"io_uring_setup", 425}, {"io_uring_enter", 426}, {"io_uring_register", 427},
    /* Other processes' memory and descriptors. */
    {"ptrace", 0}, {"process_vm_readv", 0}, {"process_vm_writev", 0}, {"process_madvise", 440}, {"pidfd_getfd", 438},
    {"kcmp", 0},
    /* Namespaces and mounts. */
    {"unshare", 0}, {"setns", 0}, {"mount", 0}, {"umount2", 0}, {"pivot_root", 0}, {"chroot", 0}, {"open_tree", 428},
    {"open_tree_attr", 467}, {"move_mount", 429}, {"fsopen", 430}, {"fsconfig", 431}, {"fsmount", 432},
    {"fspick", 433}, {"mount_setattr", 442}, {"statmount", 457}, {"listmount", 458},
    /* Files by handle, past every path. */
    {"open_by_handle_at", 0},
    /* Parts of the kernel that are often broken and rarely needed. */
    {"bpf", 0}, {"perf_event_open", 0}, {"userfaultfd", 0}, {"keyctl", 0}, {"add_key", 0}, {"request_key", 0},
    {"fanotify_init", 0}, {"lookup_dcookie", 0}, {"modify_ldt", 0}, {"uselib", 0}, {"nfsservctl", 0},
    {"memfd_secret", 447}, {"lsm_set_self_attr", 460},
    /* The machine as a whole. */
    {"kexec_load", 0}, {"kexec_file_load", 0}, {"init_module", 0}, {"finit_module", 0}, {"delete_module", 0},
    {"reboot", 0}, {"swapon", 0}, {"swapoff", 0}, {"acct", 0}, {"quotactl", 0}, {"quotactl_fd", 443}, {"syslog", 0},
    {"iopl", 0}, {"ioperm", 0}, {"vhangup", 0}, {"clock_settime", 0}, {"clock_adjtime", 0}, {"adjtimex", 0},
    {"settimeofday", 0}, {"stime", 0}, {"sethostname", 0}, {"setdomainname", 0},
};

/* What changes a file's attributes. Landlock has no rights for these, and a program that was started by descriptor can
   reach its own file, which is the machine's, through /proc/self/exe. */
static const struct {
    const char *name;
    int number;
} attributes[] = {
    {"chmod", 0}, {"fchmod", 0}, {"fchmodat", 0}, {"fchmodat2", 452}, {"chown", 0}, {"fchown", 0}, {"lchown", 0},
    {"fchownat", 0}, {"utime", 0}, {"utimes", 0}, {"futimesat", 0}, {"utimensat", 0}, {"setxattr", 0},
    {"lsetxattr", 0}, {"fsetxattr", 0}, {"setxattrat", 463}, {"removexattr", 0}, {"lremovexattr", 0},
    {"fremovexattr", 0}, {"removexattrat", 466}, {"file_setattr", 469},
};

/* The kinds of commands that file systems answer, many of which change a file that is open for reading: flags, versions,
   verity, defragmenting. */
static const uint64_t file_system_ioctls[] = {'f' << 8, 'X' << 8, 'v' << 8, 0x94 << 8};

static const uint64_t namespace_flags[] = {
    0x00000080 /* CLONE_NEWTIME */,   0x00020000 /* CLONE_NEWNS */,  0x02000000 /* CLONE_NEWCGROUP */,
    0x04000000 /* CLONE_NEWUTS */,    0x08000000 /* CLONE_NEWIPC */, 0x10000000 /* CLONE_NEWUSER */,
    0x20000000 /* CLONE_NEWPID */,    0x40000000 /* CLONE_NEWNET */,
};

/* Only the low half of a command is looked at by the kernel, so only it is compared. */
static const uint64_t ioctls[] = {0x5412 /* TIOCSTI */, 0x541C /* TIOCLINUX */};

static void check(int result) {
    if (result != 0) {
        errno = -result;
        fail("build the system-call filter", NULL);
    }
}

static void refuse_call(scmp_filter_ctx filter, const char *name, int fallback) {
    int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) { number = fallback; }
    /* A negative number stands for a call that this architecture doesn't have. */
    if (number > 0) { check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0)); }
}

static void refuse_ioctls(scmp_filter_ctx filter, uint64_t mask, const uint64_t *commands, size_t count) {
    for (size_t index = 0; index < count; index++) {
        check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                               SCMP_A1(SCMP_CMP_MASKED_EQ, mask, commands[index])));
    }
}

static void refuse_attributes(scmp_filter_ctx filter) {
    for (size_t index = 0; index < sizeof attributes / sizeof attributes[0]; index++) {
        refuse_call(filter, attributes[index].name, attributes[index].number);
    }
    refuse_ioctls(filter, 0xff00, file_system_ioctls, sizeof file_system_ioctls / sizeof file_system_ioctls[0]);
}

static void refuse_namespaces(scmp_filter_ctx filter) {
    for (size_t index = 0; index < sizeof namespace_flags / sizeof namespace_flags[0]; index++) {
        uint64_t flag = namespace_flags[index];
        /* In clone(2) the lowest byte is a signal; CLONE_NEWTIME exists in clone3 and unshare alone. */
        if (flag <= 0xff) { continue; }
        check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)));
    }
    /* Its flags lie in memory, where a filter can't look. Libraries fall back to clone(2). */
    check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
}

/* Sockets of this machine and of IP, without raw ones; what other families' modules do is never reached, not even to
   refuse. An upper half that isn't zero counts as a larger number. */
static void refuse_sockets(scmp_filter_ctx filter, int call) {
    const uint32_t action = SCMP_ACT_ERRNO(EAFNOSUPPORT);
    check(seccomp_rule_add(filter, action, call, 1, SCMP_A0(SCMP_CMP_EQ, 0, 0)));
    for (uint64_t family = 3; family <= 9; family++) {
        check(seccomp_rule_add(filter, action, call, 1, SCMP_A0(SCMP_CMP_EQ, family, 0)));
    }
    check(seccomp_rule_add(filter, action, call, 1, SCMP_A0(SCMP_CMP_GT, 10, 0)));
    const uint64_t type_mask = 0xf;
    const uint64_t types[] = {3 /* SOCK_RAW */, 10 /* SOCK_PACKET */};
    for (size_t index = 0; index < sizeof types / sizeof types[0]; index++) {
        check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 1,
                               SCMP_A1(SCMP_CMP_MASKED_EQ, type_mask, types[index])));
    }
}

void restrict_with_seccomp(bool keeps_attributes) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == NULL) { fail("build the system-call filter", "there is no memory"); }
    check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    /* no_new_privs is set already; libseccomp then needs not to. */
    check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0));
    for (size_t index = 0; index < sizeof refused / sizeof refused[0]; index++) {
        refuse_call(filter, refused[index].name, refused[index].number);
    }
    refuse_namespaces(filter);
    refuse_sockets(filter, SCMP_SYS(socket));
    refuse_sockets(filter, SCMP_SYS(socketpair));
    refuse_ioctls(filter, 0xffffffff, ioctls, sizeof ioctls / sizeof ioctls[0]);
    if (keeps_attributes) { refuse_attributes(filter); }
    int result = seccomp_load(filter);
    if (result != 0) {
        errno = -result;
        fail("load the system-call filter", NULL);
    }
    seccomp_release(filter);
}
