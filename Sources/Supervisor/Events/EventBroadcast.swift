import RunJournal
import Synchronization

/// Tells every listener of new entries. While somebody listens, one task looks at the journal; what it finds is written out
/// once for all.
final class EventBroadcast: Sendable {
    /// What was found at a look and waits for one listener, looks at most; one that falls further behind has to load its
    /// page anew.
    private static let bufferLimit = 32
    /// Entries that are sent to one that comes back; of more it is told to load its page anew.
    private static let catchUpLimit = 500
    /// How often a line is sent that says nothing.
    private static let quietTime = Duration.seconds(15)
    /// For how long the journal may be unreadable before nobody is told any more that all is well.
    private static let troubleTime = Duration.seconds(1)

    private struct State {
        var listeners: [Int: AsyncStream<String>.Continuation] = [:]
        /// The cookies of the sessions that listen.
        var sessions: [Int: Secret] = [:]
        /// Those that fell too far behind, until their streams end.
        var behind: Set<Int> = []
        var nextIdentifier = 0
        /// The newest entry that was sent.
        var sent = 0
        var isLooking = false
        var isEnded = false
    }

    /// A listener's messages, each a whole event of the stream.
    struct Listener: Sendable {
        let identifier: Int
        /// What it has missed.
        let first: [String]
        let messages: AsyncStream<String>
    }

    private let state = Mutex(State())
    private let watch: JournalWatch
    private let sessions: SessionBook
    private let pollMilliseconds: Int

    init(journal: Journal, sessions: SessionBook, pollMilliseconds: Int) {
        watch = JournalWatch(journal: journal)
        self.sessions = sessions
        self.pollMilliseconds = pollMilliseconds
    }

    /// Listeners now.
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Begins to listen: to everything after `sequence`, or from now on. What comes twice has the same number.
    func listen(after sequence: Int?, session: Secret) async throws -> Listener {
        let head = try await watch.head()
        let (messages, continuation) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingOldest(Self.bufferLimit))
        // First the place in the list, then what was missed: nothing falls in between.
        let (identifier, start) = state.withLock { state in
            let identifier = state.nextIdentifier
            state.nextIdentifier += 1
            if state.listeners.isEmpty { state.sent = max(state.sent, head) }
            if state.isEnded {
                continuation.finish()
            } else {
                state.listeners[identifier] = continuation
                state.sessions[identifier] = session
            }
            return (identifier, state.sent)
        }
        startLooking()
        do {
            let first = try await missed(after: sequence, upTo: start, head: head)
            return Listener(identifier: identifier, first: first, messages: messages)
        } catch {
            leave(identifier)
            throw error
        }
    }

    private func missed(after sequence: Int?, upTo start: Int, head: Int) async throws -> [String] {
        guard let sequence else { return [] }
        // More than can be told; or another journal, or one that was put back to an earlier state.
        if head - sequence > Self.catchUpLimit || sequence > max(head, start) {
            return [EventMessage.reset(last: head)]
        }
        guard sequence < start else { return [] }
        return try await watch.marks(after: sequence, limit: start - sequence).map(EventMessage.entry)
    }

    /// Ends every stream; nobody can listen any more.
    func end() {
        let listeners = state.withLock { state in
            state.isEnded = true
            defer { state.listeners = [:] }
            return state.listeners
        }
        for listener in listeners.values {
            listener.yield(EventMessage.end)
            listener.finish()
        }
    }

    /// Ends the streams of a session.
    func end(session: Secret) {
        let listeners = state.withLock { state in
            state.sessions.filter { $0.value == session }.compactMap { state.listeners.removeValue(forKey: $0.key) }
        }
        for listener in listeners { listener.finish() }
    }

    /// Ends the streams of sessions that are over: who listens and asks for nothing does not use a session.
    private func endExpired() {
        let listening = state.withLock { Set($0.sessions.values) }
        for session in listening where !sessions.isLive(session) { end(session: session) }
    }

    /// Ends the streams that there are: each page says that it hears nothing, and asks again.
    private func drop() {
        let listeners = state.withLock { state in
            defer { state.listeners = [:] }
            return state.listeners
        }
        for listener in listeners.values { listener.finish() }
    }

    /// Takes a listener out.
    func leave(_ identifier: Int) {
        state.withLock { state in
            state.listeners[identifier] = nil
            state.sessions[identifier] = nil
            state.behind.remove(identifier)
        }
    }

    /// What a listener is told at the end of its messages where it fell too far behind to be sent them all; nil otherwise.
    func farewell(to identifier: Int) -> String? {
        state.withLock { state in
            state.behind.remove(identifier).map { _ in EventMessage.reset(last: state.sent) }
        }
    }

    private func startLooking() {
        let mustStart = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard mustStart else { return }
        Task { await look() }
    }

    /// Looks until nobody listens.
    private func look() async {
        var spoken = ContinuousClock.now
        var read = ContinuousClock.now
        while true {
            let isWanted = state.withLock { state in
                state.isLooking = !state.listeners.isEmpty && !state.isEnded
                return state.isLooking
            }
            guard isWanted else { return }
            endExpired()
            let sent = state.withLock(\.sent)
            let marks = try? await watch.marks(after: sent, limit: 500)
            if marks != nil {
                read = .now
            } else if read.duration(to: .now) >= Self.troubleTime {
                // Nobody may take an old state for what is: the pages say what is wrong when they are loaded anew.
                drop()
                read = .now
                continue
            }
            if let marks, let last = marks.last {
                send(marks.map(EventMessage.entry), last: last.sequence)
                spoken = .now
                if marks.count == 500 { continue }
            } else if marks != nil, spoken.duration(to: .now) >= Self.quietTime {
                send([EventMessage.quiet], last: sent)
                spoken = .now
            }
            try? await Task.sleep(for: .milliseconds(pollMilliseconds))
        }
    }

    private func send(_ messages: [String], last: Int) {
        let listeners = state.withLock { state in
            state.sent = max(state.sent, last)
            return state.listeners
        }
        let message = messages.joined()
        for (identifier, listener) in listeners {
            guard case .dropped = listener.yield(message) else { continue }
            state.withLock { state in
                state.listeners[identifier] = nil
                state.behind.insert(identifier)
            }
            listener.finish()
        }
    }
}
