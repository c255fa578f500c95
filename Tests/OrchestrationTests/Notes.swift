import Orchestration
import Planning
import Synchronization

/// What a run said beside its progress, and what it said that it spent.
final class Notes: Sendable {
    private let texts = Mutex<[String]>([])
    private let spent = Mutex<[TokenUsage]>([])

    var all: [String] { texts.withLock { $0 } }
    var usages: [TokenUsage] { spent.withLock { $0 } }

    func add(_ event: RunEvent) {
        switch event {
        case .note(let text): texts.withLock { $0.append(text) }
        case .usage(let usage): spent.withLock { $0.append(usage) }
        default: break
        }
    }
}
