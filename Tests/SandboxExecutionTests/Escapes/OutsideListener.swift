import Foundation
import Testing

/// A socket of the test that listens outside of the sandbox.
final class OutsideListener: Sendable {
    private let descriptor: Int32
    /// Its port; 0 for unix sockets.
    let port: UInt16
    private let answers: Task<Void, Never>?

    private init(descriptor: Int32, port: UInt16 = 0, answers: Task<Void, Never>? = nil) {
        self.descriptor = descriptor
        self.port = port
        self.answers = answers
    }

    deinit {
        answers?.cancel()
        close(descriptor)
    }

    private enum Failure: Error { case system(Int32) }

    /// TCP on 127.0.0.1.
    static func tcp() throws -> OutsideListener { try internet(Int32(SOCK_STREAM.rawValue)) }

    /// UDP on 127.0.0.1, which sends back what it gets.
    static func udp() throws -> OutsideListener { try internet(Int32(SOCK_DGRAM.rawValue)) }

    private static func internet(_ type: Int32) throws -> OutsideListener {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let descriptor = try open(AF_INET, type)
        let isStream = type == Int32(SOCK_STREAM.rawValue)
        try bound(descriptor, to: &address, listens: isStream)
        let port = UInt16(bigEndian: address.sin_port)
        return OutsideListener(descriptor: descriptor, port: port, answers: isStream ? nil : answering(descriptor))
    }

    /// TCP on ::1.
    static func tcp6() throws -> OutsideListener {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        // The text is a literal and the address is as large as the call expects of this family.
        _ = unsafe inet_pton(AF_INET6, "::1", &address.sin6_addr)
        let descriptor = try open(AF_INET6, Int32(SOCK_STREAM.rawValue))
        try bound(descriptor, to: &address, listens: true)
        return OutsideListener(descriptor: descriptor, port: UInt16(bigEndian: address.sin6_port))
    }

    /// A unix socket with that path, which everybody may connect to.
    static func unix(path: String) throws -> OutsideListener {
        let listener = try unix(name: Array(path.utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
        return listener
    }

    /// A unix socket with that abstract name.
    static func unix(abstract name: String) throws -> OutsideListener { try unix(name: [0] + Array(name.utf8)) }

    private static func unix(name: [UInt8]) throws -> OutsideListener {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        precondition(name.count < MemoryLayout<sockaddr_un>.size - offset, "The name fits into an address.")
        // The copy stays within the structure, as just checked.
        unsafe withUnsafeMutableBytes(of: &address) { unsafe $0[offset...].copyBytes(from: name) }
        let descriptor = try open(AF_UNIX, Int32(SOCK_STREAM.rawValue))
        // An abstract name is as long as the size says; a path ends at its NUL either way.
        try bound(descriptor, to: &address, size: offset + name.count, listens: true)
        return OutsideListener(descriptor: descriptor)
    }

    private static func open(_ family: Int32, _ type: Int32) throws -> Int32 {
        let descriptor = socket(family, type | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.system(errno) }
        return descriptor
    }

    /// Binds, and reads the address back, which has the port that the kernel chose.
    private static func bound<Address>(
        _ descriptor: Int32, to address: inout Address, size: Int = MemoryLayout<Address>.size, listens: Bool
    ) throws {
        let length = socklen_t(size)
        var room = socklen_t(MemoryLayout<Address>.size)
        // The address outlives all calls, and its size is passed with it.
        let works = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 && (!listens || listen(descriptor, 64) == 0)
                    && getsockname(descriptor, generic, &room) == 0
            }
        }
        guard works else { throw Failure.system(errno) }
    }

    private static func answering(_ descriptor: Int32) -> Task<Void, Never> {
        Task.detached {
            var bytes = [UInt8](repeating: 0, count: 512)
            while !Task.isCancelled {
                var sender = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                // The buffer and the address outlive both calls, and their sizes are passed with them.
                unsafe withUnsafeMutablePointer(to: &sender) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                        let count = unsafe recvfrom(descriptor, &bytes, bytes.count, 0, generic, &size)
                        if count >= 0 { _ = unsafe sendto(descriptor, bytes, count, 0, generic, size) }
                    }
                }
                try? await Task.sleep(for: .milliseconds(2))
            }
        }
    }
}
