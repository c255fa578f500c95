import Dispatch
import Synchronization

/// Stands between a client and a server on this machine, and can lose requests and answers at a chosen point.
package final class Relay: Sendable {
    /// What becomes of one request.
    package enum Fate: Sendable {
        /// It is passed on, and the answer back.
        case pass
        /// It is passed on; the answer never comes back.
        case loseAnswer
        /// It is not passed on, and nothing comes back; ``Relay/deliverHeld()`` passes it on later.
        case hold
        /// It is not passed on; this comes back.
        case answer(LoopbackServer.Answer)
    }

    private struct State {
        var decide: @Sendable (LoopbackServer.Request) -> Fate
        var held: [LoopbackServer.Request] = []
        var lost = 0
    }

    private final class Shared: Sendable {
        let state: Mutex<State>
        /// Signalled for each loss. A thread waits for it and no task: a task goes on when the pool has a thread to spare,
        /// and by then the client may have lost its patience and asked again.
        let arrivals = DispatchSemaphore(value: 0)

        init() { state = Mutex(State(decide: { _ in .pass })) }
    }

    private let shared: Shared
    private let server: LoopbackServer
    private let target: Int

    /// The port it listens on.
    package var port: Int { server.port }
    /// What was asked so far.
    package var requests: [LoopbackServer.Request] { server.requests }

    /// Passes everything on to `target`.
    package init(to target: Int) throws {
        let shared = Shared()
        self.shared = shared
        self.target = target
        server = try LoopbackServer { request in
            let decide = shared.state.withLock { $0.decide }
            switch decide(request) {
            case .pass: return LoopbackClient.pass(request, to: target)
            case .answer(let answer): return answer
            case .loseAnswer:
                _ = LoopbackClient.pass(request, to: target)
            case .hold:
                shared.state.withLock { $0.held.append(request) }
            }
            shared.state.withLock { $0.lost += 1 }
            shared.arrivals.signal()
            var silent = LoopbackServer.Answer()
            silent.isSilent = true
            return silent
        }
    }

    /// From now on `decide` says what becomes of each request.
    package func set(_ decide: @escaping @Sendable (LoopbackServer.Request) -> Fate) {
        shared.state.withLock { $0.decide = decide }
    }

    /// Waits until a request's answer was lost, or a request was held.
    package func waitForLoss() { shared.arrivals.wait() }

    /// Passes on what was held, and returns the statuses of the answers.
    package func deliverHeld() -> [Int] {
        let held = shared.state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        return held.map { LoopbackClient.pass($0, to: target).status }
    }
}
