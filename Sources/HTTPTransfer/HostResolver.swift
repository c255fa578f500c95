import Dispatch
import Foundation
import Synchronization
public import WebAddresses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Finds the addresses of a name; none when there are none. May block.
public typealias HostResolver = @Sendable (_ name: String) -> [IPAddress]

/// Asks a resolver on a thread of its own, since the system's can't be told when to stop.
struct BoundedResolution {
    let resolver: HostResolver

    /// The addresses; `nil` when there was no answer within `limit`.
    func addresses(of name: String, limit: Duration) -> [IPAddress]? {
        let answer = Answer()
        let resolver = resolver
        let thread = Thread {
            let addresses = resolver(name)
            answer.value.withLock { $0 = addresses }
            answer.isThere.signal()
        }
        thread.name = "warrant-resolve"
        thread.start()
        _ = answer.isThere.wait(timeout: .now() + .milliseconds(max(limit.milliseconds, 1)))
        return answer.value.withLock { $0 }
    }

    private final class Answer: Sendable {
        let value = Mutex<[IPAddress]?>(nil)
        let isThere = DispatchSemaphore(value: 0)
    }

    /// The system's resolver.
    static let system: HostResolver = { name in
        var list: UnsafeMutablePointer<addrinfo>?
        // The list belongs to this function until it is freed below.
        guard unsafe getaddrinfo(name, nil, nil, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var entry = unsafe list
        while let current = unsafe entry {
            // Each comes once for every kind of socket.
            if let address = unsafe IPAddress(current.pointee.ai_addr), !addresses.contains(address) {
                addresses.append(address)
            }
            unsafe entry = current.pointee.ai_next
        }
        return addresses
    }
}

extension IPAddress {
    /// The address in a socket address; `nil` for other families.
    init?(_ address: UnsafePointer<sockaddr>?) {
        guard let address = unsafe address else { return nil }
        // The family says which structure the address begins.
        switch Int32(unsafe address.pointee.sa_family) {
        case AF_INET:
            let inner = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr
            self.init(bytes: unsafe withUnsafeBytes(of: inner) { unsafe Array($0) })
        case AF_INET6:
            let inner = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self.init(bytes: unsafe withUnsafeBytes(of: inner) { unsafe Array($0) })
        default: return nil
        }
    }
}
