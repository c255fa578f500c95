import Subprocess
import SystemPackage

/// What was seen of a finished bubblewrap, before it is told apart into outcomes.
struct SandboxEnding: Sendable {
    let status: TerminationStatus
    let reason: ProcessTree.Reason?
    /// What the command's control group has counted; nil without one.
    let processorTime: Duration?
    let report: LaunchReport
    let output: OutputCollector
    let error: OutputCollector
    /// The most memory the command and its children used at one time, where it was counted.
    var memoryPeakByteCount: Int?

    func withMemoryPeak(_ count: Int?) -> SandboxEnding {
        var copy = self
        copy.memoryPeakByteCount = count
        return copy
    }

    /// Tells the sandbox's failures from the command's, and a limit from an ordinary end.
    func outcome(
        program: String, profile: SandboxProfile, leftOut: [WorkspaceSnapshot.LeftOut], wall: Duration
    ) throws(SandboxError) -> SandboxOutcome {
        let standardOutput = output.contents()
        let standardError = error.contents()
        var termination = try termination(program: program, profile: profile, errorText: standardError.bytes)
        if case .missing = termination, let entry = Self.leftOut(leftOut, above: program, profile) {
            termination = .missing(
                program: program, reason: "`\(entry.path)` is not copied into the sandbox: \(entry.reason)")
        }
        return SandboxOutcome(
            termination: termination, standardOutput: standardOutput.bytes,
            standardError: standardError.bytes,
            standardOutputByteCount: output.byteCount, standardErrorByteCount: error.byteCount,
            wall: wall, outputTruncated: standardOutput.isTruncated || standardError.isTruncated,
            memoryPeakByteCount: memoryPeakByteCount, leftOut: leftOut)
    }

    /// What was left out of the copy and holds, or is, the program.
    private static func leftOut(
        _ entries: [WorkspaceSnapshot.LeftOut], above program: String, _ profile: SandboxProfile
    ) -> WorkspaceSnapshot.LeftOut? {
        guard program.contains("/"), let folder = profile.workingDirectory else { return nil }
        var path = FilePath(program.hasPrefix("/") ? program : folder + "/" + program).lexicallyNormalized()
        guard path.removePrefix(FilePath(folder).lexicallyNormalized()), let inside = try? ConfinedPath(path.string)
        else { return nil }
        return entries.first { inside.prefixes.contains($0.path) }
    }

    private func termination(
        program: String, profile: SandboxProfile, errorText: [UInt8]
    ) throws(SandboxError) -> SandboxOutcome.Termination {
        // The tree's process 1 was killed by us exactly when bubblewrap reports signal 9; a command that ended
        // by itself a moment before the kill keeps its own status, except that too much stays too much.
        let code: Int32 =
            switch status {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        let seconds = "\(max(profile.cpuLimit.roundedUpSeconds, 1)) s"
        switch reason {
        case .output: return .limit(name: "output", value: ByteCount.readable(profile.outputKillByteLimit))
        case .memory: return .limit(name: "memory", value: ByteCount.readable(profile.memoryByteLimit))
        case .processes: return .limit(name: "processes", value: "\(profile.processLimit)")
        case .processorTime: return .limit(name: "cpu", value: seconds)
        case .workspace where report.stage == .started:
            return .limit(name: "disk", value: ByteCount.readable(profile.workspaceByteLimit))
        // A set-up that was cut short by the clock is no set-up that failed, whatever bubblewrap says about it.
        case .wall where code == 128 + 9 || report.stage == .notReached:
            return .limit(name: "wall", value: profile.wallLimit.readable)
        default: break
        }
        // It would report the command's signal as a status. How the command ended nobody knows then.
        if case .signaled(let signal) = status {
            throw SandboxError(
                .systemFailed, operation: "watch over command",
                reason: "signal \(SignalName.describe(signal)) ended bubblewrap from outside, and all that it ran")
        }
        switch report.stage {
        case .notReached: throw Self.setUpFailure(errorText)
        case .failed(let sentence): throw Self.setUpFailure(sentence)
        case .missing:
            return .missing(
                program: program,
                reason: "it is not shown in the sandbox; name its folder in the read-only paths")
        case .notExecutable:
            return .missing(
                program: program, reason: "it exists but cannot be executed; check its first line")
        case .started: break
        }
        switch code {
        // The same number is also a command's own exit status, or its own signal. The group has counted which it is;
        // the kernel's two ways of counting may differ by a fifth on a busy machine.
        case 128 + 24 where processorTime.map { $0 * 2 >= profile.cpuLimit } ?? true:
            return .limit(name: "cpu", value: seconds)
        case 128 + 25: return .limit(name: "file size", value: ByteCount.readable(profile.largestFile))
        case 129...192: return .signaled(code - 128)
        default: return .exited(code)
        }
    }

    private static let doctor = "Run `warrant sandbox doctor` to see what this machine is missing."

    private static func setUpFailure(_ text: [UInt8]) -> SandboxError {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        if let line = lines.first(where: { $0.hasPrefix("sandbox-helper: ") }) {
            return setUpFailure(String(line.dropFirst("sandbox-helper: ".count)))
        }
        let line = lines.first(where: { $0.hasPrefix("bwrap: ") })?.dropFirst("bwrap: ".count)
        if let line, line.hasPrefix("Can't find source path"), line.contains("Permission denied") {
            return SandboxError(
                .invalidProfile, operation: "show a folder in sandbox",
                reason: "\(line.prefix(1).lowercased())\(line.dropFirst()), because Warrant was started as root and "
                    + "commands run as user \(SandboxIdentity.sandboxUser)",
                fix: "Let everybody read it and the folders above it, or start Warrant as the user it belongs to.")
        }
        return SandboxError(
            .setUpFailed, operation: "set up sandbox",
            reason: line.map(firstSentence) ?? "bubblewrap ended without starting the command", fix: doctor)
    }

    /// What bubblewrap says goes on with where to read more, and some of it ends with a period.
    private static func firstSentence(_ line: Substring) -> String {
        let text = line.firstRange(of: ". ").map { line[..<$0.lowerBound] } ?? line
        return String(text.hasSuffix(".") ? text.dropLast() : text)
    }

    /// From a sentence of the helper, `Can't <operation>: <reason>.`
    private static func setUpFailure(_ sentence: String) -> SandboxError {
        var text = Substring(sentence)
        if text.hasPrefix("Can't ") { text = text.dropFirst("Can't ".count) }
        if text.hasSuffix(".") { text = text.dropLast() }
        let parts = text.split(separator: ":", maxSplits: 1)
        return SandboxError(
            .setUpFailed, operation: parts.first.map(String.init) ?? "set up sandbox",
            reason: parts.dropFirst().first.map { String($0.drop(while: { $0 == " " })) } ?? "it failed", fix: doctor)
    }
}
