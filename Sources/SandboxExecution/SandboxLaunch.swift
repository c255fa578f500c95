import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// One start of bubblewrap, supervised until everything in it is gone.
struct SandboxLaunch: Sendable {
    let bubblewrapPath: String
    let arguments: [String]
    let standardInput: [UInt8]
    let profile: SandboxProfile

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
        await withTaskGroup(of: Part.self) { group in
            group.addTask { .ended(await start(tree)) }
            group.addTask {
                await tree.endWhenAsked()
                return .guardDone
            }
            group.addTask {
                if (try? await Task.sleep(for: profile.wallLimit)) != nil { tree.end(because: .wall) }
                return .guardDone
            }
            for await part in group {
                guard case .ended(let result) = part else { continue }
                group.cancelAll()
                return result
            }
            preconditionFailure("A supervised launch always reports its end.")
        }
    }

    private func start(_ tree: ProcessTree) async -> Result<SandboxEnding, SandboxError> {
        defer { tree.hasEnded() }
        do {
            let input = try InputDescriptor(holding: standardInput)
            let written = WrittenBytes(limit: profile.outputKillByteLimit)
            // The empty environment matters: bubblewrap stays visible inside as process 1 with whatever
            // environment it was given. The library closes all other descriptors and resets signals.
            let record = try await Subprocess.run(
                .path(FilePath(bubblewrapPath)), arguments: Arguments(arguments),
                environment: .custom([[UInt8]]()),
                workingDirectory: "/",
                input: .fileDescriptor(input.descriptor, closeAfterSpawningProcess: false),
                output: .sequence, error: .sequence
            ) { execution in
                tree.hasStarted(as: execution.processIdentifier.value)
                async let error = collect(execution.standardError, written, tree)
                let output = try await collect(execution.standardOutput, written, tree)
                return (output: output, error: try await error)
            }
            return .success(
                SandboxEnding(
                    status: record.terminationStatus, reason: tree.reason,
                    output: record.closureResult.output,
                    error: record.closureResult.error))
        } catch let error as SandboxError {
            return .failure(error)
        } catch {
            return .failure(Self.launchFailure(error))
        }
    }

    private func collect(
        _ stream: SubprocessOutputSequence, _ written: WrittenBytes, _ tree: ProcessTree
    ) async throws -> OutputCollector {
        var collector = OutputCollector(byteLimit: profile.outputByteLimit)
        for try await buffer in stream {
            // The bytes are copied out before the closure returns.
            unsafe buffer.withUnsafeBytes { bytes in unsafe collector.append(bytes) }
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
