/// What became of one sandboxed command.
public struct SandboxOutcome: Hashable, Sendable {
    /// How a command ended.
    public enum Termination: Hashable, Sendable {
        /// It ended by itself with this status.
        case exited(Int32)
        /// A signal ended it.
        ///
        /// bubblewrap reports a signal as status 128 + number, so a command that really exits with 129 to
        /// 192 is reported here too. A status of 153 is reported as the limit `file size`, and where no control group
        /// counts, one of 152 as `cpu`: these are what the kernel's signals for the two limits come to.
        case signaled(Int32)
        /// It was ended because it reached a limit: the limit's name (`wall`, `cpu`, `memory`, `processes`, `output`,
        /// `disk`, `file size`) and its value with a unit.
        case limit(name: String, value: String)
        /// There was nothing to run: the program does not exist or is not visible in the sandbox, and why.
        case missing(program: String, reason: String)
    }

    /// How the command ended.
    public let termination: Termination
    /// What it wrote on standard output, cut to the profile's limit.
    public let standardOutput: [UInt8]
    /// What it wrote on standard error, cut to the profile's limit.
    public let standardError: [UInt8]
    /// How many bytes it wrote on standard output in all.
    public let standardOutputByteCount: Int
    /// How many bytes it wrote on standard error in all.
    public let standardErrorByteCount: Int
    /// Real time from start to end, the sandbox's own set-up included.
    public let wall: Duration

    /// Whether bytes are missing from either stream.
    ///
    /// A cut stream holds its first bytes, a line saying how many were left out, and its last bytes.
    public let outputTruncated: Bool

    /// The most memory that the command and its children used at one time, in bytes; nil where nobody counted.
    public internal(set) var memoryPeakByteCount: Int?

    /// What was brought back from the workspace; nil where the profile says not to, or a limit ended the command.
    package internal(set) var imported: WorkspaceImport?
    /// What of the workspace was not copied, and why.
    package internal(set) var leftOut: [WorkspaceSnapshot.LeftOut] = []
}

extension SandboxOutcome.Termination {
    /// Whether the command ran and came to its own end, by whatever status.
    var isOwnEnd: Bool {
        switch self {
        case .exited, .signaled: true
        case .limit, .missing: false
        }
    }
}

extension SandboxOutcome.Termination: CustomStringConvertible {
    /// One readable phrase, such as `exit status 1` or ``limit `wall` of 10 s reached``.
    public var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signaled(let signal): "signal \(SignalName.describe(signal))"
        case .limit(let name, let value): "limit `\(name)` of \(value) reached"
        case .missing(let program, let reason): "`\(program)` is missing: \(reason)"
        }
    }
}
