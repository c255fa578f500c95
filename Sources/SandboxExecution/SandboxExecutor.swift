import Subprocess
import SystemPackage

/// Runs commands in a sandbox: no network, a read-only system, a private `/tmp`, limits on everything.
///
/// A value is cheap, holds no resource and may be used by many tasks at once. Each run takes about 20 ms more
/// than the command itself.
public struct SandboxExecutor: Sendable {
    private let bubblewrapPath: String?
    private let helperPath: String?
    private let layers: SandboxLayers
    /// Told of every outcome.
    private var observer: (@Sendable (SandboxOutcome) -> Void)?
    /// Told the name of every place at which it matters whether the process still lives. Does nothing; tests of
    /// crashes end the process in it.
    package var faultPoint: @Sendable (String) -> Void = { _ in }

    /// Creates an executor that uses the system's bubblewrap.
    public init() {
        self.init(bubblewrapPath: Self.defaultPath)
    }

    /// Creates an executor with another bubblewrap, or (nil) without any.
    package init(bubblewrapPath: String?) {
        self.bubblewrapPath = bubblewrapPath
        helperPath = HelperLocation.path
        layers = SandboxLayers()
    }

    /// Creates an executor that lacks layers, to show what they are there for.
    package init(without layers: Set<SandboxLayer>, bubblewrapPath: String? = SandboxExecutor.defaultPath) {
        self.bubblewrapPath = bubblewrapPath
        helperPath = HelperLocation.path
        self.layers = SandboxLayers(without: layers)
    }

    /// The same executor, which also tells `observer` of every outcome.
    package func observed(_ observer: @escaping @Sendable (SandboxOutcome) -> Void) -> SandboxExecutor {
        var copy = self
        copy.observer = observer
        return copy
    }

    /// The system's bubblewrap, where there is one.
    package static var defaultPath: String? {
        ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"].first(where: HostPath.isExecutableFile)
    }

    /// Runs a command and waits until it and every process it started are gone.
    ///
    /// A command that fails, is killed or hits a limit is an outcome. Cancelling the task kills the tree and
    /// throws ``SandboxError/Code/cancelled``. Where the profile says `imported`, what the command changed in its
    /// workspace is brought into the caller's folder afterwards, unless a limit ended it.
    ///
    /// - Parameters:
    ///   - command: What to run.
    ///   - profile: What it may see and use.
    ///   - reader: Takes what the command writes as it comes, uncut.
    /// - Returns: What became of it, and of its changes.
    /// - Throws: ``SandboxError`` when the command cannot be run in this sandbox: it has then not run, or was killed.
    public func run(
        _ command: SandboxCommand, profile: SandboxProfile, reader: SandboxCommand.OutputReader? = nil
    ) async throws(SandboxError) -> SandboxOutcome {
        try await run(command, profile: profile, snapshot: nil, reader: reader)
    }

    /// Called with what is about to be brought back, the folder it lies in, and the folder it goes to; false leaves
    /// everything as it is.
    package typealias ImportPreparation =
        @Sendable (_ changes: WorkspaceChanges, _ source: ConfinedFolder, _ path: String) -> Bool

    /// The same with the profile's folder as it is to be copied, for many runs on one; nil reads it now.
    ///
    /// `beforeImport` is called before anything is brought back, and may refuse that.
    package func run(
        _ command: SandboxCommand, profile: SandboxProfile, snapshot: WorkspaceSnapshot? = nil,
        reader: SandboxCommand.OutputReader? = nil, beforeImport: ImportPreparation?
    ) async throws(SandboxError) -> SandboxOutcome {
        let outcome = try await runUnobserved(
            command, profile: profile, snapshot: snapshot, reader: reader, beforeImport: beforeImport)
        observer?(outcome)
        return outcome
    }

    /// The same with nothing to be done before an import.
    func run(
        _ command: SandboxCommand, profile: SandboxProfile, snapshot: WorkspaceSnapshot?,
        reader: SandboxCommand.OutputReader? = nil
    ) async throws(SandboxError) -> SandboxOutcome {
        try await run(command, profile: profile, snapshot: snapshot, reader: reader, beforeImport: nil)
    }

