public import ConstrainedDecoding
public import JSONSchemas
public import ModelRuntime
import Provenance

/// Gets answers from a server and accepts none that its grammar would not have let through.
///
/// A server's promise to keep to a schema is worth nothing here: its answer is parsed, played through the very grammar
/// that bounds a model in this process, and refused where it breaks out. There is no repair and no second try. What is
/// accepted is written in the grammar's own spelling and order of members, so that a record of it reads like any other.
///
/// Not known from a server, and so missing instead of guessed: how sure it was (an answer has no confidence, so that a
/// field with `min_confidence` goes to a person), and how probable a text is (options are shown and chosen from).
public struct ServerGenerator: Generator {
    private let server: ServerModel
    private let sampling: SamplingOptions

    /// A generator on `server`.
    public init(server: ServerModel, sampling: SamplingOptions) {
        self.server = server
        self.sampling = sampling
    }

    /// What the model is.
    public var summary: ModelDescription { server.summary }

    /// See ``Generator/generate(_:grammar:form:request:tokenLimit:choices:)``. Nothing is weighed: a server doesn't tell.
    public func generate(
        _ prompt: Prompt, grammar: Grammar, form: JSONValue, request: RequestID, tokenLimit: Int,
        choices: [ClosedChoice]
    ) async throws -> Generation {
        try Task.checkCancellation()
        let schema = Self.schema(of: form)
        let messages = prompt.messages(in: summary.dialect)
        let answer = try await server.complete(
            ChatRequest(messages: messages, schema: schema, tokenLimit: tokenLimit, sampling: sampling))
        guard answer.isComplete else { throw PlanningError.answerTooLong(request.address, limit: tokenLimit) }
        let bytes = try await accepted(answer.text, grammar: grammar, schema: schema, request: request)
        return Generation(
            bytes: bytes, choices: [], usage: Self.usage(of: answer, messages: messages),
            answerer: Answerer(
                model: summary.name, reported: answer.reportedModel, form: answer.form, hasUsage: answer.usage != nil))
    }

    /// An estimate from the text's length.
    public func tokenCount(of prompt: Prompt) async throws -> Int {
        prompt.messages(in: summary.dialect).reduce(0) { $0 + Self.messageTokens + Self.estimate($1.text) }
    }

    /// An estimate from the text's length.
    public func tokenCount(of text: String) async throws -> Int { Self.estimate(text) }

    /// Nil: a server doesn't tell.
    public func logLikelihoods(
        of texts: [String], after prompt: Prompt, for request: RequestID
    ) async throws -> Likelihoods? {
        nil
    }

    /// Always nil.
    public func embedding(of prompt: Prompt) async throws -> Embedding? { nil }

    // MARK: The answer

    /// The answer in the grammar's spelling.
    private func accepted(
        _ text: String, grammar: Grammar, schema: JSONValue, request: RequestID
    ) async throws -> [UInt8] {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: Self.document(in: text).utf8)
        } catch {
            throw refusal(request, "it is not one JSON value")
        }
        // Before it is played: a cursor for each member goes with every byte of an object.
        let largest = Self.mostMembers(in: value)
        guard largest <= Self.memberLimit else {
            throw refusal(
                request, "an object in it has \(largest) members, and \(Self.memberLimit) are taken at most")
        }
        do {
            let start = Prompt([PromptSegment(.template, "\n", label: .trusted(.workflow()))])
            return try await ConstrainedGenerator(
                model: ScriptedModel([(step: request.address, value: value)]), sampling: sampling
            ).generate(
                start, grammar: grammar, form: .null, request: RequestID(address: request.address), tokenLimit: .max
            ).bytes
        } catch let error as ModelError where error.code == .scriptDisagrees {
            throw refusal(request, Self.objection(to: value, schema: schema))
        }
    }

    /// Members that one object of an answer may have.
    static let memberLimit = 1_000

    /// How many members the largest object in `value` has.
    private static func mostMembers(in value: JSONValue) -> Int {
        switch value {
        case .object(let object): object.reduce(object.count) { max($0, mostMembers(in: $1.value)) }
        case .array(let values): values.reduce(0) { max($0, mostMembers(in: $1)) }
        default: 0
        }
    }

    /// What is wrong with an answer that the grammar refuses.
    private static func objection(to value: JSONValue, schema: JSONValue) -> String {
        guard let schema = try? JSONSchema(schema), let issue = schema.validate(value).first else {
            return "it has members or a spelling that were not on offer"
        }
        return "it breaks the schema: \(issue)"
    }

    private func refusal(_ request: RequestID, _ reason: String) -> PlanningError {
        PlanningError(
            .answerRefused, "Can't accept the answer of `\(summary.name)` to step `\(request.address)`: \(reason).")
    }

    /// The answer without white space around it and without the one fence that models like to put it in.
    private static func document(in text: String) -> Substring {
        func trimmed(_ text: Substring) -> Substring {
            var text = text
            while let first = text.first, first.isWhitespace { text.removeFirst() }
            while let last = text.last, last.isWhitespace { text.removeLast() }
            return text
        }
        let text = trimmed(text[...])
        guard text.utf8.count >= 6, text.hasPrefix("```"), text.hasSuffix("```") else { return text }
        var inside = text.dropFirst(3).dropLast(3)
        if inside.hasPrefix("json") { inside = inside.dropFirst(4) }
        return trimmed(inside)
    }

    /// What a server is to keep to.
    private static func schema(of form: JSONValue) -> JSONValue {
        guard let tools = form["tools"]?.arrayValue else { return form["schema"] ?? form }
        let calls: [JSONValue] = tools.map { tool in
            [
                "type": "object",
                "properties": ["name": ["const": tool["name"] ?? .null], "arguments": tool["arguments"] ?? .null],
                "required": ["name", "arguments"], "additionalProperties": false,
            ]
        }
        return calls.count == 1 ? calls[0] : ["anyOf": .array(calls)]
    }

    // MARK: What it costs

    /// What a message's role and ends take.
    private static let messageTokens = 6

    /// More than real tokenizers need for most texts: a token for three bytes of ASCII, and for each other character.
    private static func estimate(_ text: String) -> Int {
        var ascii = 0
        var others = 0
        for scalar in text.unicodeScalars {
            if scalar.isASCII { ascii += 1 } else { others += 1 }
        }
        return (ascii + 2) / 3 + others
    }

    private static func usage(of answer: ServerAnswer, messages: [ChatMessage]) -> TokenUsage {
        var usage = TokenUsage()
        let prompt = messages.reduce(0) { $0 + messageTokens + estimate($1.text) }
        let text = estimate(answer.text)
        if let reported = answer.usage {
            // Ordinary text takes more tokens than this: a server that reports fewer makes no budget endless.
            usage.evaluated = max(reported.promptTokens, prompt / 4) - reported.cachedTokens
            usage.reused = reported.cachedTokens
            usage.sampled = max(reported.answerTokens, (text + 3) / 4)
        } else {
            usage.evaluated = prompt
            usage.sampled = text
        }
        usage.promptTime = answer.firstTextTime
        usage.answerTime = answer.totalTime - answer.firstTextTime
        return usage
    }
}
