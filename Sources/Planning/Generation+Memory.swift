import ConstrainedDecoding
import JSONSchemas
import Tokens

/// Answers as the memory keeps them.
extension Generation {
    /// The answer as one text.
    var memoryText: String {
        let choices = choices.map { choice -> JSONValue in
            [
                .integer(choice.range.lowerBound), .integer(choice.range.upperBound), .number(choice.probability),
            ]
        }
        let value: JSONValue = [
            "text": .string(String(decoding: bytes, as: UTF8.self)), "choices": .array(choices),
            "shares": .object(
                JSONObject(shares.sorted { $0.key < $1.key }.map { ($0.key, $0.value.memoryValue) })),
        ]
        return value.serialized(.compact)
    }

    /// An answer from memory; `nil` for a text that is not one under this grammar, whoever wrote it there.
    init?(memoryText text: String, grammar: Grammar, trie: TokenTrie, choices weighed: [ClosedChoice] = []) {
        guard let value = try? JSONValue(parsing: text), let answer = value["text"]?.stringValue,
            let list = value["choices"]?.arrayValue
        else { return nil }
        let bytes = Array(answer.utf8)
        var choices: [Choice] = []
        for item in list {
            guard let parts = item.arrayValue, parts.count == 3, let start = parts[0].intValue,
                let end = parts[1].intValue, let probability = parts[2].doubleValue, start >= 0, start <= end,
                end <= bytes.count, (0...1).contains(probability)
            else { return nil }
            choices.append(Choice(range: start..<end, probability: probability))
        }
        var matcher = GrammarMatcher(grammar: grammar, trie: trie)
        guard (try? matcher.consume(bytes: bytes)) != nil, matcher.isFinished else { return nil }
        var shares: [String: ChoiceShares] = [:]
        for choice in weighed {
            guard let value = value["shares"]?[choice.pointer] else { continue }
            guard let found = ChoiceShares(memoryValue: value, options: choice.options) else { return nil }
            shares[choice.pointer] = found
        }
        var usage = TokenUsage()
        usage.remembered = 1
        self.init(bytes: bytes, choices: choices, usage: usage, shares: shares)
    }
}
