import SandboxExecution

extension EscapeAttacks {
    private static let child = EscapeControl.withoutLayers(
        [.seccomp], if: HostFeature.canTraceChildren, else: "Yama forbids it")
    private static let first = EscapeControl.withoutLayers(
        [.seccomp, .landlock], if: HostFeature.canTraceOthers, else: "Yama forbids it")

    /// What tries to reach other processes, their variables, descriptors and terminals.
    static let processes: [EscapeAttack] = [
        EscapeAttack(
            7, "variables of process 1", .withoutLayers([.environment, .landlock]),
            probe: "init-environment", "PATH="),
        EscapeAttack(8, "variables of the caller", .withoutLayers([.environment])) { _ in
            EscapeAttempt(probe: ["environment", try CallerVariable.name()])
        },
        EscapeAttack(10, "descriptors of the caller", .withoutLayers([.descriptors]), probe: "descriptors"),
        EscapeAttack(31, "trace a child", child, probe: "trace-child"),
        EscapeAttack(31, "read a child's memory", child, probe: "read-child"),
        EscapeAttack(31, "take a child's descriptor", child, probe: "take-from-child"),
        EscapeAttack(31, "trace process 1", first, probe: "trace-init"),
        EscapeAttack(31, "take the control socket from process 1", first, probe: "take-from-init"),
        EscapeAttack(31, "look into process 1", .withoutLayers([.landlock]), probe: "look-into-init"),
        EscapeAttack(32, "signal a process outside", signalControl) { _ in
            let process = try OutsideProcess()
            var attempt = EscapeAttempt(probe: ["signal", "\(process.identifier)"])
            attempt.held = [process]
            return attempt
        },
        EscapeAttack(
            32, "signal process 1",
            .withoutLayers(
                [.landlock], if: HostFeature.hasLandlockScopes, else: "this kernel's Landlock has no scopes"),
            // Without the scope the kernel still delivers nothing there that process 1 does not ask for.
            denial: HostFeature.hasLandlockScopes ? .refused : .harmless, probe: "signal", "1"),
        EscapeAttack(32, "end everybody", .none(because: "it would end everybody"), denial: .harmless) { _ in
            let process = try OutsideProcess()
            var attempt = EscapeAttempt(probe: ["kill-all"])
            attempt.held = [process]
            attempt.damage = { _ in process.isAlive ? nil : "a process outside was ended" }
            return attempt
        },
        EscapeAttack(57, "see processes outside", .withoutLayers([.processes])) { _ in
            let process = try OutsideProcess()
            let half = process.mark.count / 2
            var attempt = EscapeAttempt(
                probe: ["process-list", String(process.mark.prefix(half)), String(process.mark.dropFirst(half))])
            attempt.held = [process]
            return attempt
        },
        EscapeAttack(38, "the caller's session", .withoutLayers([.session]), probe: "caller-session"),
        EscapeAttack(38, "type into a terminal", typing, probe: "terminal-input", "plain"),
        EscapeAttack(38, "type by a number above 32 bits", typing, probe: "terminal-input", "wide"),
        EscapeAttack(38, "paste on a console", .withoutLayers([.seccomp]), probe: "terminal-input", "console"),
        EscapeAttack(
            38, "paste by a number above 32 bits", .withoutLayers([.seccomp]), probe: "terminal-input", "console-wide"),
        EscapeAttack(45, "keep the pipes open", .withoutLayers([.processes, .controlGroup]), denial: .harmless) { _ in
            leftover(by: "pipe-holder")
        },
        EscapeAttack(46, "leave a process behind", .withoutLayers([.processes, .controlGroup]), denial: .harmless) {
            _ in
            leftover(by: "orphan")
        },
    ]

    private static let typing = EscapeControl.withoutLayers(
        [.seccomp], if: HostFeature.hasTerminalInput, else: "this kernel has it switched off")

    /// Root's processes are closed to another user as well, where the sandbox is one.
    private static var signalControl: EscapeControl {
        var layers: [SandboxLayer] = [.processes]
        if HostFeature.hasLandlockScopes { layers.append(.landlock) }
        if HostFeature.isRoot { layers.append(.identity) }
        return .withoutLayers(layers)
    }

    private static func leftover(by probe: String) -> EscapeAttempt {
        let mark = Leftover.mark()
        // It ends by itself after a second, also where nothing ends it.
        var attempt = EscapeAttempt(probe: [probe, mark, "1"])
        attempt.damage = { outcome in
            // A launcher that waits for the pipes to close sees it come to its end instead.
            if outcome.text.contains("lingered") { return "it lived until its own end" }
            return Leftover.count(marked: mark) == 0 ? nil : "it is still there"
        }
        return attempt
    }
}
