/// Requirements that can't all be kept: the same words, once demanded or allowed and once forbidden, or with another number.
package struct RuleConflict: Hashable, Sendable {
    /// The requirements, in the order of the document.
    package let ruleIDs: [String]
    /// What is wrong, in a few words.
    package let reason: String

    /// Words that tell what a sentence demands and not what of; and `not`, which turns it round.
    private static let normative: Set<String> = [
        "must", "shall", "should", "may", "can", "cannot", "can't", "mustn't", "not", "never", "always", "is", "are",
        "be",
        "allowed", "permitted", "forbidden", "prohibited", "disallowed", "invalid", "required", "optional", "a", "an",
        "the", "also", "however",
    ]
    private static let fewestWords = 3

    /// The conflicts among `rules`.
    package static func found(among rules: [RuleToTest]) -> [RuleConflict] {
        var topics: [String: [RuleToTest]] = [:]
        var order: [String] = []
        for rule in rules where rule.polarity != .definition {
            let words = Set(Self.words(of: rule.quote)).subtracting(normative)
            guard words.count >= fewestWords else { continue }
            let topic = words.sorted().joined(separator: " ")
            if topics[topic] == nil { order.append(topic) }
            topics[topic, default: []].append(rule)
        }
        return order.compactMap { topic in
            let group = topics[topic] ?? []
            let ids = group.map(\.id)
            let forbidding = group.filter { $0.polarity == .mustNot }
            if !forbidding.isEmpty, forbidding.count < group.count {
                return RuleConflict(ruleIDs: ids, reason: "one forbids what another demands or allows")
            }
            let isLimited = topic.contains("most") || topic.contains("least") || topic.contains("exactly")
            let limits = Set(group.map { Self.numbers(in: $0.quote) })
            return isLimited && limits.count > 1
                ? RuleConflict(ruleIDs: ids, reason: "they give different numbers for the same") : nil
        }
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && $0 != "'" }.map(String.init)
    }

    private static func numbers(in text: String) -> [Int] {
        text.split { !("0"..."9").contains($0) }.compactMap { Int($0) }
    }
}
