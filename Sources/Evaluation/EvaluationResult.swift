public import JSONSchemas

/// What an evaluation found.
public struct EvaluationResult: Hashable, Sendable {
    /// A run that neither ended nor parked.
    public struct Failure: Hashable, Sendable {
        /// The run.
        public let run: String
        /// Its exit code.
        public let exit: Int
    }

    /// The suite's name.
    public let suite: String
    /// What was evaluated.
    public let subject: JSONValue
    /// How many items the gold has.
    public let count: Int
    /// The figures, in the suite's order.
    public let scores: [Score]
    /// What it cost.
    public let cost: Cost
    /// Runs that failed; their items count as wrong.
    public let failedRuns: [Failure]

    /// Items on which every figure is wholly right.
    public var successes: Int {
        guard let first = scores.first else { return 0 }
        let whole = scores.filter { $0.count == first.count && $0.values.count == first.values.count }
        return first.values.indices.count { index in whole.allSatisfy { $0.values[index] == 1 } }
    }

    /// The last line of `--json`: `{"type":"evaluation","n":N,"scores":{NAME:{"value":V,"low":L,"high":H}},"cost":{...}}`.
    public var json: JSONValue {
        var figures = JSONObject()
        for score in scores {
            var fields: JSONObject = [
                "value": Self.digits(score.value), "low": Self.digits(score.interval.low),
                "high": Self.digits(score.interval.high), "n": .integer(score.count),
            ]
            for (name, value) in score.details.sorted(by: { $0.key < $1.key }) { fields[name] = Self.digits(value) }
            figures[score.name] = .object(fields)
        }
        return [
            "type": "evaluation", "suite": .string(suite), "subject": subject, "n": .integer(count),
            "scores": .object(figures), "cost": cost.json(successes: successes),
            "failed_runs": .array(failedRuns.map { ["run": .string($0.run), "exit": .integer($0.exit)] }),
        ]
    }

    /// The same with every item's value, for a later comparison.
    public var detailed: JSONValue {
        var object = json.objectValue ?? JSONObject()
        var values = JSONObject()
        for score in scores { values[score.name] = .array(score.values.map { .number($0) }) }
        object["values"] = .object(values)
        return .object(object)
    }

    private static func digits(_ value: Double) -> JSONValue { .number((value * 10_000).rounded() / 10_000) }
}
