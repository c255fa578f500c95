/// A program that answers cases: one sandboxed process per case, the case's bytes on standard input.
///
/// Exit status 0 means accepted, with an optional value on standard output; 1 means rejected; everything else
/// is an error of its own kind, never an answer.
public struct SystemUnderTest: Sendable {
    /// The program and its arguments.
    public let argv: [String]
    /// What the program may see and use; ten seconds a case unless set otherwise.
    public var profile: SandboxProfile
    /// How much of each stream a ``CaseRun`` keeps for reports.
    public var headByteLimit = 4096
    /// Files of the workspace that the program finds with another content; the folder itself isn't touched.
    package var replacements: [ConfinedPath: FileReplacement] = [:]

    private let executor: SandboxExecutor

    /// Creates a system under test from its arguments.
    ///
    /// - Parameters:
    ///   - argv: The program and its arguments, never empty.
    ///   - workspace: The host folder of which the program gets a copy at `/workspace` and starts in; relative names
    ///     in `argv` are found there. Each case has a copy of its own, and what a case writes is thrown away.
    ///   - readOnlyPaths: Further host paths that the program needs.
    ///   - wallLimit: The longest a case may take.
    ///   - executor: What runs the cases.
    public init(
        argv: [String], workspace: String?, readOnlyPaths: [String] = [], wallLimit: Duration = .seconds(10),
        executor: SandboxExecutor = SandboxExecutor()
    ) {
        self.argv = argv
        self.executor = executor
        profile = SandboxProfile(
            name: "system-under-test", workingDirectory: workspace, workspaceAccess: .scratch,
            readOnlyPaths: readOnlyPaths, wallLimit: wallLimit, cpuLimit: wallLimit)
    }

    /// Creates a system under test that runs under a given profile, which names its workspace and limits.
    public init(argv: [String], profile: SandboxProfile, executor: SandboxExecutor = SandboxExecutor()) {
        self.argv = argv
        self.executor = executor
        self.profile = profile
    }

    /// Creates a system under test from one line, split as a shell would split it but run without a shell.
    ///
    /// - Throws: ``SandboxError`` with ``SandboxError/Code/invalidCommand`` for an open quote or shell syntax.
    public init(
        argvTemplate: String, workspace: String?, readOnlyPaths: [String] = [],
        wallLimit: Duration = .seconds(10),
        executor: SandboxExecutor = SandboxExecutor()
    ) throws(SandboxError) {
        let argv = try CommandLineSplitter.split(argvTemplate)
        self.init(
            argv: argv, workspace: workspace, readOnlyPaths: readOnlyPaths, wallLimit: wallLimit,
            executor: executor)
    }

    /// Runs one case.
    ///
    /// - Throws: ``SandboxError`` when the sandbox cannot be built or the task is cancelled; never for
    ///   something the program did.
    public func run(input: [UInt8]) async throws(SandboxError) -> CaseRun {
        let snapshot = try replacements.isEmpty ? nil : executor.snapshot(for: profile, replacements: replacements)
        return try await run(input: input, snapshot: snapshot)
    }

    private func run(input: [UInt8], snapshot: WorkspaceSnapshot?) async throws(SandboxError) -> CaseRun {
        let command = SandboxCommand(argv: argv, standardInput: input)
        let outcome = try await executor.run(command, profile: profile, snapshot: snapshot)
        return CaseRun(
            outcome: Self.verdict(on: outcome, profile: profile),
            standardOutput: Array(outcome.standardOutput.prefix(headByteLimit)),
            standardError: Array(outcome.standardError.prefix(headByteLimit)), wall: outcome.wall)
    }

    /// Runs every case, a few at a time, and returns the results in the order of the inputs.
    ///
    /// - Parameters:
    ///   - inputs: Each case's bytes for standard input.
    ///   - parallel: How many processes run at the same time, at least one.
    ///   - progress: Called after each case, in order of completion, with how many are done and how many there
    ///     are.
    /// - Returns: One result an input.
    /// - Throws: The first ``SandboxError``; the cases still running are then killed.
    public func runAll(
        inputs: [[UInt8]], parallel: Int = 2, progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
    ) async throws(SandboxError) -> [CaseRun] {
        // Read once: every case starts from the same files, also where somebody edits them meanwhile.
        let snapshot = inputs.isEmpty ? nil : try executor.snapshot(for: profile, replacements: replacements)
        var results = [CaseRun?](repeating: nil, count: inputs.count)
        var failure: SandboxError?
        await withTaskGroup(of: (Int, Result<CaseRun, SandboxError>).self) { group in
            var next = 0
            var done = 0
            func startNext() {
                guard next < inputs.count, failure == nil else { return }
                let index = next
                next += 1
                group.addTask { (index, await self.result(of: inputs[index], snapshot)) }
            }
            for _ in 0..<max(parallel, 1) { startNext() }
            while let (index, result) = await group.next() {
                switch result {
                case .success(let run):
                    results[index] = run
                    done += 1
                    progress?(done, inputs.count)
                case .failure(let error):
                    if failure == nil { failure = error }
                    group.cancelAll()
                }
                startNext()
            }
        }
        if let failure { throw failure }
        return results.compactMap(\.self)
    }

    private func result(
        of input: [UInt8], _ snapshot: WorkspaceSnapshot?
    ) async -> Result<CaseRun, SandboxError> {
        do throws(SandboxError) {
            return .success(try await run(input: input, snapshot: snapshot))
        } catch {
            return .failure(error)
        }
    }

    private static func verdict(on outcome: SandboxOutcome, profile: SandboxProfile) -> CaseRun.Outcome {
        switch outcome.termination {
        case .exited(0):
            // A value with a hole in it is no value.
            outcome.standardOutputByteCount > profile.outputByteLimit
                ? .error(.outputLimit(profile.outputByteLimit)) : .accepted(value: outcome.standardOutput)
        case .exited(1): .rejected
        case .exited(let status): .error(.exit(status))
        case .signaled(let signal): .error(.signal(signal))
        case .missing(let program, let reason): .error(.missing(program: program, reason: reason))
        // Both clocks have the same limit here, and a program that never rests meets either of them first.
        case .limit("wall", _), .limit("cpu", _): .error(.timeout(profile.wallLimit))
        case .limit("output", _): .error(.outputLimit(profile.outputKillByteLimit))
        case .limit(let name, let value): .error(.limit(name: name, value: value))
        }
    }
}
