/* sandbox-helper: what stands between Warrant and a sandboxed command.

   `enter` runs outside: it joins control groups, gives up root and becomes bubblewrap.
   `inside` runs in bubblewrap's namespaces: it fills the workspace, sets limits, applies Landlock and seccomp and
   becomes the command.

   Both do one thing after the other and end at the first that fails, so that a command never runs with a layer
   missing. Arguments are written by Warrant alone and applied in order; an unknown one is fatal. Nothing is read from
   files or the environment. */
#include "helper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int control_socket = -1;

void fail_to_socket(int control) { control_socket = control; }

void report(int control, char letter, const char *text) {
    char message[1024];
    int length = snprintf(message, sizeof message, "%c%s", letter, text);
    if (length < 0) { return; }
    size_t size = (size_t)length < sizeof message ? (size_t)length : sizeof message - 1;
    /* Nobody listening is no reason to go on differently: the launcher then knows of no start. */
    (void)!send(control, message, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

_Noreturn void fail(const char *what, const char *reason) {
    char text[900];
    snprintf(text, sizeof text, "Can't %s: %s.", what, reason != NULL ? reason : strerror(errno));
    if (control_socket >= 0) {
        report(control_socket, 'E', text);
    } else {
        fprintf(stderr, "sandbox-helper: %s\n", text);
    }
    _exit(SETUP_FAILED);
}

int main(int count, char **arguments) {
    if (count >= 2 && strcmp(arguments[1], "enter") == 0) { return enter_main(count - 2, arguments + 2); }
    if (count >= 2 && strcmp(arguments[1], "inside") == 0) { return inside_main(count - 2, arguments + 2); }
    fail("start", "it is a part of Warrant and is run by nothing else");
}
