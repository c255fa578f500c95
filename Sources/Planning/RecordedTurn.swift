public import ConstrainedDecoding
public import JSONSchemas
public import ModelRuntime
import Tokens

/// What only the model could say in a turn of an agent, as a record has it: the text of its call, how sure it was, and
/// what that cost.
public struct RecordedTurn: Sendable {
    /// What two shares of words may differ by and be the same.
    private static let tolerance = 1e-9

    private let text: String
    private let confidence: [String: Double]
    private let usage: TokenUsage
    private let isRedacted: Bool
    private let answerer: Answerer?
    private let fit: CallFit?
    private let leftOut: [String]

    /// A turn that was recorded.
    ///
    /// `isRedacted`: whether parts of it were replaced: no grammar need admit what stands there now.
    /// `answerer`: who wrote it, where that wasn't the weights in the process.
    /// `fit`: how well the tools fitted what was wanted, where that was weighed.
    /// `leftOut`: the arguments that the call was written again without.
    public init(
        text: String, confidence: [String: Double], usage: TokenUsage, isRedacted: Bool = false,
        answerer: Answerer? = nil, fit: CallFit? = nil, leftOut: [String] = []
    ) {
        self.text = text
        self.confidence = confidence
        self.usage = usage
        self.isRedacted = isRedacted
        self.answerer = answerer
        self.fit = fit
        self.leftOut = leftOut
    }

    /// The proposal that the text is, in this conversation and among these tools.
    ///
    /// `declining`: when the turn was to make no call.
    ///
    /// - Throws: `PlanningError` where the grammar of the turn doesn't admit the text, so that no model can have
    ///   written it, and where the fit on record isn't of these tools or is too little for the call that was made, or
    ///   what the call was written without couldn't be left out.
    public func proposal(
        in conversation: Conversation, tools: [OfferedTool], grammar: Grammar, dialect: ChatDialect, address: String,
        declining: Declining? = nil
    ) throws(PlanningError) -> Proposal {
        let bytes = Array(text.utf8)
        if !isRedacted { try requireAdmitted(bytes, by: grammar, address) }
        let proposal = try Planner.proposal(
            from: bytes, confidence: confidence, usage: usage, answerer: answerer, in: conversation, tools: tools,
            dialect: dialect,
            address: address, isRedacted: isRedacted, fit: fit, leftOut: leftOut)
        try checkLeftOut(of: proposal, tools: tools, address)
        // What of the fit isn't the model's can be worked out again.
        if let declining, let fit, abs(fit.words - declining.question.wordShare) > Self.tolerance {
            throw PlanningError(
                .answerInvalid,
                "Can't use the recorded call of `\(address)`: what is wanted and the tools share other words.")
        }
        if let declining, let fit, declining.declines(fit), proposal.tool != declining.tool {
            throw PlanningError(
                .answerInvalid,
                "Can't use the recorded call of `\(address)`: the tools on offer fit too little for any call.")
        }
        return proposal
    }

    /// What a call was written again without isn't in it, and could be left out.
    private func checkLeftOut(of proposal: Proposal, tools: [OfferedTool], _ address: String) throws(PlanningError) {
        guard !leftOut.isEmpty else { return }
        var tool = tools.first { $0.name == proposal.tool }
        for name in leftOut { tool = tool?.without(name) }
        guard tool != nil, leftOut.count <= Planner.leftOutLimit, Set(leftOut).count == leftOut.count,
            answerer == nil, leftOut.allSatisfy({ proposal.arguments[$0] == nil })
        else {
            throw PlanningError(
                .answerInvalid,
                "Can't use the recorded call of `\(address)`: it can't have been written without \(leftOut.joined(separator: ", "))."
            )
        }
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
        written: JSONValue, usage: TokenUsage, isRedacted: Bool = false, answerer: Answerer? = nil,
        for request: PlanRequest, dialect: ChatDialect
    ) throws -> PlannedWork {
        try Planner.work(
            written: written, usage: usage, answerer: answerer, for: request, schema: request.schema(),
            prompt: request.prompt(dialect: dialect), isRedacted: isRedacted)
    }
}
