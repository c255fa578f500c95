import Synchronization

/// Who may come in: start links that nobody used yet, and the sessions that links were exchanged for.
final class SessionBook: Sendable {
    /// A browser that was let in.
    struct Session: Sendable {
        let cookie: Secret
        /// What its forms send along.
        let formToken: Secret
        fileprivate var lastUse: Int
        /// What became of its forms, until the page that each leads to has shown it.
        fileprivate var notices: [(key: String, text: String)] = []
    }

    private struct State {
        var links: [(secret: Secret, end: Int)] = []
        var sessions: [Session] = []
    }

    /// Links and sessions at a time; of more the oldest goes.
    private static let linkLimit = 16
    private static let sessionLimit = 64
    /// Sentences that wait to be shown, in one session.
    private static let noticeLimit = 16

    private let state = Mutex(State())
    private let linkLifetime: Int
    private let sessionLifetime: Int
    /// Seconds of a clock that only goes forward.
    private let now: @Sendable () -> Int

    init(linkLifetime: Int, sessionLifetime: Int, now: @escaping @Sendable () -> Int) {
        self.linkLifetime = linkLifetime
        self.sessionLifetime = sessionLifetime
        self.now = now
    }

    /// A new word for a start link.
    func makeLink() -> Secret {
        let secret = Secret()
        let end = now() + linkLifetime
        state.withLock { state in
            state.links.append((secret, end))
            if state.links.count > Self.linkLimit { state.links.removeFirst() }
        }
        return secret
    }

    /// Exchanges a link's word for a session, once; nil where it is wrong, used or too old.
    func exchange(_ word: String) -> Session? {
        let time = now()
        return state.withLock { state in
            state.links.removeAll { $0.end <= time }
            // All are compared, whichever fits.
            let fitting = state.links.indices.filter { state.links[$0].secret.matches(word) }
            guard let place = fitting.first else { return nil }
            state.links.remove(at: place)
            let session = Session(cookie: Secret(), formToken: Secret(), lastUse: time)
            state.sessions.append(session)
            if state.sessions.count > Self.sessionLimit { state.sessions.removeFirst() }
            return session
        }
    }

    /// The session of a cookie; nil where there is none.
    func session(_ cookie: String) -> Session? {
        let time = now()
        return state.withLock { state in
            state.sessions.removeAll { $0.lastUse + sessionLifetime <= time }
            let fitting = state.sessions.indices.filter { state.sessions[$0].cookie.matches(cookie) }
            guard let place = fitting.first else { return nil }
            state.sessions[place].lastUse = time
            return state.sessions[place]
        }
    }

    /// Whether a session lasts still. To ask is no use of it.
    func isLive(_ cookie: Secret) -> Bool {
        let time = now()
        return state.withLock { state in
            state.sessions.contains { $0.cookie == cookie && $0.lastUse + sessionLifetime > time }
        }
    }

    /// Ends a session.
    func end(_ session: Session) {
        state.withLock { $0.sessions.removeAll { $0.cookie == session.cookie } }
    }

    /// Keeps a sentence for one page of the session, and returns what that page is to ask for it by: another tab of the
    /// same session that is loaded first doesn't take it.
    func leave(_ notice: String, for session: Session) -> String {
        let key = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        state.withLock { state in
            for place in state.sessions.indices where state.sessions[place].cookie == session.cookie {
                let rest = state.sessions[place].notices.suffix(Self.noticeLimit - 1)
                state.sessions[place].notices = Array(rest) + [(key: key, text: notice)]
            }
        }
        return key
    }

    /// The sentence that was kept, once; empty where there is none.
    func takeNotice(_ key: String, of session: Session) -> String {
        state.withLock { state in
            for place in state.sessions.indices where state.sessions[place].cookie == session.cookie {
                guard let found = state.sessions[place].notices.firstIndex(where: { $0.key == key }) else { return "" }
                return state.sessions[place].notices.remove(at: found).text
            }
            return ""
        }
    }
}
