import ModelRuntime
import Tokens

/// A model that is never given drafts: what they gain is the difference.
struct DraftlessModel: ModelWrapper {
    let base: LlamaModel

    func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        try await base.begin(prompt, opening: opening, drafts: [], for: request)
    }

    func append(_ tokens: [TokenID], drafts: [TokenID]) async throws(ModelError) -> Evaluation {
        try await base.append(tokens, drafts: [])
    }
}
