public import ConstrainedDecoding
public import JSONSchemas
public import ModelRuntime
import Tokens

/// What only the model could say in a turn of an agent, as a record has it: the text of its call, how sure it was, and
/// what that cost.
public struct RecordedTurn: Sendable {
    private let text: String
    private let confidence: [String: Double]
    private let usage: TokenUsage
    private let isRedacted: Bool

    /// A turn that was recorded.
    ///
    /// `isRedacted`: whether parts of it were replaced: no grammar need admit what stands there now.
    public init(text: String, confidence: [String: Double], usage: TokenUsage, isRedacted: Bool = false) {
        self.text = text
        self.confidence = confidence
        self.usage = usage
        self.isRedacted = isRedacted
    }

    /// The proposal that the text is, in this conversation and among these tools.
    ///
    /// - Throws: `PlanningError` where the grammar of the turn doesn't admit the text, so that no model can have
    ///   written it.
    public func proposal(
        in conversation: Conversation, tools: [OfferedTool], grammar: Grammar, dialect: ChatDialect, address: String
    ) throws(PlanningError) -> Proposal {
        let bytes = Array(text.utf8)
        if !isRedacted { try requireAdmitted(bytes, by: grammar, address) }
        return try Planner.proposal(
            from: bytes, confidence: confidence, usage: usage, in: conversation, tools: tools, dialect: dialect,
            address: address, isRedacted: isRedacted)
    }

    private func requireAdmitted(_ bytes: [UInt8], by grammar: Grammar, _ address: String) throws(PlanningError) {
        var matcher = GrammarMatcher(grammar: grammar, trie: TokenTrie(.bytes))
        do {
            try matcher.consume(bytes: bytes)
        } catch {
            throw PlanningError(
                .answerInvalid, "Can't use the recorded call of `\(address)`: it was not on offer (\(error)).")
        }
        guard matcher.isAccepting else {
            throw PlanningError(.answerInvalid, "Can't use the recorded call of `\(address)`: it is not complete.")
        }
    }

    /// The plan that was written for `request`, as `written` has it; `isRedacted` where parts of it were replaced.
    ///
    /// - Throws: `PlanningError` where it is none that could have been written; `SchemaError` as the planner does.
    public static func plan(
        written: JSONValue, usage: TokenUsage, isRedacted: Bool = false, for request: PlanRequest,
        dialect: ChatDialect
    ) throws -> PlannedWork {
        try Planner.work(
            written: written, usage: usage, for: request, schema: request.schema(),
            prompt: request.prompt(dialect: dialect), isRedacted: isRedacted)
    }
}
