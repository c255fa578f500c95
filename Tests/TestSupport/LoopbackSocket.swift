import Glibc
import Synchronization

/// A connection to a server on this machine, for saying to it what no client would. It is closed with the value.
package final class LoopbackSocket: Sendable {
    private let descriptor: Int32
    /// What came behind a text that was waited for.
    private let left = Mutex<[UInt8]>([])

    /// Connects. Reading gives up after `patience` seconds.
    package init(port: Int, patience: Int = 30) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "Can't make a socket: error \(errno).") }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        // SAFETY: the structures live for the calls.
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            let number = errno
            close(descriptor)
            throw Failure(description: "Can't connect to port \(port): error \(number).")
        }
    }

    deinit { close(descriptor) }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Sends it all; false where the other end has closed.
    @discardableResult
    package func send(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // SAFETY: the bytes live for the call.
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What comes up to the end of `text`; `nil` where the other end closed before, or said nothing for too long.
    package func receive(until text: String) -> String? {
        let wanted = Array(text.utf8)
        var bytes = left.withLock { $0 }
        while true {
            if let found = bytes.firstRange(of: wanted) {
                let rest = Array(bytes[found.upperBound...])
                left.withLock { $0 = rest }
                return String(decoding: bytes[..<found.upperBound], as: UTF8.self)
            }
            let more = receive()
            if more.isEmpty { return nil }
            bytes += more
        }
    }

    /// What comes until the other end closes.
    package func receiveAll() -> String {
        var bytes = left.withLock { $0 }
        while true {
            let more = receive()
            if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += more
        }
    }

    /// The next bytes; none where the other end has closed, or said nothing for too long.
    private func receive() -> [UInt8] {
        // SAFETY: the buffer is valid for the call.
        unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }
}
