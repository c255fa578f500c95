import Foundation
import SandboxExecution

/// One try: what runs, with which profile, and how to see outside what it did.
struct EscapeAttempt: Sendable {
    /// The command's arguments.
    var command: [String]
    /// A command whose sandbox is gone before the attack starts: for what one run leaves to the next.
    var earlier: [String]?
    var profile = SandboxProfile(
        name: "escape", workspaceAccess: .scratch, wallLimit: .seconds(30), cpuLimit: .seconds(20),
        outputByteLimit: 1 << 14, memoryByteLimit: 256 << 20, tmpByteLimit: 32 << 20, workspaceByteLimit: 32 << 20)
    /// What stands outside as long as the attack runs.
    var held: [any Sendable] = []
    /// Paths in the workspace that the command may change on the host as well.
    var mayChange: Set<String> = []
    /// Paths in the workspace that must have changed on the host, or the attack proves nothing.
    var mustChange: Set<String> = []
    /// What else there is to see outside; nil for nothing.
    var damage: @Sendable (SandboxOutcome) -> String? = { _ in nil }

    /// Runs the probe.
    init(probe arguments: [String]) { command = ["./\(SandboxProbe.name)"] + arguments }

    /// Runs lines of shell; `$probe` is the probe's path.
    init(script: String) { command = ["sh", "-c", "probe=./\(SandboxProbe.name); \(script)"] }

    func verdict(
        on ground: EscapeGround, expecting denial: EscapeDenial, without layers: Set<SandboxLayer>
    ) async throws -> EscapeVerdict {
        let executor = SandboxExecutor(without: layers)
        var profile = profile
        profile.workingDirectory = ground.workspace.path
        let before = try ground.state()
        if let earlier {
            let outcome = try await executor.run(SandboxCommand(argv: earlier), profile: profile)
            if outcome.termination == .exited(1) { return .denied(outcome.text, limit: nil) }
            guard outcome.termination == .exited(0) else { return .unclear("before it, \(outcome.termination)") }
        }
        let outcome = try await executor.run(SandboxCommand(argv: command), profile: profile)
        let changed = try ground.state().changes(from: before)
        // The host's objects live until after the comparison.
        return withExtendedLifetime(held) {
            Self.verdict(
                outcome, denial: denial,
                damage: damage(outcome) ?? Self.damage(changed, allowed: mayChange.union(mustChange)),
                missing: mustChange.subtracting(changed.workspace))
        }
    }

    private static func damage(_ changed: EscapeGround.Changes, allowed: Set<String>) -> String? {
        let forbidden = changed.workspace.subtracting(allowed).map { "workspace/\($0)" } + changed.outside
        return forbidden.isEmpty ? nil : "outside changed: \(forbidden.sorted().joined(separator: ", "))"
    }

    private static func verdict(
        _ outcome: SandboxOutcome, denial: EscapeDenial, damage: String?, missing: Set<String>
    ) -> EscapeVerdict {
        if let damage { return .worked(damage) }
        let text = String((outcome.text + outcome.errorText).suffix(300))
        switch (outcome.termination, denial) {
        case (.exited(0), .harmless) where missing.isEmpty: return .denied("nothing changed outside", limit: nil)
        case (.exited(0), .harmless): return .unclear("\(missing.sorted()) did not change on the host")
        case (.exited(0), _): return .worked(text)
        case (.exited(1), .refused), (.exited(1), .limit), (.exited(1), .refusedOrLimit):
            return .denied(text, limit: nil)
        case (.limit(let name, _), .limit(let wanted)) where name == wanted,
            (.limit(let name, _), .refusedOrLimit(let wanted)) where name == wanted:
            return .denied("\(outcome.termination)", limit: name)
        default: return .unclear("\(outcome.termination): \(text)")
        }
    }
}
