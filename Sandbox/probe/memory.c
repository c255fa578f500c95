#include "probe.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bombs, each with a bound of its own so that one that nothing stops is harmless. */

enum { MOST_MEBIBYTES = 1024, MOST_PROCESSES = 2000, MOST_FILES = 100000 };

/* A number within the bound, or -1 after saying that it isn't. */
static long bounded(const char *text, long most) {
    long number = positive_number(text);
    if (number <= most) { return number; }
    untried("%ld is above the bound of %ld", number, most);
    return -1;
}

/* Touches so much memory, a page at a time. */
static bool fill_memory(long mebibytes) {
    size_t size = (size_t)mebibytes << 20;
    volatile char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) { return false; }
    for (size_t place = 0; place < size; place += 4096) { memory[place] = 1; }
    return true;
}

/* memory MEBIBYTES: one process touches them all. */
static int memory_attack(int count, char **arguments) {
    (void)count;
    long size = bounded(arguments[0], MOST_MEBIBYTES);
    if (size < 0) { return UNTRIED; }
    if (!fill_memory(size)) { return denied_by_kernel(); }
    return worked("used %ld MiB", size);
}

/* memory-of-many PROCESSES MEBIBYTES: each touches so many and keeps them until all have. */
static int memory_of_many_attack(int count, char **arguments) {
    (void)count;
    long processes = bounded(arguments[0], 64);
    long size = bounded(arguments[1], MOST_MEBIBYTES / 64);
    int ready[2], go[2];
    if (processes < 0 || size < 0) { return UNTRIED; }
    if (pipe(ready) != 0 || pipe(go) != 0) { return untried("can't make a pipe: %s", strerror(errno)); }
    for (long number = 0; number < processes; number++) {
        pid_t child = fork();
        if (child < 0) { return denied_by_kernel(); }
        if (child > 0) { continue; }
        close(ready[0]);
        close(go[1]);
        char letter = fill_memory(size) ? 'y' : 'n';
        if (write(ready[1], &letter, 1) != 1) { _exit(1); }
        close(ready[1]);
        /* Ends when the parent does, one way or the other. */
        _exit(read(go[0], &letter, 1) == 0 ? 0 : 1);
    }
    close(ready[1]);
    long filled = 0;
    for (char letter = 0; read(ready[0], &letter, 1) == 1; letter = 0) { filled += letter == 'y' ? 1 : 0; }
    close(go[1]);
    while (waitpid(-1, NULL, 0) > 0) {}
    if (filled < processes) { return denied("%ld of %ld processes had their memory", filled, processes); }
    return worked("%ld processes used %ld MiB each", processes, size);
}

/* memory-file MEBIBYTES: memory that belongs to a file without a name. */
static int memory_file_attack(int count, char **arguments) {
    (void)count;
    long size = bounded(arguments[0], MOST_MEBIBYTES);
    if (size < 0) { return UNTRIED; }
    int file = memfd_create("sandbox-probe", MFD_CLOEXEC);
    if (file < 0) { return denied_by_kernel(); }
    static char mebibyte[1 << 20];
    for (long number = 0; number < size; number++) {
        if (!write_all(file, mebibyte, sizeof mebibyte)) { return denied_by_kernel(); }
    }
    return worked("a file in memory holds %ld MiB", size);
}

static void end_children(pid_t *children, long count) {
    for (long number = 0; number < count; number++) { kill(children[number], SIGKILL); }
    for (long number = 0; number < count; number++) { waitpid(children[number], NULL, 0); }
}

/* fork-bomb PROCESSES: as many at a time; where one is refused it goes on trying for two seconds. */
static int fork_bomb_attack(int count, char **arguments) {
    (void)count;
    static pid_t children[MOST_PROCESSES];
    long wanted = bounded(arguments[0], MOST_PROCESSES);
    if (wanted < 0) { return UNTRIED; }
    long made = 0;
    int error = 0;
    for (int tries = 0; made < wanted && tries < 200;) {
        pid_t child = fork();
        if (child == 0) {
            sleep_milliseconds(60000);
            _exit(0);
        }
        if (child > 0) {
            children[made++] = child;
            continue;
        }
        error = errno;
        tries += 1;
        sleep_milliseconds(10);
    }
    end_children(children, made);
    errno = error;
    if (made < wanted) { return denied("%ld of %ld processes: %s", made, wanted, strerror(error)); }
    return worked("made %ld processes", made);
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *wait_at_gate(void *argument) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return argument;
}

/* thread-bomb THREADS: as many at a time. */
static int thread_bomb_attack(int count, char **arguments) {
    (void)count;
    static pthread_t threads[MOST_PROCESSES];
    long wanted = bounded(arguments[0], MOST_PROCESSES);
    if (wanted < 0) { return UNTRIED; }
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 16);
    pthread_mutex_lock(&gate);
    long made = 0;
    int error = 0;
    while (made < wanted && (error = pthread_create(&threads[made], &attributes, wait_at_gate, NULL)) == 0) { made++; }
    pthread_mutex_unlock(&gate);
    for (long number = 0; number < made; number++) { pthread_join(threads[number], NULL); }
    if (made < wanted) { return denied("%ld of %ld threads: %s", made, wanted, strerror(error)); }
    return worked("made %ld threads", made);
}

/* open-files FILES: as many descriptors at a time. */
static int open_files_attack(int count, char **arguments) {
    (void)count;
    long wanted = bounded(arguments[0], MOST_FILES);
    if (wanted < 0) { return UNTRIED; }
    for (long number = 0; number < wanted; number++) {
        if (dup(STDOUT_FILENO) < 0) {
            int error = errno;
            return denied("%ld of %ld descriptors: %s", number, wanted, strerror(error));
        }
    }
    return worked("opened %ld descriptors", wanted);
}

const struct attack memory_attacks[] = {
    {"memory", "MEBIBYTES", 1, 1, memory_attack},
    {"memory-of-many", "PROCESSES MEBIBYTES", 2, 2, memory_of_many_attack},
    {"memory-file", "MEBIBYTES", 1, 1, memory_file_attack},
    {"fork-bomb", "PROCESSES", 1, 1, fork_bomb_attack},
    {"thread-bomb", "THREADS", 1, 1, thread_bomb_attack},
    {"open-files", "FILES", 1, 1, open_files_attack},
    {NULL, NULL, 0, 0, NULL},
};
