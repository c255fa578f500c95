import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A loopback port on which no connection comes about: something listens, and nobody takes the connections that fill its
/// queue. Ends when the value's life does.
package final class FullListener: Sendable {
    /// The port it listens on.
    package let port: Int
    private let descriptors: [Int32]

    /// Starts listening, and fills the queue.
    package init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw CocoaError(.fileReadUnknown) }
        var descriptors = [listener]
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address is a local value that outlives all calls.
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Bool in
                guard
                    unsafe bind(listener, generic, length) == 0 && listen(listener, 0) == 0
                        && getsockname(listener, generic, &length) == 0
                else { return false }
                // The queue takes one or two; the rest waits for an answer as whoever comes later does.
                for _ in 0..<8 {
                    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                    guard client >= 0 else { return false }
                    descriptors.append(client)
                    _ = unsafe connect(client, generic, length)
                }
                return true
            }
        }
        guard isListening else {
            for descriptor in descriptors { close(descriptor) }
            throw CocoaError(.fileReadUnknown)
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.descriptors = descriptors
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
