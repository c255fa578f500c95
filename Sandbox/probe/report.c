#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* dprintf instead of stdio: an attack forks, and a child must not print its parent's buffer again. */
static void say(const char *before, const char *format, va_list arguments) {
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    dprintf(STDOUT_FILENO, "%s: %s\n", before, text);
}

int worked(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("worked", format, arguments);
    va_end(arguments);
    return WORKED;
}

int denied(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("denied", format, arguments);
    va_end(arguments);
    return DENIED;
}

int untried(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("untried", format, arguments);
    va_end(arguments);
    return UNTRIED;
}

int denied_by_kernel(void) { return denied("%s", strerror(errno)); }

int denied_unless_missing(const char *what) {
    if (errno == ENOSYS) { return untried("this kernel has no %s", what); }
    return denied_by_kernel();
}

int in_child(int (*body)(void *), void *argument) {
    pid_t child = fork();
    if (child < 0) { return untried("can't fork: %s", strerror(errno)); }
    if (child == 0) { _exit(body(argument)); }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) { return untried("can't wait: %s", strerror(errno)); }
    }
    if (WIFEXITED(status)) { return WEXITSTATUS(status); }
    const char *name = sigabbrev_np(WTERMSIG(status));
    return denied("killed by SIG%s", name == NULL ? "?" : name);
}

long positive_number(const char *text) {
    char *end = NULL;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno == 0 && end != text && *end == 0 && number > 0) { return number; }
    untried("`%s` is not a number above zero", text);
    return -1;
}

bool descriptor_holds(int descriptor, const char *mark) {
    enum { LIMIT = 1 << 20 };
    static char bytes[LIMIT];
    size_t size = 0;
    while (size < LIMIT) {
        ssize_t got = pread(descriptor, bytes + size, LIMIT - size, (off_t)size);
        if (got < 0) { return false; }
        if (got == 0) { break; }
        size += (size_t)got;
    }
    errno = ENOENT;
    return memmem(bytes, size, mark, strlen(mark)) != NULL;
}

bool file_holds(int folder, const char *path, const char *mark) {
    int descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) { return false; }
    bool found = descriptor_holds(descriptor, mark);
    int error = errno;
    close(descriptor);
    errno = error;
    return found;
}

bool read_line(const char *path, char *line, size_t size) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) { return false; }
    ssize_t got = read(descriptor, line, size - 1);
    close(descriptor);
    if (got <= 0) { return false; }
    line[got] = 0;
    line[strcspn(line, "\n")] = 0;
    return true;
}

bool write_all(int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t done = write(descriptor, bytes, count);
        if (done < 0 && errno == EINTR) { continue; }
        if (done < 0) { return false; }
        bytes += done;
        count -= (size_t)done;
    }
    return true;
}

void sleep_milliseconds(long milliseconds) {
    struct timespec rest = {milliseconds / 1000, (milliseconds % 1000) * 1000000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {}
}