    private func runUnobserved(
        _ command: SandboxCommand, profile: SandboxProfile, snapshot: WorkspaceSnapshot?,
        reader: SandboxCommand.OutputReader?, beforeImport: ImportPreparation?
    ) async throws(SandboxError) -> SandboxOutcome {
        guard let bubblewrapPath else { throw Self.notInstalled }
        guard let helperPath else { throw Self.noHelper }
        try Self.check(command)
        let paths = try ProfilePaths(checking: profile)
        let start = ContinuousClock.now
        let program: String
        let programFile: ProgramFile?
        switch Self.find(command, paths) {
        case .found(let path, let file):
            program = path
            programFile = file
        case .missing(let reason):
            return SandboxOutcome(
                termination: .missing(program: command.argv[0], reason: reason), standardOutput: [],
                standardError: [], standardOutputByteCount: 0, standardErrorByteCount: 0,
                wall: ContinuousClock.now - start, outputTruncated: false)
        }
        var copied = snapshot
        if copied == nil, let path = paths.workspace {
            copied = try WorkspaceSnapshot(of: path, limits: profile.workspaceLimits)
        }
        let plan = SandboxPlan(
            program: program, isProgramByDescriptor: programFile != nil, arguments: Array(command.argv.dropFirst()),
            environment: command.environment, readOnlyPaths: paths.readOnlyPaths, hasWorkspace: copied != nil,
            workspaceEntryCount: copied?.entryCount ?? 0, profile: profile, layers: layers,
            userToBecome: SandboxIdentity.userToBecome(layers))
        let launch = SandboxLaunch(
            bubblewrapPath: bubblewrapPath, helperPath: helperPath, plan: plan, standardInput: command.standardInput,
            snapshot: copied, programFile: programFile, reader: reader)
        let ending = try await launch.run()
        var outcome = try ending.outcome(
            program: command.argv[0], profile: profile, leftOut: copied?.leftOut ?? [],
            wall: ContinuousClock.now - start)
        if let copied, let path = paths.workspace, let workspace = ending.report.workspace,
            profile.workspaceAccess == .imported, outcome.termination.isOwnEnd
        {
            let changes = WorkspaceChanges(
                comparing: copied, with: workspace, limits: profile.workspaceLimits,
                appliesRules: layers.has(.broker))
            guard beforeImport?(changes, workspace, path) ?? true else { return outcome }
            faultPoint("import.before")
            outcome.imported = WorkspaceImport.apply(changes, from: workspace, to: path) {
                faultPoint("import.change")
            }
            faultPoint("import.after")
        }
        return outcome
    }

    private enum FoundProgram {
        case found(String, ProgramFile?)
        case missing(reason: String)
    }

    private static func find(_ command: SandboxCommand, _ paths: ProfilePaths) -> FoundProgram {
        if case .file(let path) = command.program {
            guard let file = ProgramFile(path) else { return .missing(reason: "no executable file there") }
            return .found(command.argv[0], file)
        }
        let location = ProgramLocation.find(
            command.argv[0], workspace: paths.workspace, readOnlyPaths: paths.readOnlyPaths)
        return switch location {
        case .found(let path): .found(path, nil)
        case .missing(let reason): .missing(reason: reason)
        }
    }

    /// The profile's folder as it is now, for many runs on the same; nil where the profile has none.
    ///
    /// `replacements`: what files of the folder hold in the copy instead of their own bytes.
    ///
    /// - Throws: ``SandboxError`` with ``SandboxError/Code/invalidProfile`` where it can't be read or is too large.
    func snapshot(
        for profile: SandboxProfile, replacements: [ConfinedPath: FileReplacement] = [:]
    ) throws(SandboxError) -> WorkspaceSnapshot? {
        guard let path = try ProfilePaths(checking: profile).workspace else { return nil }
        return try WorkspaceSnapshot(of: path, limits: profile.workspaceLimits, replacements: replacements)
    }

    private static var noHelper: SandboxError {
        SandboxError(
            .unavailable, reason: "`\(HelperLocation.name)` does not lie beside this program",
            fix: "Build it (`Scripts/build`), or install it beside `warrant`.")
    }

    private static var notInstalled: SandboxError {
        SandboxError(
            .unavailable, reason: "bubblewrap is not installed",
            fix: "Install it (`apt-get install bubblewrap`), then run `warrant sandbox doctor`.")
    }

    /// bubblewrap takes 9000, its own and the helper's options counted.
    private static let argumentLimit = 8000

    private static func check(_ command: SandboxCommand) throws(SandboxError) {
        guard let program = command.argv.first, !program.isEmpty else {
            throw SandboxError(.invalidCommand, reason: "it names no program")
        }
        guard command.argv.count <= argumentLimit else {
            throw SandboxError(
                .invalidCommand,
                reason: "it has \(command.argv.count) arguments, more than the limit of \(argumentLimit)",
                fix: "Pass on what there are many of in a file or on standard input.")
        }
        var texts = command.argv + command.environment.keys + command.environment.values
        if case .file(let path) = command.program { texts.append(path) }
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw SandboxError(.invalidCommand, reason: "an argument or variable contains a NUL byte")
        }
        guard !command.environment.keys.contains(where: { $0.isEmpty || $0.contains("=") }) else {
            throw SandboxError(.invalidCommand, reason: "a variable's name is empty or contains `=`")
        }
    }
}
