/* Landlock: files, TCP, and (from version 6) abstract sockets and signals. See landlock(7) and the kernel's
   Documentation/userspace-api/landlock.rst. The constants stand here because the distribution's header is older than
   the kernels this runs on. */
#define _GNU_SOURCE
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RIGHT(bit) (UINT64_C(1) << (bit))

enum { VERSION_NEEDED = 4, VERSION_FLAG = 1, RULE_PATH_BENEATH = 1 };

static const uint64_t execute = RIGHT(0), write_file = RIGHT(1), read_file = RIGHT(2), read_folder = RIGHT(3);
/* Every right of version 3: removing, making and linking of each kind of file (4 to 13) and truncating (14). */
static const uint64_t all_of_version_3 = RIGHT(15) - 1;
static const uint64_t refer = RIGHT(13), truncate_file = RIGHT(14), ioctl_device = RIGHT(15);
static const uint64_t make_character_device = RIGHT(6), make_block_device = RIGHT(11);
static const uint64_t bind_tcp = RIGHT(0), connect_tcp = RIGHT(1);
static const uint64_t scope_abstract_socket = RIGHT(0), scope_signal = RIGHT(1);

struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scoped;
};

struct __attribute__((packed)) path_beneath {
    uint64_t allowed;
    int32_t descriptor;
};

static void add(int ruleset, uint64_t rights, int descriptor) {
    struct path_beneath beneath = {.allowed = rights, .descriptor = descriptor};
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &beneath, 0) != 0) {
        fail("restrict files with Landlock", NULL);
    }
}

static void allow(int ruleset, uint64_t handled, const struct path_rule *rule) {
    int descriptor = open(rule->path, O_PATH | O_CLOEXEC);
    /* A path that isn't there needs no permission. */
    if (descriptor < 0 && errno == ENOENT) { return; }
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) { fail("restrict files with Landlock", NULL); }
    uint64_t rights = read_folder;
    if (rule->access == MAY_READ) { rights |= execute | read_file; }
    if (rule->access == MAY_WRITE) { rights = handled & ~(make_character_device | make_block_device); }
    if (!S_ISDIR(status.st_mode)) { rights &= execute | read_file | write_file | truncate_file | ioctl_device; }
    add(ruleset, rights & handled, descriptor);
    close(descriptor);
}

void restrict_with_landlock(const struct landlock_rules *rules) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
    /* Never for a program by descriptor: nothing else keeps it from its own file, which no mount makes read-only. */
    if (version < VERSION_NEEDED && rules->takes_older && rules->program < 0) {
        /* None at all, or what an old one can do: the profile said that the mounts then have to be enough. */
        if (version < 1) { return; }
    } else if (version < VERSION_NEEDED) {
        char reason[160];
        snprintf(reason, sizeof reason, "this kernel %s, and version %d (Linux 6.7) is needed",
                 version < 0 ? "has no Landlock or has it switched off" : "has an older version of it", VERSION_NEEDED);
        fail("restrict files with Landlock", reason);
    }
    struct ruleset attributes = {.files = all_of_version_3};
    if (version < 3) { attributes.files &= ~truncate_file; }
    if (version < 2) { attributes.files &= ~refer; }
    if (version >= 5) { attributes.files |= ioctl_device; }
    if (version >= 4 && !rules->allows_tcp) { attributes.network = bind_tcp | connect_tcp; }
    if (version >= 6) { attributes.scoped = scope_abstract_socket | scope_signal; }
    size_t size = version >= 6   ? sizeof attributes
                  : version >= 4 ? offsetof(struct ruleset, scoped)
                                 : offsetof(struct ruleset, network);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) { fail("restrict files with Landlock", NULL); }
    for (size_t index = 0; index < rules->count; index++) { allow(ruleset, attributes.files, &rules->paths[index]); }
    if (rules->program >= 0) { add(ruleset, execute | read_file, rules->program); }
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) { fail("restrict files with Landlock", NULL); }
    close(ruleset);
}
