#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* descriptors: finds one that is open beside the three that a command is given. */
static int descriptors_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    for (int number = 3; number < 1024; number++) {
        if (fcntl(number, F_GETFD) >= 0) { return worked("descriptor %d is open", number); }
    }
    return denied_by_kernel();
}

/* write-input: changes what it was given on standard input. */
static int write_input_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    if (pwrite(STDIN_FILENO, "x", 1, 0) == 1) { return worked("wrote to standard input"); }
    int error = errno;
    if (ftruncate(STDIN_FILENO, 1 << 20) == 0) { return worked("changed the size of standard input"); }
    int again = open("/proc/self/fd/0", O_RDWR | O_CLOEXEC);
    if (again >= 0 && (pwrite(again, "x", 1, 0) == 1 || ftruncate(again, 1 << 20) == 0)) {
        return worked("wrote to standard input, opened again");
    }
    errno = error;
    return denied_by_kernel();
}

/* core-dump: raises the limit as far as it goes, and lets a child crash. */
static int core_dump_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_CORE, &limit) != 0 && getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_CORE, &limit);
    }
    prctl(PR_SET_DUMPABLE, 1);
    pid_t child = fork();
    if (child < 0) { return untried("can't fork: %s", strerror(errno)); }
    if (child == 0) { abort(); }
    int status = 0;
    if (waitpid(child, &status, 0) < 0 || !WIFSIGNALED(status)) { return untried("the child did not crash"); }
    if (WCOREDUMP(status)) { return worked("a core was written"); }
    DIR *folder = opendir(".");
    bool found = false;
    for (struct dirent *entry = folder == NULL ? NULL : readdir(folder); entry != NULL; entry = readdir(folder)) {
        found |= strncmp(entry->d_name, "core", 4) == 0;
    }
    if (folder != NULL) { closedir(folder); }
    if (found) { return worked("a core is in the working folder"); }
    return denied("no core was written");
}

/* The places in which something may outlive a run, each with the two sides. */

static bool leave_shared_memory(const char *key) {
    int identifier = shmget((key_t)atoi(key), 4096, IPC_CREAT | IPC_EXCL | 0666);
    return identifier >= 0;
}

/* Removes what it finds: without a namespace of its own it is the machine's. */
static bool find_shared_memory(const char *key) {
    int identifier = shmget((key_t)atoi(key), 0, 0);
    if (identifier < 0) { return false; }
    void *memory = shmat(identifier, NULL, SHM_RDONLY);
    shmctl(identifier, IPC_RMID, NULL);
    return memory != (void *)-1;
}

static bool leave_queue(const char *key) {
    char name[64];
    snprintf(name, sizeof name, "/sandbox-probe-%.40s", key);
    struct mq_attr attributes = {0, 1, 8, 0, {0}};
    return mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0666, &attributes) != (mqd_t)-1;
}

static bool find_queue(const char *key) {
    char name[64];
    snprintf(name, sizeof name, "/sandbox-probe-%.40s", key);
    bool found = mq_open(name, O_RDONLY | O_NONBLOCK) != (mqd_t)-1;
    int error = errno;
    mq_unlink(name);
    errno = error;
    return found;
}

static bool leave_file(const char *folder, const char *key) {
    char path[128];
    snprintf(path, sizeof path, "%s/sandbox-probe-%.40s", folder, key);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) { return false; }
    close(file);
    return true;
}

static bool find_file(const char *folder, const char *key) {
    char path[128];
    snprintf(path, sizeof path, "%s/sandbox-probe-%.40s", folder, key);
    return unlink(path) == 0;
}

enum place { SHARED_MEMORY, QUEUE, TEMPORARY_FOLDER, MEMORY_FOLDER, WORKING_FOLDER, PLACES };
static const char *const place_names[PLACES] = {
    "shared-memory", "queue", "temporary-folder", "memory-folder", "working-folder"};
static const char *const place_folders[PLACES] = {NULL, NULL, "/tmp", "/dev/shm", "."};

static enum place place_named(const char *name) {
    enum place place = SHARED_MEMORY;
    while (place < PLACES && strcmp(place_names[place], name) != 0) { place++; }
    if (place == PLACES) { untried("there is no place `%s`", name); }
    return place;
}

static bool leave_at(enum place place, const char *key) {
    if (place == SHARED_MEMORY) { return leave_shared_memory(key); }
    if (place == QUEUE) { return leave_queue(key); }
    return leave_file(place_folders[place], key);
}

static bool find_at(enum place place, const char *key) {
    if (place == SHARED_MEMORY) { return find_shared_memory(key); }
    if (place == QUEUE) { return find_queue(key); }
    return find_file(place_folders[place], key);
}

/* leave PLACE KEY: leaves something under that number. */
static int leave_attack(int count, char **arguments) {
    (void)count;
    enum place place = place_named(arguments[0]);
    if (place == PLACES || positive_number(arguments[1]) < 0) { return UNTRIED; }
    if (!leave_at(place, arguments[1])) { return denied_by_kernel(); }
    return worked("left something in `%s`", arguments[0]);
}

/* find PLACE KEY: finds, and removes, what an earlier run or the machine has there under that number. */
static int find_attack(int count, char **arguments) {
    (void)count;
    enum place place = place_named(arguments[0]);
    if (place == PLACES || positive_number(arguments[1]) < 0) { return UNTRIED; }
    if (!find_at(place, arguments[1])) { return denied_by_kernel(); }
    return worked("found something in `%s`", arguments[0]);
}

const struct attack leak_attacks[] = {
    {"descriptors", "", 0, 0, descriptors_attack},
    {"write-input", "", 0, 0, write_input_attack},
    {"core-dump", "", 0, 0, core_dump_attack},
    {"leave", "PLACE KEY", 2, 2, leave_attack},
    {"find", "PLACE KEY", 2, 2, find_attack},
    {NULL, NULL, 0, 0, NULL},
};
