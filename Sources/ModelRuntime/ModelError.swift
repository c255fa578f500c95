public import Tokens

/// An error thrown while weights are fetched, loaded or run.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: Hashable, Sendable {
        /// The weights are not where they belong.
        case missingWeights
        /// The weights are there and are not what the catalog says.
        case corruptWeights
        /// No weights of that name are known.
        case unknownModel
        /// The prompt is longer than the context.
        case contextOverflow(prompt: Int, limit: Int)
        /// llama.cpp refused the file or the settings.
        case loadFailed
        /// The models need more memory than they may take.
        case overMemory
        /// llama.cpp refused the text.
        case tokenizeFailed
        /// llama.cpp failed while it ran the weights.
        case decodeFailed
        /// A mask allowed no token, so there is nothing to choose.
        case nothingAllowed
        /// The script file can't be read.
        case badScript
        /// The script has no value for this step.
        case scriptEnded
        /// The script's value is not what the grammar allows.
        case scriptDisagrees
        /// The weights could not be downloaded.
        case fetchFailed
        /// A server's address can't be used.
        case badServer
        /// A server can't be reached, has too much to do, or fails; later it may answer.
        case serverUnavailable
        /// A server refuses the request.
        case serverRefused
        /// A server's answer is no answer.
        case serverAnswerInvalid
        /// The task was cancelled.
        case cancelled
    }

    /// What kind of failure happened.
    public let code: Code
    /// What was attempted: "load model `default`".
    public let operation: String
    /// Why it failed, without the final period.
    public let reason: String
    /// What to do about it, as a sentence.
    public let fix: String?

    init(_ code: Code, _ operation: String, _ reason: String, fix: String? = nil) {
        self.code = code
        self.operation = operation
        self.reason = reason
        self.fix = fix
    }

    /// One sentence, and one more line when something can be done.
    public var description: String {
        let sentence = "Can't \(operation): \(reason)."
        return if let fix { sentence + "\n" + fix } else { sentence }
    }

    static func contextOverflow(prompt: Int, limit: Int) -> ModelError {
        ModelError(
            .contextOverflow(prompt: prompt, limit: limit), "evaluate prompt",
            "it has \(prompt) tokens and the context holds \(limit)",
            fix: "Set `model: { context: N }` in the workflow, or give the step less text.")
    }

    static let cancelled = ModelError(.cancelled, "evaluate tokens", "the task was cancelled")
}

extension ModelError {
    /// Text that is no template would become a control token.
    public static func controlToken(_ token: TokenID) -> ModelError {
        ModelError(.tokenizeFailed, "tokenize text", "it would hold the control token \(token.rawValue)")
    }
}
