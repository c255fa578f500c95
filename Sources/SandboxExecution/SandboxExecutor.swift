import Subprocess
import SystemPackage

/// Runs commands in a sandbox: no network, a read-only system, a private `/tmp`, limits on everything.
///
/// A value is cheap, holds no resource and may be used by many tasks at once. Each run takes about 15 ms more
/// than the command itself.
public struct SandboxExecutor: Sendable {
    private let bubblewrapPath: String?

    /// Creates an executor that uses the system's bubblewrap.
    public init() {
        self.init(bubblewrapPath: Self.places.first(where: HostPath.isExecutableFile))
    }

    /// Creates an executor with another bubblewrap, or (nil) without any.
    package init(bubblewrapPath: String?) {
        self.bubblewrapPath = bubblewrapPath
    }

    private static let places = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"]

    /// Runs a command and waits until it and every process it started are gone.
    ///
    /// A command that fails, is killed or hits a limit is an outcome. Cancelling the task kills the tree and
    /// throws ``SandboxError/Code/cancelled``.
    ///
    /// - Throws: ``SandboxError`` when the command cannot be run in this sandbox; it is then not run at all.
    public func run(_ command: SandboxCommand, profile: SandboxProfile) async throws(SandboxError)
        -> SandboxOutcome
    {
        guard let bubblewrapPath else { throw Self.notInstalled }
        try Self.check(command)
        let paths = try ProfilePaths(checking: profile)
        let start = ContinuousClock.now
        let location = ProgramLocation.find(
            command.argv[0], workspace: paths.workspace, readOnlyPaths: paths.readOnlyPaths)
        let program: String
        switch location {
        case .found(let path): program = path
        case .missing(let reason):
            return SandboxOutcome(
                termination: .missing(program: command.argv[0], reason: reason), standardOutput: [],
                standardError: [], standardOutputByteCount: 0, standardErrorByteCount: 0,
                wall: ContinuousClock.now - start, outputTruncated: false)
        }
        let arguments = BubblewrapArguments.make(
            command: command, program: program, workspace: paths.workspace,
            readOnlyPaths: paths.readOnlyPaths,
            profile: profile)
        let launch = SandboxLaunch(
            bubblewrapPath: bubblewrapPath, arguments: arguments, standardInput: command.standardInput,
            profile: profile)
        let ending = try await launch.run()
        return try ending.outcome(
            program: command.argv[0], profile: profile, wall: ContinuousClock.now - start)
    }

    private static var notInstalled: SandboxError {
        SandboxError(
            .unavailable, reason: "bubblewrap is not installed",
            fix: "Install it (`apt-get install bubblewrap`), then run `warrant sandbox doctor`.")
    }

    private static func check(_ command: SandboxCommand) throws(SandboxError) {
        guard let program = command.argv.first, !program.isEmpty else {
            throw SandboxError(.invalidCommand, reason: "it names no program")
        }
        let texts = command.argv + command.environment.keys + command.environment.values
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw SandboxError(.invalidCommand, reason: "an argument or variable contains a NUL byte")
        }
        guard !command.environment.keys.contains(where: { $0.isEmpty || $0.contains("=") }) else {
            throw SandboxError(.invalidCommand, reason: "a variable's name is empty or contains `=`")
        }
    }
}
