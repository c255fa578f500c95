import SandboxExecution

extension EscapeAttacks {
    private static let seccomp = EscapeControl.withoutLayers([.seccomp])
    private static let nested = EscapeControl.withoutLayers([.seccomp, .nestedNamespaces])
    private static let capability = EscapeControl.withoutLayers([.seccomp, .capabilities])

    /// What asks the kernel for more than a command needs.
    static let kernel: [EscapeAttack] =
        [
            EscapeAttack(
                26, "io_uring",
                .withoutLayers([.seccomp], if: HostFeature.hasIOUring, else: "this kernel has it switched off"),
                probe: "io-uring"),
            EscapeAttack(27, "a user namespace", nested, probe: "unshare", "user"),
            EscapeAttack(27, "a process in a user namespace", nested, probe: "clone-user"),
            EscapeAttack(27, "the same by clone3", nested, probe: "clone3-user"),
            EscapeAttack(27, "a mount namespace", capability, probe: "unshare", "mount"),
            EscapeAttack(27, "a network namespace", capability, probe: "unshare", "network"),
            EscapeAttack(27, "a process namespace", capability, probe: "unshare", "process"),
            EscapeAttack(
                28, "make /usr writable", .none(because: "the mounts belong to a user namespace that no command is in"),
                probe: "remount"),
            EscapeAttack(29, "change the root by chroot", capability, probe: "chroot"),
            EscapeAttack(
                30, "become root", .none(because: "the user namespace knows one user alone"), probe: "set-user"),
            EscapeAttack(
                30, "a program with the set-user bit", .none(because: "the user namespace knows one user alone"),
                probe: "set-user-program"),
            EscapeAttack(57, "use a capability", .withoutLayers([.capabilities]), probe: "override-mode"),
            EscapeAttack(
                35, "a BPF map",
                .withoutLayers([.seccomp], if: HostFeature.hasFreeBPF, else: "this kernel keeps it for root"),
                probe: "bpf"),
            EscapeAttack(
                35, "a performance counter",
                .withoutLayers([.seccomp], if: HostFeature.hasPerf, else: "this kernel keeps it for root"),
                probe: "perf"),
            EscapeAttack(35, "its own page faults", seccomp, probe: "userfaultfd"),
            EscapeAttack(35, "store a key", seccomp, probe: "add-key"),
            EscapeAttack(35, "find a keyring", seccomp, probe: "keyctl"),
            EscapeAttack(35, "ask for a key", seccomp, probe: "request-key"),
            EscapeAttack(
                35, "secret memory",
                .withoutLayers([.seccomp], if: HostFeature.hasSecretMemory, else: "this kernel has none"),
                probe: "memory-secret"),
            EscapeAttack(35, "set the clock", .none(because: "the kernel keeps it for root"), probe: "clock"),
            EscapeAttack(
                37, "calls by x32 numbers", .none(because: "few kernels have them"), probe: "foreign-calls", "x32"),
            EscapeAttack(
                37, "calls by 32-bit numbers",
                .withoutLayers([.seccomp], if: HostFeature.has32BitCalls, else: "this kernel has none"),
                probe: "foreign-calls", "ia32"),
        ] + inNamespaces

    /// What needs rights over a namespace: tried in the sandbox's own, and in one made by either way there is.
    private static var inNamespaces: [EscapeAttack] {
        let probes: [(Int, String, String, [SandboxLayer])] = [
            (28, "mount a file system", "mount", [.landlock]),
            (28, "mount by the new calls", "new-mount", [.landlock]),
            (29, "change the root by pivot_root", "pivot-root", [.landlock]),
            (29, "join a namespace", "enter-namespace", []),
            (36, "open a file by its handle", "file-handle", [.landlock]),
        ]
        return probes.flatMap { number, name, probe, also in
            let isThere = probe != "file-handle" || HostFeature.isKernel(6, 13)
            let here = EscapeAttack(
                number, name, .none(because: "the namespaces belong to a user namespace that no command is in"),
                probe: probe, "here")
            let own = EscapeAttack(
                number, "\(name), in namespaces made by capability",
                .withoutLayers([.seccomp, .capabilities] + also, if: isThere, else: "this kernel keeps it for root"),
                probe: probe, "own")
            let user = EscapeAttack(
                number, "\(name), in a user namespace",
                .withoutLayers(
                    [.seccomp, .nestedNamespaces] + also, if: probe != "file-handle",
                    else: "the kernel wants an identity that the namespace lacks"),
                probe: probe, "user")
            return [here, own, user]
        }
    }
}
