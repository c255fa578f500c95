import HummingbirdCore
import Synchronization

/// How many connections are taken at once, and none any more once the server is about to end.
///
/// A connection that is taken while the server's channel closes is handed to nobody, and NIO ends the process when it drops
/// one that nobody finished. So taking them ends first, a moment before.
struct ConnectionLimit: AvailableConnectionsDelegate {
    /// Whether connections are taken at all; shared with who ends the server.
    final class Door: Sendable {
        private let state = Mutex(true)

        var isOpen: Bool { state.withLock { $0 } }

        func close() { state.withLock { $0 = false } }
    }

    private let limit: Int
    private let door: Door
    private var count = 0

    init(_ limit: Int, door: Door) {
        self.limit = limit
        self.door = door
    }

    mutating func connectionOpened() { count += 1 }

    mutating func connectionClosed() { count -= 1 }

    func isAcceptingNewConnections() -> Bool { door.isOpen && count < limit }
}
