import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// One start of the sandbox, supervised until everything in it is gone.
struct SandboxLaunch: Sendable {
    let bubblewrapPath: String
    let helperPath: String
    let plan: SandboxPlan
    let standardInput: [UInt8]
    let snapshot: WorkspaceSnapshot?
    /// The program, where it is started by descriptor.
    let programFile: ProgramFile?
    /// Takes what the command writes as it comes, besides what is kept of it.
    let reader: SandboxCommand.OutputReader?

    private var profile: SandboxProfile { plan.profile }

    /// Runs to the end. Cancellation of the calling task becomes a kill of the whole tree.
    ///
    /// The work runs in a task of its own that is always awaited and never cancelled: the launching library
    /// answers cancellation by killing bubblewrap and returning while the tree may still be dying.
    func run() async throws(SandboxError) -> SandboxEnding {
        guard !Task.isCancelled else {
            throw SandboxError(.cancelled, reason: "the task was cancelled before it started")
        }
        let tree = ProcessTree()
        let work = Task { await supervise(tree) }
        let result = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            tree.end(because: .cancelled)
        }
        let ending = try result.get()
        if ending.reason == .cancelled {
            throw SandboxError(.cancelled, reason: "the task was cancelled; all its processes are gone")
        }
        return ending
    }

    private enum Part: Sendable {
        case ended(Result<SandboxEnding, SandboxError>)
        case guardDone
    }

    private func supervise(_ tree: ProcessTree) async -> Result<SandboxEnding, SandboxError> {
        do throws(SandboxError) {
            let needsGroup = plan.layers.has(.controlGroup) && profile.enforcement == .controlGroup
            let group = needsGroup ? try ControlGroup(for: profile) : nil
            let result = await supervise(tree, group)
            let peak = group?.memoryPeakByteCount
            if let group, await !group.remove() { return .failure(LimitWatch.notEnded) }
            return result.map { $0.withMemoryPeak(peak) }
        } catch {
            return .failure(error)
        }
    }

    private func supervise(_ tree: ProcessTree, _ group: ControlGroup?) async -> Result<SandboxEnding, SandboxError> {
        let watch: LimitWatch
        do throws(SandboxError) {
            watch = LimitWatch(socket: try ControlSocket(), group: group)
        } catch {
            return .failure(error)
        }
        return await withTaskGroup(of: Part.self) { tasks in
            tasks.addTask { .ended(await start(tree, watch)) }
            tasks.addTask {
                await tree.endWhenAsked()
                return .guardDone
            }
            tasks.addTask {
                await watch.watch(tree)
                return .guardDone
            }
            // Without supervision there is still an end: nobody should wait for ever for a test's control arm.
            let wall = plan.layers.has(.supervision) ? profile.wallLimit : .seconds(60)
            tasks.addTask {
                if (try? await Task.sleep(for: wall)) != nil { tree.end(because: .wall) }
                return .guardDone
            }
            for await part in tasks {
                guard case .ended(let result) = part else { continue }
                tasks.cancelAll()
                return result
            }
            preconditionFailure("A supervised launch always reports its end.")
        }
    }

    private func start(_ tree: ProcessTree, _ watch: LimitWatch) async -> Result<SandboxEnding, SandboxError> {
        defer { tree.hasEnded() }
        do {
            let input = try InputDescriptor(holding: standardInput)
            let archive = try snapshot.map { try ArchiveReader(of: $0) }
            try watch.socket.send(
                input: input.descriptor.rawValue, archive: archive?.descriptor.rawValue,
                program: programFile?.descriptor)
            let written = WrittenBytes(limit: plan.layers.has(.supervision) ? profile.outputKillByteLimit : .max)
            let (executable, arguments) = program(joining: watch.group?.joinPaths ?? [])
            // The empty environment matters: bubblewrap stays visible inside as process 1 with whatever
            // environment it was given. The library closes all other descriptors and resets signals.
            let record = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments),
                environment: plan.layers.has(.environment) ? .custom([[UInt8]]()) : .inherit,
                workingDirectory: "/",
                input: .fileDescriptor(watch.socket.helperEnd, closeAfterSpawningProcess: true),
                output: .sequence, error: .sequence
            ) { execution in
                tree.hasStarted(as: execution.processIdentifier.value)
                // What bubblewrap and the helper say before the start is no output of the command.
                async let error = collect(execution.standardError, written, tree) { bytes in
                    if watch.hasStarted { await reader?(.error, bytes) { tree.reason != nil } }
                }
                let output = try await collect(execution.standardOutput, written, tree) { bytes in
                    await reader?(.output, bytes) { tree.reason != nil }
                }
                return (output: output, error: try await error)
            }
            let (report, limit) = try await watch.finish()
            return .success(
                SandboxEnding(
                    status: record.terminationStatus, reason: tree.reason ?? limit,
                    processorTime: watch.group?.processorTime, report: report,
                    output: record.closureResult.output, error: record.closureResult.error))
        } catch let error as SandboxError {
            return .failure(error)
        } catch {
            return .failure(Self.launchFailure(error))
        }
    }

    /// The program to spawn and its arguments.
    private func program(joining groups: [String]) -> (String, [String]) {
        let arguments =
            HelperArguments.enter(plan, joining: groups) + [bubblewrapPath] + BubblewrapArguments.make(plan)
        guard plan.layers.has(.descriptors) else {
            // The launching library closes what is open here, so a test of what the helper closes has it opened again.
            return ("/bin/sh", ["-c", "exec 7</usr/bin/env; exec \"$@\"", "sh", helperPath] + arguments)
        }
        return (helperPath, arguments)
    }

    private func collect(
        _ stream: SubprocessOutputSequence, _ written: WrittenBytes, _ tree: ProcessTree,
        passOn: @Sendable ([UInt8]) async -> Void
    ) async throws -> OutputCollector {
        var collector = OutputCollector(byteLimit: profile.outputByteLimit)
        for try await buffer in stream {
            // The bytes are copied out before the closure returns.
            let bytes = unsafe buffer.withUnsafeBytes { unsafe [UInt8]($0) }
            collector.append(bytes)
            await passOn(bytes)
            if written.add(buffer.count) { tree.end(because: .output) }
        }
        return collector
    }

    private static func launchFailure(_ error: any Error) -> SandboxError {
        let failure = error as? SubprocessError
        let number = failure?.underlyingError
        if number == Errno(rawValue: E2BIG) {
            return SandboxError(
                .invalidCommand, reason: "its arguments and variables are too long", systemError: number)
        }
        return SandboxError(
            .systemFailed, operation: "start sandbox", reason: "\(failure?.description ?? "\(error)")",
            systemError: number)
    }
}

/// Counts what both streams of a command have written together.
private final class WrittenBytes: Sendable {
    private let limit: Int
    private let count = Atomic(0)

    init(limit: Int) { self.limit = limit }

    /// Adds bytes; true once the limit has been passed.
    func add(_ bytes: Int) -> Bool {
        count.wrappingAdd(bytes, ordering: .relaxed).newValue > limit
    }
}
