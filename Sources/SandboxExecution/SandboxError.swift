public import SystemPackage

/// An error thrown when a command cannot be run in the sandbox it asks for.
///
/// It never means that the command itself failed, or that its changes could not be brought back: both are parts of a
/// ``SandboxOutcome``. After any of these errors the command has not run, or (`cancelled`, `systemFailed`) has been
/// killed with all its processes.
public struct SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: String, Hashable, Sendable {
        /// The sandbox program is not installed.
        case unavailable
        /// The sandbox could not be built: a namespace, mount or limit was refused.
        case setUpFailed
        /// The command cannot be passed on: no program, a NUL byte, an unreadable template.
        case invalidCommand
        /// The profile asks for what is never given: a relative path, a missing folder, the whole system.
        case invalidProfile
        /// The kernel refused something that is not the sandbox: too many descriptors, no memory. Or somebody outside ended
        /// the sandbox's own processes.
        case systemFailed
        /// The task that asked was cancelled; the process tree is gone.
        case cancelled
    }

    /// What kind of failure happened.
    public let code: Code
    /// What was attempted, as words that fit after "Can't", without argument values.
    public let operation: String
    /// Why it failed.
    public let reason: String
    /// What to do about it, a sentence, when that is known.
    public let fix: String?
    /// The system error number, where the kernel gave one.
    public let systemError: Errno?

    init(
        _ code: Code, operation: String = "run command in sandbox", reason: String, fix: String? = nil,
        systemError: Errno? = nil
    ) {
        self.code = code
        self.operation = operation
        self.reason = reason
        self.fix = fix
        self.systemError = systemError
    }

    /// The command line's exit code for this error: 78 when the sandbox cannot hold its promise.
    public var exitCode: Int32 {
        switch code {
        case .unavailable, .setUpFailed: 78
        case .invalidCommand, .invalidProfile: 65
        case .systemFailed: 74
        case .cancelled: 75
        }
    }

    /// `Can't <operation>: <reason>.` and, when known, a second line with the fix.
    public var description: String {
        let first = "Can't \(operation): \(reason)."
        guard let fix else { return first }
        return "\(first)\n\(fix)"
    }
}
