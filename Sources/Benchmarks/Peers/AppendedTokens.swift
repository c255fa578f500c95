import ModelRuntime
import Synchronization
import Tokens

/// A model that notes which tokens an answer consists of.
struct AppendedTokens: ModelWrapper {
    private final class Log: Sendable {
        let tokens = Mutex<[TokenID]>([])
    }

    let base: LlamaModel
    private let log = Log()

    init(base: LlamaModel) { self.base = base }

    /// The tokens of the latest answer that were evaluated: all but the last ones.
    var tokens: [TokenID] { log.tokens.withLock { $0 } }

    func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        log.tokens.withLock { $0 = opening }
        return try await base.begin(prompt, opening: opening, drafts: drafts, for: request)
    }

    func append(_ tokens: [TokenID], drafts: [TokenID]) async throws(ModelError) -> Evaluation {
        log.tokens.withLock { $0 += tokens }
        return try await base.append(tokens, drafts: drafts)
    }
}
