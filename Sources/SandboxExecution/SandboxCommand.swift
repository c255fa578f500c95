/// One command to run in the sandbox.
///
/// A command is an argument list, never a shell string: nothing in it is expanded or interpreted.
public struct SandboxCommand: Hashable, Sendable {
    /// The program and its arguments; never empty.
    ///
    /// Unless ``program`` says otherwise: a program name without a slash is looked up in `/usr/local/bin`, `/usr/bin`
    /// and `/bin`. A relative name with a slash is resolved in the profile's working directory. An absolute path must
    /// lie in `/usr`, in the working directory, or in one of the profile's read-only paths.
    public var argv: [String]

    /// Variables set beside `PATH`, `LANG`, `HOME` and `TMPDIR`. Nothing is inherited from the caller.
    public var environment: [String: String]

    /// What the command reads on standard input, whole, as a read-only file.
    public var standardInput: [UInt8]

    /// Where the program comes from.
    public var program: Program

    /// Creates a command.
    public init(
        argv: [String], environment: [String: String] = [:], standardInput: [UInt8] = [], program: Program = .lookedUp
    ) {
        self.argv = argv
        self.environment = environment
        self.standardInput = standardInput
        self.program = program
    }
}

extension SandboxCommand {
    /// One of the two streams that a command writes to.
    public enum Stream: Hashable, Sendable {
        /// Standard output.
        case output
        /// Standard error.
        case error
    }

    /// Takes bytes of a stream in their order; of each stream there is one call at a time. The command waits while it
    /// takes long, and should not wait any longer once `isOver` says that the command is being ended.
    public typealias OutputReader =
        @Sendable (_ stream: Stream, _ bytes: [UInt8], _ isOver: @escaping @Sendable () -> Bool) async -> Void

    /// Where a command's program comes from.
    public enum Program: Hashable, Sendable {
        /// It is what the first of `argv` names in the sandbox.
        case lookedUp

        /// It is the file at this path outside, which nothing inside leads to; the first of `argv` is a mere name.
        ///
        /// The caller opens the file, so the folders above it may be closed to the sandbox's user; the file itself
        /// must be executable for everybody where the caller is root. It is a binary, never a script, and finds
        /// libraries in `/usr` alone. The command can read its own file and where it lies, cannot write to it, and
        /// may not change the attributes (permissions, owner, times) of any file.
        case file(String)
    }
}
