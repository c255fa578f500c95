import Glibc
import SystemPackage

extension SandboxDoctor {
    /// A listening port of ours is in the kernel's table outside and must not be in the one inside.
    func networkIsCut() async -> SandboxCheck {
        let name = "network is cut"
        let fix = "Allow network namespaces for bubblewrap; without them no command is run."
        guard let listener = LoopbackListener() else {
            return check(name, false, seen: "No loopback port could be opened for the test.", fix: fix)
        }
        let entry = listener.kernelTableEntry
        guard let table = HostPath.contents("/proc/net/tcp"), table.contains(entry) else {
            return check(name, false, seen: "The test's own port is not in `/proc/net/tcp`.", fix: fix)
        }
        // The header line shows that the inside's table was read at all.
        let inside = await text(of: "cat /proc/net/tcp")
        let passed = inside.map { $0.contains("local_address") && !$0.contains(entry) } ?? false
        return check(
            name, passed,
            seen: passed
                ? "A loopback port open outside does not exist inside."
                : "The outside's network is visible inside.",
            fix: fix)
    }

    /// `true` rather than `:`, because a failed redirection of a special built-in ends the shell.
    func systemIsReadOnly() async -> SandboxCheck {
        let probe = """
            echo probe > /tmp/probe && echo control
            for file in /usr/probe /etc/probe /dev/probe /probe; do
                if true > $file; then rm -f $file; echo "writable $file"; fi
            done
            if true >> /proc/sys/kernel/core_pattern; then echo "writable kernel settings"; fi
            """
        let lines = (await text(of: "exec 2>/dev/null; \(probe)") ?? "").split(separator: "\n")
        let writable = lines.filter { $0.hasPrefix("writable") }
        return check(
            "system is read-only", lines.first == "control" && writable.isEmpty,
            seen: writable.isEmpty
                ? "Writing worked in `/tmp` only." : "Found \(writable.joined(separator: ", ")).",
            fix: "Report this: the mounts are not what this version expects.")
    }

    func tmpIsPrivate() async -> SandboxCheck {
        let name = "temporary folder is private"
        let path = "/tmp/warrant-doctor-\(UInt64.random(in: .min ... .max))"
        guard
            let file = try? FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite)
        else {
            return check(name, false, seen: "`/tmp` outside is not writable.", fix: "Make `/tmp` writable.")
        }
        try? file.close()
        // Unsafe, here and below, only for the path pointer, which lives as long as the call.
        defer { _ = unsafe unlink(path) }
        let inside = await text(of: "ls -A /tmp; echo hidden > \(path).inside && echo control")
        let leaked = unsafe unlink(path + ".inside") == 0
        return check(
            name, inside == "control\n" && !leaked,
            seen: inside == "control\n" && !leaked
                ? "A file outside is invisible inside, and the other way round."
                : "Files pass through `/tmp`.",
            fix: "Report this: the mounts are not what this version expects.")
    }

    func nothingIsInherited() async -> SandboxCheck {
        let inside = await text(of: "tr '\\0' '\\n' < /proc/1/environ; env; ls /proc/self/fd")
        let lines = (inside ?? "").split(separator: "\n").map(String.init)
        let known = ["PATH=", "LANG=", "HOME=", "TMPDIR=", "PWD=", "OLDPWD=", "_=", "SHLVL="]
        // `ls` has its own descriptor 3 open on the folder it lists.
        let strange = lines.filter { line in
            !["0", "1", "2", "3"].contains(line) && !known.contains(where: { line.hasPrefix($0) })
        }
        return check(
            "nothing is inherited", strange.isEmpty && lines.contains("HOME=/tmp") && lines.contains("0"),
            seen: strange.isEmpty
                ? "No variable and no descriptor of the caller is visible inside."
                : "\(strange.count) variables or descriptors of the caller are visible inside.",
            fix: "Report this: the launcher did not clear what it passes on.")
    }

    /// Starts processes that ignore SIGTERM and leave their session, waits until they are seen outside,
    /// cancels, and looks again.
    func treeIsKilled() async -> SandboxCheck {
        let name = "process tree is killed"
        let fix = "Report this: processes outlive their sandbox on this kernel."
        // A duration nobody else sleeps for marks our processes in the outside's process table.
        let mark = "9\(UInt32.random(in: 10_000_000 ... 99_999_999)).25"
        let script = "trap '' TERM HUP; sleep \(mark) & setsid sleep \(mark) & wait"
        let run = Task {
            try? await executor.run(SandboxCommand(argv: ["sh", "-c", script]), profile: profile)
        }
        var before = 0
        for _ in 0..<200 where before < 2 {
            try? await Task.sleep(for: .milliseconds(10))
            before = Self.sleepers(mark)
        }
        run.cancel()
        _ = await run.value
        let after = Self.sleepers(mark)
        return check(
            name, before == 2 && after == 0,
            seen: "Of \(before) test processes \(after) were left after cancelling.", fix: fix)
    }

    func identity() async -> SandboxCheck {
        let isRoot = geteuid() == 0
        let inside = await text(of: "id -u; grep CapEff /proc/self/status")
        let passed = inside == "\(SandboxIdentity.sandboxUser)\nCapEff:\t0000000000000000\n"
        return check(
            "identity", passed,
            seen: isRoot
                ? "Started as root: everything of the sandbox runs as user \(SandboxIdentity.sandboxUser), and root's closed "
                    + "files stay closed to it."
                : "Started as an ordinary user; commands see user \(SandboxIdentity.sandboxUser) and have no capabilities.",
            fix: "Report this: the command has an identity or capabilities that it should not have.")
    }
}
