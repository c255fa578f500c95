import JSONSchemas
import WorkflowFormat

/// What answers are held against, as digests.
struct Standard: Hashable {
    /// Of the gold file's lines.
    let gold: String
    /// Of the scores.
    let scores: String

    init(gold lines: [JSONValue], figures: [SuiteDefinition.Figure]) {
        gold = ContentDigest.hex(of: lines.map { $0.serialized(.canonical) + "\n" }.joined())
        let written = figures.map { figure -> JSONValue in
            [
                "name": .string(figure.name), "scorer": .string(figure.method.rawValue),
                "answer": .string(figure.answer.description), "gold": .string(figure.gold.description),
                "order": .array(figure.order.map { .string($0) }), "abstention": .bool(figure.countsAbstention),
                "command": .array(figure.command.map { .string($0) }),
            ]
        }
        scores = ContentDigest.hex(of: JSONValue.array(written).serialized(.canonical))
    }

    /// Reads what `json` wrote.
    init?(fromJSON value: JSONValue) {
        guard let gold = value["gold"]?.stringValue, let scores = value["scores"]?.stringValue else { return nil }
        self.gold = gold
        self.scores = scores
    }

    var json: JSONValue { ["gold": .string(gold), "scores": .string(scores)] }

    /// What is another thing than in `earlier`, in words.
    func changes(since earlier: Standard) -> [String] {
        var changes: [String] = []
        if gold != earlier.gold { changes.append("the gold") }
        if scores != earlier.scores { changes.append("the scores") }
        return changes
    }
}
