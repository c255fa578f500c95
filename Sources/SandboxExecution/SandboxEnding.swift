import Subprocess

/// What was seen of a finished bubblewrap, before it is told apart into outcomes.
struct SandboxEnding: Sendable {
    let status: TerminationStatus
    let reason: ProcessTree.Reason?
    let output: OutputCollector
    let error: OutputCollector

    /// Tells the sandbox's failures from the command's, and a limit from an ordinary end.
    func outcome(
        program: String, profile: SandboxProfile, wall: Duration
    ) throws(SandboxError) -> SandboxOutcome {
        let report = LaunchScript.report(in: error.prefix)
        var markerEnd = 0
        if case .started(let end) = report { markerEnd = end }
        let standardOutput = output.contents()
        let standardError = error.contents(droppingFirst: markerEnd)
        let termination = try termination(
            report, program: program, profile: profile, errorText: standardError.bytes)
        return SandboxOutcome(
            termination: termination, standardOutput: standardOutput.bytes,
            standardError: standardError.bytes,
            standardOutputByteCount: output.byteCount, standardErrorByteCount: error.byteCount - markerEnd,
            wall: wall, outputTruncated: standardOutput.isTruncated || standardError.isTruncated)
    }

    private func termination(
        _ report: LaunchScript.Report, program: String, profile: SandboxProfile, errorText: [UInt8]
    ) throws(SandboxError) -> SandboxOutcome.Termination {
        // The tree's process 1 was killed by us exactly when bubblewrap reports signal 9; a command that ended
        // by itself a moment before the kill keeps its own status, except that too much output stays too much.
        let code: Int32 =
            switch status {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        if reason == .output {
            return .limit(name: "output", value: ByteCount.readable(profile.outputKillByteLimit))
        }
        if reason == .wall, code == 128 + 9 {
            return .limit(name: "wall", value: profile.wallLimit.readable)
        }
        switch report {
        case .notReached: throw Self.setUpFailure(errorText)
        case .missing:
            return .missing(
                program: program,
                reason: "it is not shown in the sandbox; name its folder in the read-only paths")
        case .started: break
        }
        if code == 126 || code == 127, let end = errorText.lastEnd(of: LaunchScript.failedMarker),
            end == errorText.count
        {
            return .missing(
                program: program, reason: "it exists but cannot be executed; check its first line")
        }
        switch code {
        case 128 + 24: return .limit(name: "cpu", value: "\(max(profile.cpuLimit.roundedUpSeconds, 1)) s")
        case 128 + 25: return .limit(name: "file size", value: ByteCount.readable(profile.tmpByteLimit))
        case 129...192: return .signaled(code - 128)
        default: return .exited(code)
        }
    }

    private static func setUpFailure(_ text: [UInt8]) -> SandboxError {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let line = lines.first(where: { $0.hasPrefix("bwrap: ") })?.dropFirst("bwrap: ".count)
        return SandboxError(
            .setUpFailed, operation: "set up sandbox",
            reason: line.map(String.init) ?? "bubblewrap ended without starting the command",
            fix: "Run `warrant sandbox doctor` to see what this machine is missing.")
    }
}

extension [UInt8] {
    /// The index after `pattern` if the array ends with it.
    fileprivate func lastEnd(of pattern: [UInt8]) -> Int? {
        count >= pattern.count && suffix(pattern.count).elementsEqual(pattern) ? count : nil
    }
}
