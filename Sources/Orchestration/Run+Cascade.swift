import JSONSchemas
import ModelRuntime
import Planning
import Redaction
import WorkflowFormat

/// Steps that ask a smaller model first: `first: { below: { /kind: 0.8 } }`.
///
/// Its answer counts where it is sure enough of every field that the step names, and where no person would have to be
/// asked about it. Otherwise, and where it could give none, the larger model is asked the very same. What both cost counts
/// against the budget. The record has the answer that counts, who gave it, and what the smaller model said where that
/// wasn't enough; from that a replay makes the same decision again, without any model.
extension Run {
    /// Asks the model of a question, or both of them.
    func askInOrder(_ question: ReadQuestion) async throws -> GivenAnswer {
        guard let first = question.first else {
            return GivenAnswer(answer: try await services.read(question.request, grammar: question.grammar))
        }
        let outdone: OutdoneAnswer
        switch try await services.readFirst(first.request, grammar: first.grammar) {
        case .answered(let answer):
            guard let found = self.outdone(answer, by: question, model: first.model) else {
                return GivenAnswer(answer: answer, model: first.model)
            }
            outdone = found
        case .failed(let sentence, let usage):
            outdone = OutdoneAnswer(
                json: ["model": .string(first.model), "failed": .string(sentence), "usage": usage.json], usage: usage)
        }
        do {
            let answer = try await services.read(question.request, grammar: question.grammar)
            return GivenAnswer(answer: answer, model: services.model?.name, outdone: outdone)
        } catch let error as PlanningError {
            throw error.adding(outdone.usage)
        }
    }

    /// The smaller model's answer for the record, where it isn't sure enough; nil where it counts.
    private func outdone(_ answer: ReadAnswer, by question: ReadQuestion, model: String) -> OutdoneAnswer? {
        let step = question.step
        let (written, tally) = redacted(answer.value)
        let (value, confidence) = ResolvedChoice.restore(written, answer.confidence, question.choices)
        // The very rule by which fields go to a person, with more limits.
        let outcome = ReadOutcome(
            value: value, confidence: confidence, thresholds: (step.firstBelow ?? []) + step.minConfidence,
            margins: answer.margins(question.choices), minMargins: step.minMargin, quotes: [], sources: [],
            segment: nil)
        let unsure = (outcome.escalated + Self.missing(in: value, of: step, by: question)).sorted()
        guard !unsure.isEmpty else { return nil }
        var body: JSONObject = [
            "model": .string(model), "written": written, "confidence": outcome.confidenceJSON,
            "unsure": .array(unsure.map { .string($0) }), "usage": answer.usage.json,
        ]
        if let margins = outcome.marginJSON { body["margin"] = margins }
        for (name, value) in Self.weighed(answer) { body[name] = value }
        if !answer.chunks.isEmpty { body["chunks"] = .array(answer.chunks.map { .string($0) }) }
        for (name, count) in Self.counts(tally) { body[name] = count }
        return OutdoneAnswer(json: .object(body), usage: answer.usage)
    }

    /// The fields that a limit names and the answer hasn't, although it could: of what isn't there nobody is sure, and
    /// whether it is may hang on the text.
    private static func missing(in value: JSONValue, of step: ReadStep, by question: ReadQuestion) -> [String] {
        var missing: [String] = []
        for (pointer, threshold) in (step.firstBelow ?? []) + step.minMargin where threshold > 0 {
            let fields =
                pointer.contains("*")
                ? ClosedField.fields(at: pointer, in: question.request.schema).map(\.pointer) : [pointer]
            for field in fields where !missing.contains(field) {
                guard let place = try? JSONPointer(parsing: field), value.value(at: place) == nil else { continue }
                missing.append(field)
            }
        }
        return missing
    }

    /// What was weighed for an answer, as the record has it.
    static func weighed(_ answer: ReadAnswer) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = []
        if !answer.shares.isEmpty {
            let shares = answer.shares.map { share -> JSONValue in
                ["option": .string(share.option), "text": .string(share.text), "share": .number(share.share)]
            }
            members.append(("weighed", .array(shares)))
        }
        if !answer.fieldShares.isEmpty {
            members.append((ChoiceShares.member, ChoiceShares.json(answer.fieldShares)))
        }
        return members
    }
}
