import Synchronization

/// The port that is listened on: known only when it is listened on, where any free one was asked for.
final class PortBox: Sendable {
    private let value: Mutex<Int>

    init(_ number: Int) {
        value = Mutex(number)
    }

    var number: Int {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
