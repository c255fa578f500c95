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
static const uint64_t truncate_file = RIGHT(14), ioctl_device = RIGHT(15);
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
    struct path_beneath beneath = {.allowed = rights & handled, .descriptor = descriptor};
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &beneath, 0) != 0) {
        fail("restrict files with Landlock", NULL);
    }
    close(descriptor);
}

void restrict_with_landlock(const struct landlock_rules *rules) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
    if (version < VERSION_NEEDED) {
        char reason[160];
        snprintf(reason, sizeof reason, "this kernel %s, and version %d (Linux 6.7) is needed",
                 version < 0 ? "has no Landlock or has it switched off" : "has an older version of it", VERSION_NEEDED);
        fail("restrict files with Landlock", reason);
    }
    struct ruleset attributes = {.files = all_of_version_3};
    if (version >= 5) { attributes.files |= ioctl_device; }
    if (!rules->allows_tcp) { attributes.network = bind_tcp | connect_tcp; }
    if (version >= 6) { attributes.scoped = scope_abstract_socket | scope_signal; }
    size_t size = version >= 6 ? sizeof attributes : offsetof(struct ruleset, scoped);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) { fail("restrict files with Landlock", NULL); }
    for (size_t index = 0; index < rules->count; index++) { allow(ruleset, attributes.files, &rules->paths[index]); }
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) { fail("restrict files with Landlock", NULL); }
    close(ruleset);
}
