/// Makes cases from a specification's own examples: the examples themselves, and what its rules forbid or allow made from
/// them. No model and no program is asked; what a case expects is read off the words of a rule and how it was made.
package enum CaseDesigner {
    /// How many cases a technique makes for one rule.
    private static let variantLimit = 16
    /// How many cases there are at most.
    private static let caseLimit = 3_000
    /// For how many rules cases are made.
    private static let ruleLimit = 3_000
    /// How many characters are written at most while cases are made, so that a document of many like rules and long examples
    /// ends too.
    private static let workLimit = 200_000_000

    /// The cases for `rules`, the examples first. An input stands there once: where an example and a made case differ in
    /// what they expect, the example is right, and of two made cases neither is.
    /// - Complexity: bounded; at most 3,000 cases for the first 3,000 rules.
    package static func cases(for rules: [RuleToTest], in document: String) -> [DesignedCase] {
        let reader = ExampleReader(document)
        let blocks = reader.blocks()
        var pool = CasePool()
        let rules = rules.prefix(ruleLimit)
        let chosen = rules.map { nearest(to: $0, among: blocks) }
        for (index, block) in blocks.enumerated() {
            let ids = zip(rules, chosen).filter { $0.1.first == index }.map { $0.0.id }
            for input in block.inputs {
                pool.add(
                    DesignedCase(
                        input: input.text, shouldAccept: input.isRight, technique: "example", ruleIDs: ids))
            }
        }
        var work = 0
        for (rule, places) in zip(rules, chosen) {
            let statements = places.flatMap { blocks[$0].statements }
            for technique in Technique.allCases {
                guard work < workLimit, let isTaken = technique.expectation(of: rule) else { continue }
                let made = statements.map { technique.variants(of: $0, for: rule, noteMark: reader.noteMark) }
                for (statement, variants) in zip(statements, made) { work += statement.scalars.count * variants.count }
                for input in Self.inTurn(made).prefix(variantLimit) {
                    pool.add(
                        DesignedCase(
                            input: reader.isByLine ? input : input + "\n", shouldAccept: isTaken,
                            technique: technique.rawValue, ruleIDs: [rule.id]))
                }
            }
        }
        return Array(pool.cases.prefix(caseLimit))
    }

    /// The blocks of the rule's section that it probably speaks of: the next one, the one before it, and the one after.
    private static func nearest(to rule: RuleToTest, among blocks: [ExampleBlock]) -> [Int] {
        let own = blocks.indices.filter { blocks[$0].section == rule.section && !blocks[$0].statements.isEmpty }
        let after = own.filter { blocks[$0].byteStart >= rule.byteStart }
        let before = own.filter { blocks[$0].byteStart < rule.byteStart }
        guard !after.isEmpty else { return before.suffix(2).reversed() }
        return Array(after.prefix(1) + before.suffix(1) + after.dropFirst().prefix(1))
    }

    /// The first of each list, then the second of each, each text once.
    private static func inTurn(_ lists: [[String]]) -> [String] {
        var seen: Set<String> = []
        var result: [String] = []
        for place in 0..<(lists.map(\.count).max() ?? 0) {
            for list in lists where place < list.count && seen.insert(list[place]).inserted {
                result.append(list[place])
            }
        }
        return result
    }
}
