import Foundation
import SandboxExecution

extension EscapeAttacks {
    private static let filesAndLandlock = EscapeControl.withoutLayers([.files, .landlock])

    /// What tries to reach files outside.
    static let files: [EscapeAttack] = [
        EscapeAttack(1, "write through a link of its own", filesAndLandlock) { ground in
            EscapeAttempt(probe: ["symlink", try ground.outside.file("victim")])
        },
        EscapeAttack(1, "write through a link that was there", filesAndLandlock, denial: .harmless) { ground in
            _ = try ground.outside.file("victim")
            try FileManager.default.createSymbolicLink(
                atPath: ground.workspace.path + "/link", withDestinationPath: ground.outside.path)
            return EscapeAttempt(script: "(echo changed >> link/victim) 2>/dev/null; true")
        },
        EscapeAttack(3, "links planted for the next start", filesAndLandlock, denial: .harmless) { ground in
            for (name, prefix) in [(".git", ""), (".env", "/oldroot"), (".vscode", "/oldroot"), ("build", "")] {
                try FileManager.default.createSymbolicLink(
                    atPath: ground.workspace.path + "/" + name, withDestinationPath: prefix + ground.outside.path)
            }
            return EscapeAttempt(
                script: "for name in .git .env .vscode build; do mkdir -p $name/hooks; done 2>/dev/null; true")
        },
        EscapeAttack(4, "a hard link", filesAndLandlock) { ground in
            EscapeAttempt(
                probe: ["hard-link", try ground.outside.file("victim"), ground.outside.path + "/second-name"])
        },
        EscapeAttack(5, "odd spellings of a path", filesAndLandlock) { ground in
            EscapeAttempt(probe: ["odd-paths", try ground.outside.file("victim")])
        },
        EscapeAttack(6, "roots of other processes", filesAndLandlock) { ground in
            EscapeAttempt(probe: ["process-roots", OutsideFolder.mark, try ground.outside.file("secret")])
        },
        EscapeAttack(9, "secrets outside", filesAndLandlock) { ground in
            let names = [".env", ".ssh/id_ed25519", ".aws/credentials", ".netrc"]
            return EscapeAttempt(probe: ["read", OutsideFolder.mark] + (try names.map { try ground.outside.file($0) }))
        },
        EscapeAttack(
            9, "secrets in the workspace", .none(because: "the copy leaves them out, whatever the layers")
        ) { ground in
            for name in [".env", ".git-credentials", ".netrc", "plain"] { try ground.workspace.write(name, "content") }
            return EscapeAttempt(script: "[ -e plain ] || exit 2; exec $probe exists .env .git-credentials .netrc")
        },
        EscapeAttack(16, "append to a journal", filesAndLandlock) { ground in
            EscapeAttempt(probe: ["append", try ground.outside.file("journal.sqlite-wal")])
        },
        EscapeAttack(16, "delete a journal", filesAndLandlock) { ground in
            EscapeAttempt(probe: ["remove", try ground.outside.file("journal.sqlite")])
        },
        EscapeAttack(17, "replace a profile", filesAndLandlock) { ground in
            EscapeAttempt(probe: ["replace", try ground.outside.file("profile.yaml")])
        },
        EscapeAttack(
            33, "folders of the system", .none(because: "it would write to the machine's own"), probe: "system-folders"),
        EscapeAttack(
            33, "kernel settings", .none(because: "/proc is read-only with whatever layers"),
            probe: "open-for-writing", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
            "/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "/sys/fs/cgroup/release_agent",
            "/sys/fs/cgroup/memory/release_agent"),
        EscapeAttack(
            34, "make a device", .none(because: "the kernel lets no user namespace make one"), probe: "make-node"),
        EscapeAttack(
            34, "devices of the machine", .none(because: "/dev is made from nothing with whatever layers"),
            probe: "devices"),
        EscapeAttack(57, "what the machine's root holds", .withoutLayers([.files])) { _ in
            // Landlock permits reading in /etc, so only the root of its own hides these.
            EscapeAttempt(probe: ["exists", "/etc/hostname", "/etc/hosts", "/etc/fstab", "/etc/machine-id"])
        },
        EscapeAttack(58, "a file that only root may read", .withoutLayers([.identity]), needsRoot: true) { ground in
            var attempt = EscapeAttempt(
                probe: ["read", OutsideFolder.mark, try ground.outside.file("closed", mode: 0o600)])
            attempt.profile.readOnlyPaths = [ground.outside.path]
            return attempt
        },
        EscapeAttack(
            59, "standard input as storage", .none(because: "it is sealed with whatever layers"), probe: "write-input"),
    ]
}
