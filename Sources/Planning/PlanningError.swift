/// An error thrown while a prompt is built or an answer produced.
public struct PlanningError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure happened.
    public enum Code: String, Hashable, Sendable {
        /// The answer did not end within its token limit.
        case answerTooLong
        /// The answer does not parse or validate although the grammar admitted it: a bug in Warrant.
        case answerInvalid
        /// A server's answer is not what was asked for.
        case answerRefused
        /// What must be read does not fit into the context even in its smallest pieces.
        case doesNotFit
        /// Two results of chunks of one document cannot be put together.
        case cannotMerge
        /// A plan that is to be locked would be written from text that is not trusted.
        case untrustedPlan
    }

    /// What kind of failure happened.
    public let code: Code
    /// The sentence for the operator.
    public let description: String
    /// What the answer cost that came to nothing, as far as that is known.
    public private(set) var usage = TokenUsage()
    /// What there is of an answer that did not end, in UTF-8; a server's is not kept.
    private(set) var written: [UInt8] = []

    /// An error with its sentence.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension PlanningError {
    /// `names`: the arguments that a call was written again without.
    static func answerTooLong(
        _ address: String, limit: Int, without names: [String] = [], usage: TokenUsage = TokenUsage(),
        written: [UInt8] = []
    ) -> PlanningError {
        let rest = names.isEmpty ? "" : ", also without " + names.map { "`\($0)`" }.joined(separator: " and ")
        var error = PlanningError(
            .answerTooLong,
            "Can't finish the answer of step `\(address)`: it reached the limit of \(limit) tokens\(rest).")
        error.usage = usage
        error.written = written
        return error
    }

    /// The same with what was spent before.
    public func adding(_ more: TokenUsage) -> PlanningError {
        var error = self
        error.usage = error.usage + more
        return error
    }
}
