import JSONSchemas
import Provenance

/// Puts the answers to the chunks of one document together.
enum AnswerMerging {
    /// Lists are joined in document order; a list in each field of an object likewise; for any other value the chunks
    /// must agree.
    static func merge(_ answers: [ReadAnswer], address: String) throws(PlanningError) -> ReadAnswer {
        guard var value = answers.first?.value else {
            throw PlanningError(.doesNotFit, "Can't read the data of step `\(address)`: it is empty.")
        }
        var confidence = answers[0].confidence
        var fieldShares = answers[0].fieldShares
        for answer in answers.dropFirst() {
            // Closed choices stand in no list, so their places don't move. What is kept is what the confidence is of.
            for (pointer, shares) in answer.fieldShares
            where fieldShares[pointer] == nil || (answer.confidence[pointer] ?? 1) < (confidence[pointer] ?? 1) {
                fieldShares[pointer] = shares
            }
            for (pointer, probability) in answer.confidence {
                // A field that several chunks wrote is as sure as the least sure of them.
                let place = shifted(pointer, behind: value)
                confidence[place] = min(confidence[place] ?? 1, probability)
            }
            guard let merged = joined(value, answer.value) else {
                throw PlanningError(
                    .cannotMerge,
                    "Can't put the answers of step `\(address)` together: the text was read in \(answers.count) chunks and they disagree on a field that is no list."
                )
            }
            value = merged
        }
        var merged = ReadAnswer(
            value: value, confidence: confidence, label: Label.joining(answers.map(\.label)),
            usage: answers.reduce(TokenUsage()) { $0 + $1.usage }, prompts: answers.flatMap(\.prompts))
        merged.answerer = answers.last?.answerer
        merged.fieldShares = fieldShares
        return merged
    }

    /// Where a chunk's field stands once its list was put behind `earlier`.
    private static func shifted(_ pointer: String, behind earlier: JSONValue) -> String {
        guard var tokens = try? JSONPointer(parsing: pointer).tokens else { return pointer }
        var value: JSONValue? = earlier
        for place in tokens.indices {
            if let list = value?.arrayValue {
                if let index = Int(tokens[place]) { tokens[place] = String(index + list.count) }
                break
            }
            value = value?[tokens[place]]
        }
        return JSONPointer(tokens).description
    }

    private static func joined(_ left: JSONValue, _ right: JSONValue) -> JSONValue? {
        switch (left, right) {
        case (.array(let first), .array(let second)):
            return .array(first + second)
        case (.object(let first), .object(let second)):
            var result = first
            for (key, value) in second {
                guard let earlier = result[key] else {
                    result[key] = value
                    continue
                }
                guard let both = joined(earlier, value) else { return nil }
                result[key] = both
            }
            return .object(result)
        default:
            // Not a conditional expression: its `nil` would be a JSON null.
            guard left == right else { return nil }
            return left
        }
    }
}
