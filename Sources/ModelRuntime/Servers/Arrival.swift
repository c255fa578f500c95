import Synchronization

/// What has come of an answer so far; written by the transfer's thread.
final class Arrival: Sendable {
    private struct State {
        var stream = EventStream()
        var reader = CompletionReader()
        /// All of it, as long as it isn't an event stream: an error, or a completion in one piece.
        var content: [UInt8] = []
        var firstTextTime: Duration?
    }

    private let started: ContinuousClock.Instant
    private let state = Mutex(State())

    init(started: ContinuousClock.Instant) {
        self.started = started
    }

    /// Takes a piece; false where nothing more is wanted.
    func take(_ chunk: ArraySlice<UInt8>) -> Bool {
        state.withLock { state in
            for event in state.stream.take(chunk) { state.reader.take(event: event) }
            if state.reader.eventCount == 0 {
                state.content += chunk
            } else {
                state.content = []
            }
            if state.firstTextTime == nil, !state.reader.text.isEmpty {
                state.firstTextTime = started.duration(to: .now)
            }
            // Some servers keep the connection open behind the end.
            return state.reader.fault == nil && !state.reader.isDone
        }
    }

    var reader: CompletionReader { state.withLock { $0.reader } }
    var content: [UInt8] { state.withLock { $0.content } }
    var firstTextTime: Duration? { state.withLock { $0.firstTextTime } }
}
