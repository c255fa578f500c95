#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MILLISECONDS = 2000 };

/* The address as numbers; false when it is none. */
static bool parse(const char *host, const char *port, struct sockaddr_storage *address, socklen_t *size) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    long number = positive_number(port);
    if (number < 0 || number > 65535) { return false; }
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)number);
        *size = sizeof *four;
        return true;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)number);
        *size = sizeof *six;
        return true;
    }
    untried("`%s` is not an address", host);
    return false;
}

static bool is_ready(int descriptor, short events) {
    struct pollfd wait = {descriptor, events, 0};
    return poll(&wait, 1, PATIENCE_MILLISECONDS) == 1;
}

static bool connects(int descriptor, const struct sockaddr *address, socklen_t size) {
    if (connect(descriptor, address, size) == 0) { return true; }
    if (errno != EINPROGRESS) { return false; }
    if (!is_ready(descriptor, POLLOUT)) {
        errno = ETIMEDOUT;
        return false;
    }
    int error = 0;
    socklen_t error_size = sizeof error;
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &error_size);
    errno = error;
    return error == 0;
}

/* tcp-connect ADDRESS PORT */
static int tcp_connect_attack(int count, char **arguments) {
    (void)count;
    struct sockaddr_storage address;
    socklen_t size = 0;
    if (!parse(arguments[0], arguments[1], &address, &size)) { return UNTRIED; }
    int descriptor = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) { return denied_by_kernel(); }
    if (!connects(descriptor, (struct sockaddr *)&address, size)) { return denied_by_kernel(); }
    return worked("connected to port %s of %s", arguments[1], arguments[0]);
}

/* tcp-listen: opens a port on the loopback interface and connects to it. */
static int tcp_listen_attack(int count, char **arguments) {
    (void)count, (void)arguments;
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || client < 0) { return denied_by_kernel(); }
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0
        || getsockname(listener, (struct sockaddr *)&address, &size) != 0
        || !connects(client, (struct sockaddr *)&address, size)) {
        return denied_by_kernel();
    }
    return worked("served a port");
}

/* udp-exchange ADDRESS PORT TEXT: sends the text and waits for an answer, whatever it is. */
static int udp_exchange_attack(int count, char **arguments) {
    (void)count;
    struct sockaddr_storage address;
    socklen_t size = 0;
    if (!parse(arguments[0], arguments[1], &address, &size)) { return UNTRIED; }
    int descriptor = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) { return denied_by_kernel(); }
    if (connect(descriptor, (struct sockaddr *)&address, size) != 0) { return denied_by_kernel(); }
    if (send(descriptor, arguments[2], strlen(arguments[2]), 0) < 0) { return denied_by_kernel(); }
    if (!is_ready(descriptor, POLLIN)) { return denied("no answer"); }
    char answer[64];
    if (recv(descriptor, answer, sizeof answer, 0) < 0) { return denied_by_kernel(); }
    return worked("was answered from port %s of %s", arguments[1], arguments[0]);
}

/* Connects to a unix socket: `name` is a path, or an abstract name. -1 with errno when it can't. */
static int connect_unix(const char *name, bool is_abstract) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    size_t length = strlen(name);
    if (length + 1 >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path + (is_abstract ? 1 : 0), name, length);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, size) != 0) { return -1; }
    return descriptor;
}

/* unix-abstract NAME */
static int unix_abstract_attack(int count, char **arguments) {
    (void)count;
    if (connect_unix(arguments[0], true) < 0) { return denied_by_kernel(); }
    return worked("connected to an abstract socket");
}

/* unix-path PATH... */
static int unix_path_attack(int count, char **arguments) {
    int error = ENOENT;
    for (int index = 0; index < count; index++) {
        if (connect_unix(arguments[index], false) >= 0) { return worked("connected to `%s`", arguments[index]); }
        if (errno != ENOENT) { error = errno; }
    }
    errno = error;
    return denied_by_kernel();
}

/* pass-descriptor PATH: hands a descriptor of its own to whoever listens there. */
static int pass_descriptor_attack(int count, char **arguments) {
    (void)count;
    int descriptor = connect_unix(arguments[0], false);
    if (descriptor < 0) { return denied_by_kernel(); }
    int own = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct iovec part = {"x", 1};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof own);
    memcpy(CMSG_DATA(header), &own, sizeof own);
    if (sendmsg(descriptor, &message, MSG_NOSIGNAL) < 0) { return denied_by_kernel(); }
    return worked("passed a descriptor out");
}

/* socket KIND WAY: makes a socket that is neither of the internet nor of this machine's own kind. */
static int socket_attack(int count, char **arguments) {
    (void)count;
    if (!take_way(arguments[1])) { return denied_by_kernel(); }
    static const struct {
        const char *name;
        int family, type, protocol;
    } kinds[] = {
        {"raw", AF_INET, SOCK_RAW, IPPROTO_ICMP}, {"raw6", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6},
        {"packet", AF_PACKET, SOCK_RAW, 0},       {"netlink", AF_NETLINK, SOCK_RAW, 0},
        {"vsock", AF_VSOCK, SOCK_STREAM, 0},      {"alg", AF_ALG, SOCK_SEQPACKET, 0},
        {"xdp", AF_XDP, SOCK_RAW, 0},             {"tipc", AF_TIPC, SOCK_STREAM, 0},
        {"bluetooth", AF_BLUETOOTH, SOCK_RAW, 1}, {"can", AF_CAN, SOCK_RAW, 1},
        {"sctp", AF_INET, SOCK_STREAM, 132},      {"key", AF_KEY, SOCK_RAW, 2},
    };
    for (size_t index = 0; index < sizeof kinds / sizeof *kinds; index++) {
        if (strcmp(arguments[0], kinds[index].name) != 0) { continue; }
        if (socket(kinds[index].family, kinds[index].type | SOCK_CLOEXEC, kinds[index].protocol) < 0) {
            return denied_by_kernel();
        }
        return worked("made a socket of kind `%s`", arguments[0]);
    }
    return untried("there is no kind of socket `%s`", arguments[0]);
}

const struct attack network_attacks[] = {
    {"tcp-connect", "ADDRESS PORT", 2, 2, tcp_connect_attack},
    {"tcp-listen", "", 0, 0, tcp_listen_attack},
    {"udp-exchange", "ADDRESS PORT TEXT", 3, 3, udp_exchange_attack},
    {"unix-abstract", "NAME", 1, 1, unix_abstract_attack},
    {"unix-path", "PATH...", 1, 64, unix_path_attack},
    {"pass-descriptor", "PATH", 1, 1, pass_descriptor_attack},
    {"socket", "KIND here|own|user", 2, 2, socket_attack},
    {NULL, NULL, 0, 0, NULL},
};
