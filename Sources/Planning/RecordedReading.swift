public import JSONSchemas
public import ModelRuntime
import Provenance
import WorkflowFormat

/// What only the model could say in a reading, as a record has it. Everything else of the answer is made again from the
/// question by the functions that made it then, so that a record that was changed doesn't fit itself any more.
public struct RecordedReading: Sendable {
    private let written: JSONValue
    private let confidence: [String: Double]
    private let usage: TokenUsage
    private let shares: [Double]
    private let chunks: [String]
    private let isRedacted: Bool
    private let answerer: Answerer?
    private let fieldShares: [String: ChoiceShares]

    /// A reading that was recorded.
    ///
    /// - Parameters:
    ///   - written: the answer.
    ///   - confidence: how sure the model was, by JSON pointer, 0...1.
    ///   - usage: what it cost.
    ///   - shares: the options' shares of belief, in a choice by likelihood; else empty.
    ///   - chunks: the pieces that the text was read in; empty where it was read as a whole.
    ///   - isRedacted: whether parts of the answer were replaced: a schema need not admit what stands there now.
    ///   - answerer: who wrote it, where that wasn't the weights in the process.
    ///   - fieldShares: how probable the options of closed choices were, by JSON pointer.
    public init(
        written: JSONValue, confidence: [String: Double], usage: TokenUsage, shares: [Double], chunks: [String],
        isRedacted: Bool = false, answerer: Answerer? = nil, fieldShares: [String: ChoiceShares] = [:]
    ) {
        self.written = written
        self.confidence = confidence
        self.usage = usage
        self.shares = shares
        self.chunks = chunks
        self.isRedacted = isRedacted
        self.answerer = answerer
        self.fieldShares = fieldShares
    }

    /// The answer to `request`, for weights that are spoken to in `dialect`.
    ///
    /// - Throws: `PlanningError` where what is recorded is no answer to this question.
    public func answer(to request: ReadRequest, dialect: ChatDialect) throws(PlanningError) -> ReadAnswer {
        if !shares.isEmpty { return try weighed(request, dialect: dialect) }
        guard chunks.isEmpty else { return try chunked(request, dialect: dialect) }
        if !isRedacted, let issue = request.schema.validate(written).first {
            throw unfit(request, "the answer breaks the schema: \(issue)")
        }
        let weighed = try checked(fieldShares, for: request)
        if !isRedacted, SettledChoices.settle(written, by: weighed, schema: request.schema) != written {
            throw unfit(request, "an option was taken that its shares don't prefer")
        }
        let prompt = ReadPlanner.prompt(for: request, dialect: dialect)
        var answer = ReadAnswer(
            value: written, confidence: confidence, label: request.label(of: [prompt]), usage: usage, prompts: [prompt])
        answer.answerer = answerer
        answer.fieldShares = weighed
        return answer
    }

    /// Shares of the very fields and options that the question has, if of any.
    private func checked(
        _ shares: [String: ChoiceShares], for request: ReadRequest
    ) throws(PlanningError) -> [String: ChoiceShares] {
        for (pointer, found) in shares {
            guard let choice = request.choices.first(where: { $0.pointer == pointer && $0.options == found.options })
            else {
                throw unfit(request, "options of `\(pointer)` were weighed that the question doesn't have")
            }
            guard choice.adjustment.temperature == found.adjustment.temperature else {
                throw unfit(request, "how sure `\(pointer)` is was worked out with another temperature than the run's")
            }
            // What examples say of a text only the weights could say again, or that they say nothing, as of a server's model;
            // what it counts is the workflow's.
            let isTaught =
                found.voteWeight > 0 && found.voteWeight == choice.examples?.weight
                && abs(found.votes.reduce(0, +) - 1) < 1e-6
            guard found.votes.isEmpty || isTaught else {
                throw unfit(request, "examples were counted for `\(pointer)` that the run doesn't have")
            }
            guard choice.adjustment == found.adjustment else {
                throw unfit(request, "how sure `\(pointer)` is was worked out with other offsets than the run's")
            }
        }
        return shares
    }

    private func weighed(_ request: ReadRequest, dialect: ChatDialect) throws(PlanningError) -> ReadAnswer {
        guard let ranking = request.ranking, ranking.options.count == shares.count else {
            throw unfit(request, "options were weighed that the question doesn't have")
        }
        let asked = ReadPlanner.openedPrompt(
            for: request, field: ranking.field, data: request.data, dialect: dialect)
        guard let answer = ReadPlanner.answer(shares, to: ranking, asked: asked, usage: usage) else {
            throw unfit(request, "no option was weighed")
        }
        return answer
    }

    /// Where a text was cut hangs on the weights' tokenizer and is taken from the record; what was cut must be the text.
    private func chunked(_ request: ReadRequest, dialect: ChatDialect) throws(PlanningError) -> ReadAnswer {
        guard let whole = request.data.first, request.data.count == 1 else {
            throw unfit(request, "it was read in pieces, and there isn't one text")
        }
        var rest = Self.visible(whole.text)[...]
        for chunk in chunks {
            guard let range = rest.firstRange(of: Self.visible(chunk)) else {
                throw unfit(request, "a piece that was read isn't part of the text")
            }
            rest = rest[range.upperBound...]
        }
        let prompts = chunks.map { chunk in
            ReadPlanner.prompt(
                for: request.asking(about: [DataItem(name: whole.name, text: chunk, label: whole.label)]),
                dialect: dialect)
        }
        var answer = ReadAnswer(
            value: written, confidence: confidence, label: request.label(of: prompts), usage: usage,
            prompts: prompts)
        answer.chunks = chunks
        answer.answerer = answerer
        answer.fieldShares = try checked(fieldShares, for: request)
        return answer
    }

    /// The text without white space: pieces are put together with other spaces than they were cut at.
    private static func visible(_ text: String) -> [UInt8] {
        text.utf8.filter { $0 > 0x20 }
    }

    private func unfit(_ request: ReadRequest, _ reason: String) -> PlanningError {
        PlanningError(.answerInvalid, "Can't use the recorded answer of step `\(request.address)`: \(reason).")
    }
}
