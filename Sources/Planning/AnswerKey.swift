import JSONSchemas
import ModelRuntime

/// Everything an answer depends on, as one text.
struct AnswerKey {
    /// Raised when the same question could get another answer: another decoder, sampler, tokenization or llama.cpp.
    private static let revision = 3

    let text: String

    /// The key of an answer to `prompt`; `nil` where the weights have no known hash, so that they can't be told apart.
    ///
    /// `form`: what shapes the answer beside the prompt, such as the schema behind the grammar.
    init?(
        _ prompt: Prompt, form: JSONValue, model: ModelDescription, sampling: SamplingOptions, request: RequestID,
        tokenLimit: Int
    ) {
        guard let sha256 = model.sha256 else { return nil }
        var key: JSONObject = [
            "revision": .integer(Self.revision), "model": .string(sha256),
            "context": .integer(model.contextTokenLimit), "limit": .integer(tokenLimit), "form": form,
            "prompt": .array(prompt.segments.map { [.string($0.kind.rawValue), .string($0.keyText)] }),
        ]
        // Rounding hangs on what else is evaluated, unless that is ruled out.
        if model.isDeterministic { key["deterministic"] = true }
        if sampling.temperature > 0 {
            // Only a draw depends on the seed and on whose request it is.
            key["temperature"] = .number(Double(sampling.temperature))
            key["seed"] = .string(String(sampling.seed))
            key["request"] = .string(request.address)
            key["attempt"] = .integer(request.attempt)
        }
        text = JSONValue.object(key).serialized(.compact)
    }
}
