#ifndef SANDBOX_HELPER_H
#define SANDBOX_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The exit status of a set-up that failed. A command may end with it too; the control socket tells them apart. */
enum { SETUP_FAILED = 125 };

/* The descriptor under which `enter` hands this program's own file to bubblewrap. */
enum { OWN_FILE = 3 };

/* Ends the process with one line, `Can't WHAT: REASON.`, on the control socket once there is one, else on standard
   error. REASON is the text of errno where `reason` is NULL. */
_Noreturn void fail(const char *what, const char *reason);

/* What `fail` writes to from now on. */
void fail_to_socket(int control);

/* One message of the control socket: a letter and a text. */
void report(int control, char letter, const char *text);

int enter_main(int count, char **arguments);
int inside_main(int count, char **arguments);

/* Makes what the archive holds below `folder`; `fail`s where that doesn't work. The format is the one that
   `WorkspaceSnapshot` writes. */
void unpack(int archive, const char *folder);

enum { PATH_RULE_LIMIT = 64 };

/* What Landlock permits below a path: names of folders' entries; reading and executing; everything but devices. */
enum path_access { MAY_LIST, MAY_READ, MAY_WRITE };

struct path_rule {
    const char *path;
    enum path_access access;
};

struct landlock_rules {
    struct path_rule paths[PATH_RULE_LIMIT];
    size_t count;
    bool allows_tcp;
    /* Whether a kernel with an older Landlock, or without any, is taken as it is. */
    bool takes_older;
    /* An open file that may be read and executed, whatever its path; negative for none. */
    int program;
};

/* Restricts this process and all it starts to the paths; `fail`s where the kernel's Landlock is older than version 4,
   unless the rules take that too. */
void restrict_with_landlock(const struct landlock_rules *rules);

/* Forbids what no tool needs and what leads out of namespaces, and, where asked, every change of a file's attributes;
   `fail`s where the filter can't be loaded. */
void restrict_with_seccomp(bool keeps_attributes);

#endif
