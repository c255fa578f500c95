import Foundation
import SandboxExecution

extension EscapeAttacks {
    private static let internet = EscapeControl.withoutLayers([.network, .landlock])
    private static let internet6 = EscapeControl.withoutLayers(
        [.network, .landlock], if: HostFeature.hasIPv6, else: "this machine has no IPv6")

    /// What tries to send anything anywhere.
    static let network: [EscapeAttack] =
        [
            EscapeAttack(11, "pass a descriptor out", .withoutLayers([.files])) { ground in
                let path = ground.outside.path + "/socket"
                var attempt = EscapeAttempt(probe: ["pass-descriptor", path])
                attempt.held = [try OutsideListener.unix(path: path)]
                return attempt
            },
            EscapeAttack(
                18, "an abstract socket",
                .withoutLayers(HostFeature.hasLandlockScopes ? [.network, .landlock] : [.network])
            ) { _ in
                let name = "sandbox-escapes-\(UUID().uuidString)"
                var attempt = EscapeAttempt(probe: ["unix-abstract", name])
                attempt.held = [try OutsideListener.unix(abstract: name)]
                return attempt
            },
            EscapeAttack(19, "a socket in the file system", .withoutLayers([.files])) { ground in
                let path = ground.outside.path + "/socket"
                var attempt = EscapeAttempt(probe: ["unix-path", path])
                attempt.held = [try OutsideListener.unix(path: path)]
                return attempt
            },
            EscapeAttack(
                19, "sockets of the machine", .none(because: "it would connect to the machine's own"),
                probe: "unix-path", "/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock",
                "/run/dbus/system_bus_socket", "/run/systemd/private", "/run/systemd/journal/socket",
                "/run/user/\(geteuid())/bus", "/run/user/\(geteuid())/gnupg/S.gpg-agent", "/tmp/.X11-unix/X0"),
            EscapeAttack(20, "TCP to the loopback interface", internet) { _ in
                try connecting("127.0.0.1", to: OutsideListener.tcp())
            },
            EscapeAttack(20, "TCP by IPv6", internet6) { _ in
                try connecting("::1", to: OutsideListener.tcp6())
            },
            EscapeAttack(20, "TCP by a mapped address", internet6) { _ in
                try connecting("::ffff:127.0.0.1", to: OutsideListener.tcp())
            },
            EscapeAttack(
                20, "the cloud's metadata", .none(because: "it would ask the machine's own"),
                probe: "tcp-connect", "169.254.169.254", "80"),
            EscapeAttack(20, "a port of its own", .withoutLayers([.landlock]), probe: "tcp-listen"),
            EscapeAttack(21, "UDP to the loopback interface", .withoutLayers([.network])) { _ in
                let listener = try OutsideListener.udp()
                var attempt = EscapeAttempt(
                    probe: ["udp-exchange", "127.0.0.1", "\(listener.port)", "data.example.test"])
                attempt.held = [listener]
                return attempt
            },
            EscapeAttack(
                21, "UDP to a name server", .none(because: "it would send to the network"),
                probe: "udp-exchange", "192.0.2.53", "53", "data.example.test"),
        ] + sockets

    private static func connecting(_ address: String, to listener: OutsideListener) -> EscapeAttempt {
        var attempt = EscapeAttempt(probe: ["tcp-connect", address, "\(listener.port)"])
        attempt.held = [listener]
        return attempt
    }

    private struct Family {
        let name: String
        let family: Int32
        let type: Int32
        var number: Int32 = 0
        var isForEverybody = true
    }

    /// As the probe makes them: type 1 is a stream, 3 raw, 5 packets in order.
    private static let families = [
        Family(name: "netlink", family: 16, type: 3), Family(name: "vsock", family: 40, type: 1),
        Family(name: "alg", family: 38, type: 5), Family(name: "tipc", family: 30, type: 1),
        Family(name: "bluetooth", family: 31, type: 3, number: 1, isForEverybody: false),
        Family(name: "can", family: 29, type: 3, number: 1),
        Family(name: "key", family: 15, type: 3, number: 2, isForEverybody: false),
    ]

    /// Kinds of sockets that reach past TCP, UDP and unix sockets.
    private static var sockets: [EscapeAttack] {
        let raw = ["raw", "raw6", "packet", "xdp"].flatMap { kind in
            [
                EscapeAttack(
                    24, "a socket of kind `\(kind)`",
                    .none(because: "the network belongs to a user namespace that no command is in"),
                    probe: "socket", kind, "here"),
                EscapeAttack(
                    24, "`\(kind)` in a network made by capability", .withoutLayers([.seccomp, .capabilities]),
                    probe: "socket", kind, "own"),
                EscapeAttack(
                    24, "`\(kind)` in a network of a user namespace", .withoutLayers([.seccomp, .nestedNamespaces]),
                    probe: "socket", kind, "user"),
            ]
        }
        let others = families.map { kind in
            EscapeAttack(
                25, "a socket of kind `\(kind.name)`",
                .withoutLayers(
                    [.seccomp],
                    if: kind.isForEverybody && HostFeature.hasSocket(kind.family, kind.type, kind.number),
                    else: "this kernel has none, or for root alone"),
                probe: "socket", kind.name, "here")
        }
        return raw + others
    }
}
