public import ConstrainedDecoding
import JSONSchemas
public import ModelRuntime
import Provenance

/// Prompt in, one validated proposal out.
public struct Planner: Sendable {
    let model: any Model
    let sampling: SamplingOptions
    let memory: (any AnswerMemory)?

    /// A planner on `model`.
    ///
    /// `memory`: the answers of earlier runs.
    public init(model: any Model, sampling: SamplingOptions, memory: (any AnswerMemory)? = nil) {
        self.model = model
        self.sampling = sampling
        self.memory = memory
    }

    /// The grammar of one call among `tools`, in the dialect that the model's weights write.
    public static func grammar(for tools: [OfferedTool], dialect: ChatDialect) throws -> Grammar {
        try Grammar(
            tools: tools.map { ToolGrammar(name: $0.name, arguments: $0.arguments) },
            prefix: Array(dialect.callPrefix.utf8), suffix: Array(dialect.callSuffix.utf8))
    }

    /// Lets the model write the next call.
    ///
    /// `conversation`: the conversation so far; only what was appended since the last turn is evaluated.
    /// `tools`: the tools on offer in this turn, a subset of the conversation's.
    /// `address`: the turn's address.
    /// `tokenLimit`: tokens of the call. One that has no end within it is written again without the argument that it broke
    /// off in, where the schema lets that be left out; the proposal says what was left out.
    /// `turnLimit`: tokens that all tries together may take, prompts included; a further try that might take more isn't
    /// made. Nil for no limit.
    /// `declining`: when no call is to be written; nil where one always is, and of no effect on a model that can't tell
    /// how probable a text is, or where its question doesn't fit into the context.
    ///
    /// - Throws: `ModelError`, `PlanningError`, `CancellationError`.
    public func propose(
        _ conversation: Conversation, tools: [OfferedTool], grammar: Grammar, address: String, tokenLimit: Int,
        turnLimit: Int? = nil, declining: Declining? = nil
    ) async throws -> Proposal {
        var asked = TokenUsage()
        var fit: CallFit?
        if let declining {
            fit = try await fitIfItFits(declining.question, usage: &asked)
            if let fit, declining.declines(fit) {
                return try declined(
                    declining, fit, usage: asked, in: conversation, tools: tools, address: address)
            }
        }
        let (generation, leftOut, usage) = try await call(
            in: conversation, tools: tools, grammar: grammar, address: address, tokenLimit: tokenLimit,
            turnLimit: turnLimit, spent: asked)
        return try Self.proposal(
            from: generation.bytes,
            confidence: ValueSpans.confidence(of: generation.dropping(model.summary.dialect.callPrefix.utf8.count)),
            usage: usage, answerer: generation.answerer, in: conversation, tools: tools,
            dialect: model.summary.dialect, address: address, fit: fit, leftOut: leftOut)
    }

    /// Reads the call that a model wrote; the same for one that writes now and one that a record tells of.
    static func proposal(
        from bytes: [UInt8], confidence: [String: Double], usage: TokenUsage, answerer: Answerer?,
        in conversation: Conversation,
        tools: [OfferedTool], dialect: ChatDialect, address: String, isRedacted: Bool = false, fit: CallFit? = nil,
        leftOut: [String] = []
    ) throws(PlanningError) -> Proposal {
        let body = bytes.dropFirst(dialect.callPrefix.utf8.count).dropLast(dialect.callSuffix.utf8.count)
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw PlanningError(.answerInvalid, "Can't read the call of `\(address)`: \(error). This is a bug.")
        }
        guard let name = value["name"]?.stringValue, let arguments = value["arguments"]?.objectValue,
            let tool = tools.first(where: { $0.name == name })
        else {
            throw PlanningError(
                .answerInvalid, "Can't read the call of `\(address)`: it has no known name. This is a bug.")
        }
        if !isRedacted, let issue = tool.arguments.validate(.object(arguments)).first {
            throw PlanningError(.answerInvalid, "Can't accept the call of `\(address)`: \(issue). This is a bug.")
        }
        return Proposal(
            tool: name, arguments: arguments, label: conversation.prompt.label, confidence: confidence, usage: usage,
            text: String(decoding: bytes, as: UTF8.self), answerer: answerer, fit: fit,
            leftOut: leftOut)
    }
}

extension Generation {
    /// The same answer without its first `count` bytes.
    fileprivate func dropping(_ count: Int) -> Generation {
        Generation(
            bytes: Array(bytes.dropFirst(count)),
            choices: choices.compactMap { choice in
                choice.range.lowerBound < count
                    ? nil
                    : Choice(
                        range: (choice.range.lowerBound - count)..<(choice.range.upperBound - count),
                        probability: choice.probability)
            }, usage: usage, answerer: answerer)
    }
}
