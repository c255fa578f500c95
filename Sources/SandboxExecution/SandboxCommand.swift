/// One command to run in the sandbox.
///
/// A command is an argument list, never a shell string: nothing in it is expanded or interpreted.
public struct SandboxCommand: Hashable, Sendable {
    /// The program and its arguments; never empty.
    ///
    /// A program name without a slash is looked up in `/usr/local/bin`, `/usr/bin` and `/bin`. A relative
    /// name with a slash is resolved in the profile's working directory. An absolute path must lie in
    /// `/usr`, in the working directory, or in one of the profile's read-only paths.
    public var argv: [String]

    /// Variables set beside `PATH`, `LANG`, `HOME` and `TMPDIR`. Nothing is inherited from the caller.
    public var environment: [String: String]

    /// What the command reads on standard input, whole, as a read-only file.
    public var standardInput: [UInt8]

    /// Creates a command.
    public init(argv: [String], environment: [String: String] = [:], standardInput: [UInt8] = []) {
        self.argv = argv
        self.environment = environment
        self.standardInput = standardInput
    }
}
