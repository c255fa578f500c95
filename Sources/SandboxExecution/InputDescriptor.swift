internal import CKernelCalls
import Glibc
import SystemPackage

/// Owns the descriptor of an in-memory file that a command reads as its standard input.
///
/// A file instead of a pipe: a command that never reads cannot block the writer, and one that ends early
/// cannot raise SIGPIPE here. The file is sealed, so the command cannot use it as storage.
struct InputDescriptor: ~Copyable {
    let descriptor: FileDescriptor

    init(holding bytes: [UInt8]) throws(SandboxError) {
        descriptor = try Self.memoryFile(holding: bytes)
    }

    deinit { try? descriptor.close() }

    private static func memoryFile(holding bytes: [UInt8]) throws(SandboxError) -> FileDescriptor {
        // Unsafe only for the name's pointer, which lives as long as the call.
        let raw = unsafe warrant_memory_file("standard-input")
        guard raw >= 0 else { throw failure(Errno(rawValue: errno)) }
        let descriptor = FileDescriptor(rawValue: raw)
        do {
            _ = try descriptor.writeAll(bytes)
            _ = try descriptor.seek(offset: 0, from: .start)
            guard warrant_seal(raw) == 0 else { throw Errno(rawValue: errno) }
            return descriptor
        } catch {
            try? descriptor.close()
            throw failure((error as? Errno) ?? .ioError)
        }
    }

    private static func failure(_ error: Errno) -> SandboxError {
        SandboxError(
            .systemFailed, operation: "prepare standard input for command", reason: "\(error)",
            systemError: error)
    }
}
