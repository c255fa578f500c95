import Glibc

extension SandboxDoctor {
    func systemCallsAreFiltered() async -> SandboxCheck {
        // Each filter in force is counted by the kernel; one more inside than outside is ours.
        let outside = Self.filterCount(HostPath.contents("/proc/self/status") ?? "")
        let inside = await text(of: "cat /proc/self/status") ?? ""
        let passed = Self.filterCount(inside) > outside && inside.contains("NoNewPrivs:\t1")
        return check(
            "system calls are filtered", passed,
            seen: passed
                ? "A filter is in force inside, and no privilege can be gained."
                : "No filter of ours is in force inside.",
            fix: "Report this: the helper did not apply the filter.")
    }

    /// The same writes to a copied folder are tried as the profile forbids and as it allows them.
    func workspaceIsGuarded() async -> SandboxCheck {
        let name = "workspace is guarded"
        let fix = "Report this: changes of a command reach the folder that it got a copy of."
        let folder = "/tmp/warrant-doctor-\(UInt64.random(in: .min ... .max))"
        // Unsafe, here and below, only for the path pointers, which live as long as the calls.
        guard unsafe mkdir(folder, 0o755) == 0 else {
            return check(name, false, seen: "`/tmp` outside is not writable.", fix: "Make `/tmp` writable.")
        }
        defer {
            for entry in ["/kept", "/.git/hook", "/.git"] { _ = unsafe remove(folder + entry) }
            _ = unsafe rmdir(folder)
        }
        let script = "echo x > kept && mkdir .git && echo x > .git/hook"
        var seen: [Set<String>] = []
        var endings: [SandboxOutcome.Termination?] = []
        for access in [SandboxProfile.WorkspaceAccess.readOnly, .scratch, .imported] {
            var profile = profile
            profile.workingDirectory = folder
            profile.workspaceAccess = access
            endings.append(await ending(of: script, profile))
            seen.append(Set(HostPath.names(in: folder)))
        }
        let passed = seen == [[], [], ["kept"]] && endings.map { $0 == .exited(0) } == [false, true, true]
        return check(
            name, passed,
            seen: passed
                ? "Nothing was changed unasked; asked, an ordinary file came back and a protected name did not."
                : "A folder that was lent held \(seen.map { $0.sorted().joined(separator: " ") }) after three commands, which "
                    + "ended with \(endings.map(said).joined(separator: ", ")).",
            fix: fix)
    }

    func memoryIsLimited() async -> SandboxCheck {
        // `tail` holds all of it before it writes anything.
        let script = "head -c 80000000 /dev/zero | tail -c 80000000 | wc -c"
        var small = profile
        small.memoryByteLimit = 32 << 20
        let control = await ending(of: script, profile)
        let limited = await ending(of: script, small)
        return check(
            "memory is limited", control == .exited(0) && limited == .limit(name: "memory", value: "32 MiB"),
            seen: "80 MB ended with \(said(control)) by itself and with \(said(limited)) under 32 MiB.",
            fix: "Report this: the control group for memory does not hold.")
    }

    func processesAreLimited() async -> SandboxCheck {
        let script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.2 & done; wait"
        var small = profile
        small.processLimit = 12
        let control = await ending(of: script, profile)
        let limited = await ending(of: script, small)
        return check(
            "processes are limited", control == .exited(0) && limited == .limit(name: "processes", value: "12"),
            seen:
                "20 processes ended with \(said(control)) by themselves and with \(said(limited)) under a limit of 12.",
            fix: "Report this: the control group for processes does not hold.")
    }

    private func ending(of script: String, _ profile: SandboxProfile) async -> SandboxOutcome.Termination? {
        try? await executor.run(SandboxCommand(argv: ["sh", "-c", script]), profile: profile).termination
    }

    private func said(_ ending: SandboxOutcome.Termination?) -> String { ending.map { "\($0)" } ?? "a failed set-up" }

    private static func filterCount(_ status: String) -> Int {
        let line = status.split(separator: "\n").first { $0.hasPrefix("Seccomp_filters:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
