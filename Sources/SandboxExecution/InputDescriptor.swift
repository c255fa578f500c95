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
        // MFD_CLOEXEC | MFD_ALLOW_SEALING.
        let descriptor = FileDescriptor(rawValue: try createMemoryFile(flags: 0x1 | 0x2))
        do {
            _ = try descriptor.writeAll(bytes)
            _ = try descriptor.seek(offset: 0, from: .start)
            // F_ADD_SEALS with F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE.
            guard fcntl(descriptor.rawValue, 1033, 0x1 | 0x2 | 0x4 | 0x8) == 0 else {
                throw Errno(rawValue: errno)
            }
            return descriptor
        } catch {
            try? descriptor.close()
            throw failure((error as? Errno) ?? .ioError)
        }
    }

    private typealias MemoryFileCreator = @convention(c) (UnsafePointer<CChar>, CUnsignedInt) -> CInt

    private static func createMemoryFile(flags: CUnsignedInt) throws(SandboxError) -> CInt {
        // glibc has had this function since 2.27, but declares it only for _GNU_SOURCE, which Swift's import
        // of <sys/mman.h> does not set; hence the look-up by name. The type is the one in memfd_create(2).
        guard let symbol = unsafe dlsym(nil, "memfd_create") else { throw failure(.notSupported) }
        let create = unsafe unsafeBitCast(symbol, to: MemoryFileCreator.self)
        let raw = unsafe create("standard-input", flags)
        guard raw >= 0 else { throw failure(Errno(rawValue: errno)) }
        return raw
    }

    private static func failure(_ error: Errno) -> SandboxError {
        SandboxError(
            .systemFailed, operation: "prepare standard input for command", reason: "\(error)",
            systemError: error)
    }
}
