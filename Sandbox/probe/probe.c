#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static const struct attack *const tables[] = {
    file_attacks,     privilege_attacks, network_attacks, kernel_attacks,  terminal_attacks,
    process_attacks,  memory_attacks,    endless_attacks, filling_attacks, leak_attacks,
};

static bool is_bubblewrap(const char *process) {
    char path[64], line[64];
    snprintf(path, sizeof path, "/proc/%s/comm", process);
    return read_line(path, line, sizeof line) && strcmp(line, "bwrap") == 0;
}

bool owns_process_namespace(void) { return is_bubblewrap("1"); }

/* The parent of a process, 0 when it can't be told. */
static long parent_of(long process) {
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%ld/stat", process);
    if (!read_line(path, line, sizeof line)) { return 0; }
    /* The second field is the name in brackets and may hold spaces and brackets itself. */
    const char *rest = strrchr(line, ')');
    long parent = 0;
    if (rest == NULL || sscanf(rest + 1, " %*c %ld", &parent) != 1) { return 0; }
    return parent;
}

/* Nothing here may run on a bare machine by mistake. The host name alone could be a machine's own; without a process
   namespace bubblewrap is not process 1 but still an ancestor. */
static bool is_in_sandbox(void) {
    struct utsname names;
    if (uname(&names) != 0 || strcmp(names.nodename, "sandbox") != 0) { return false; }
    if (owns_process_namespace()) { return true; }
    for (long process = getppid(); process > 1; process = parent_of(process)) {
        char text[32];
        snprintf(text, sizeof text, "%ld", process);
        if (is_bubblewrap(text)) { return true; }
    }
    return false;
}

static const struct attack *attack_named(const char *name) {
    for (size_t table = 0; table < sizeof tables / sizeof *tables; table++) {
        for (const struct attack *attack = tables[table]; attack->name != NULL; attack++) {
            if (strcmp(attack->name, name) == 0) { return attack; }
        }
    }
    return NULL;
}

static void list_attacks(void) {
    for (size_t table = 0; table < sizeof tables / sizeof *tables; table++) {
        for (const struct attack *attack = tables[table]; attack->name != NULL; attack++) {
            printf("%s%s%s\n", attack->name, *attack->usage ? " " : "", attack->usage);
        }
    }
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--list") == 0) {
        list_attacks();
        return 0;
    }
    if (count > 3 && strcmp(arguments[1], "without") == 0) { return without(count - 2, arguments + 2); }
    if (count < 2) { return untried("usage: sandbox-probe NAME [ARGUMENT...]; --list names the attacks"); }
    const struct attack *attack = attack_named(arguments[1]);
    if (attack == NULL) { return untried("there is no attack `%s`", arguments[1]); }
    if (count - 2 < attack->fewest_arguments || count - 2 > attack->most_arguments) {
        return untried("usage: sandbox-probe %s %s", attack->name, attack->usage);
    }
    if (attack->run != linger && !is_in_sandbox()) {
        return untried("this program attacks and runs only inside the sandbox");
    }
    return attack->run(count - 2, arguments + 2);
}
