#ifndef WARRANT_SANDBOX_PROBE_H
#define WARRANT_SANDBOX_PROBE_H

/* Attacks on the sandbox from inside it, one a run: `sandbox-probe NAME [ARGUMENT...]`. Each says in one line what
   happened and returns one of the results below, which becomes the exit status. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum result {
    WORKED = 0,
    DENIED = 1,
    /* The attack could not be tried: bad usage, or something it needs is missing. It proves nothing then. */
    UNTRIED = 2,
};

struct attack {
    const char *name;
    /* The arguments in words, for the usage line. */
    const char *usage;
    int fewest_arguments;
    int most_arguments;
    int (*run)(int count, char **arguments);
};

/* Each file's attacks, ended by one without a name. */
extern const struct attack file_attacks[];
extern const struct attack privilege_attacks[];
extern const struct attack network_attacks[];
extern const struct attack kernel_attacks[];
extern const struct attack terminal_attacks[];
extern const struct attack process_attacks[];
extern const struct attack memory_attacks[];
extern const struct attack endless_attacks[];
extern const struct attack filling_attacks[];
extern const struct attack leak_attacks[];

/* Say what happened, and return the result to return. */
int worked(const char *format, ...) __attribute__((format(printf, 1, 2)));
int denied(const char *format, ...) __attribute__((format(printf, 1, 2)));
int untried(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* `denied: <what errno says>`. */
int denied_by_kernel(void);
/* By errno: ENOSYS means that the kernel lacks the call, which the sandbox says only of clone3. */
int denied_unless_missing(const char *what);

/* Runs `body` in a child and returns its result; a child that a signal ended is denied by name. */
int in_child(int (*body)(void *), void *argument);
/* A whole number of at least one, or -1 after saying that `text` is none. */
long positive_number(const char *text);
/* Whether the first megabyte at `path`, opened below `folder`, holds `mark`. False with errno when unreadable. */
bool file_holds(int folder, const char *path, const char *mark);
bool descriptor_holds(int descriptor, const char *mark);
/* The file's first bytes as text without its last newline; false when it can't be read. */
bool read_line(const char *path, char *line, size_t size);
/* Writes every byte, or returns false with errno. */
bool write_all(int descriptor, const char *bytes, size_t count);
void sleep_milliseconds(long milliseconds);
/* Goes where an attack may find more rights: `here`, or into namespaces of its own making by the way named. False with
   errno when that is denied. */
bool take_way(const char *name);
/* What an attack leaves behind. It does no harm and may run where the sandbox can no longer be seen. */
int linger(int count, char **arguments);
/* Becomes a command for which a layer of the sandbox is missing. It takes rights away, so it may run anywhere. */
int without(int count, char **arguments);
/* Whether process 1 is the sandbox's own, so that signals to everybody reach nobody outside. */
bool owns_process_namespace(void);

#endif
