#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

struct injection {
    const char *slave;
    uint64_t command;
};

/* In a child: takes the terminal as its controlling one, as a command started by hand has the user's. */
static int inject_body(void *argument) {
    const struct injection *injection = argument;
    setsid();
    int terminal = open(injection->slave, O_RDWR | O_CLOEXEC);
    if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0) {
        return untried("can't take the terminal: %s", strerror(errno));
    }
    struct termios settings;
    if (tcgetattr(terminal, &settings) == 0) {
        cfmakeraw(&settings);
        tcsetattr(terminal, TCSANOW, &settings);
    }
    char letter = 'x';
    /* The bare call: the library's function would cut the command to 32 bits, which is what the attack is about. */
    if (syscall(SYS_ioctl, terminal, injection->command, &letter) != 0) {
        /* What lies outside a console isn't one: the kernel said so, so no filter did. */
        if ((uint32_t)injection->command == TIOCLINUX && errno == ENOTTY) {
            return worked("the kernel looked at the console command");
        }
        if (errno == EIO) { return untried("this machine has the command switched off"); }
        return denied_by_kernel();
    }
    struct pollfd wait = {terminal, POLLIN, 0};
    if ((uint32_t)injection->command == TIOCSTI && poll(&wait, 1, 1000) != 1) {
        return denied("nothing came into the input queue");
    }
    return worked("put a letter into the input queue");
}

/* terminal-input KIND: types into a terminal of its own making. */
static int terminal_input_attack(int count, char **arguments) {
    (void)count;
    static const struct {
        const char *name;
        uint64_t command;
    } kinds[] = {
        {"plain", TIOCSTI},
        {"wide", TIOCSTI + (UINT64_C(1) << 32)},
        {"console", TIOCLINUX},
        {"console-wide", TIOCLINUX + (UINT64_C(1) << 32)},
    };
    for (size_t index = 0; index < sizeof kinds / sizeof *kinds; index++) {
        if (strcmp(arguments[0], kinds[index].name) != 0) { continue; }
        int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
            return untried("can't make a terminal: %s", strerror(errno));
        }
        struct injection injection = {ptsname(master), kinds[index].command};
        if (injection.slave == NULL) { return untried("the terminal has no name: %s", strerror(errno)); }
        return in_child(inject_body, &injection);
    }
    return untried("there is no kind of input `%s`", arguments[0]);
}

/* open-terminal: opens the terminal of whoever started the sandbox, by its name. */
static int open_terminal_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (terminal < 0) { return denied_by_kernel(); }
    return worked("opened the caller's terminal");
}

/* caller-session: whether it belongs to a session that was made outside, whose leader has no number here. */
static int caller_session_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    pid_t session = getsid(0);
    if (session < 0) { return untried("can't ask for the session: %s", strerror(errno)); }
    if (session == 0) { return worked("is in a session of outside"); }
    /* Without a process namespace every leader has a number; bubblewrap's own session is not the caller's. */
    char path[64], name[64];
    snprintf(path, sizeof path, "/proc/%d/comm", session);
    if (!owns_process_namespace() && session != getpid() && read_line(path, name, sizeof name)
        && strcmp(name, "bwrap") != 0 && strcmp(name, "sandbox-helper") != 0 && strcmp(name, "sandbox-probe") != 0) {
        return worked("is in the session of `%s`", name);
    }
    return denied("is in a session of its own");
}

const struct attack terminal_attacks[] = {
    {"terminal-input", "plain|wide|console|console-wide", 1, 1, terminal_input_attack},
    {"open-terminal", "", 0, 0, open_terminal_attack},
    {"caller-session", "", 0, 0, caller_session_attack},
    {NULL, NULL, 0, 0, NULL},
};
