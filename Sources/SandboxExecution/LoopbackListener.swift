internal import CKernelCalls
import Glibc

/// A listening TCP port on 127.0.0.1 that no one uses: the control arm of the network check.
struct LoopbackListener: ~Copyable {
    private let descriptor: CInt
    /// The port the kernel chose.
    let port: UInt16

    init?() {
        let raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { return nil }
        guard let port = Self.listen(raw) else {
            close(raw)
            return nil
        }
        descriptor = raw
        self.port = port
    }

    deinit { close(descriptor) }

    /// How `/proc/net/tcp` writes the local address: bytes reversed, both parts hexadecimal.
    var kernelTableEntry: String {
        let digits = String(port, radix: 16, uppercase: true)
        return "0100007F:" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func listen(_ descriptor: CInt) -> UInt16? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address outlives both calls, and its size is passed with it.
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 && Glibc.listen(descriptor, 1) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        return bound ? UInt16(bigEndian: address.sin_port) : nil
    }
}
