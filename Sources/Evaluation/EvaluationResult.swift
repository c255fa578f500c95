public import JSONSchemas

/// What an evaluation found.
public struct EvaluationResult: Hashable, Sendable {
    /// A run that ended without its answers.
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
    /// Runs in which calls were refused; their answers count.
    public let refusedRuns: [Refusal]
    /// How many runs the suite needs: one a batch.
    public let batchCount: Int
    /// How many of them were taken before, by an earlier call.
    public let runsFromBefore: Int
    /// What was changed since answers from before were last scored, in words; they were scored anew.
    public let changedStandard: [String]
    /// Items that a run answered in two ways; they count as not answered.
    public let contradicted: [String]
    /// The digest of the gold.
    let goldDigest: String
    /// The runs that gave answers.
    public internal(set) var runs: [TakenRun] = []
    /// What the figures hang on, by digest, for the manifest.
    package var conditions = JSONValue.null
    /// The closed fields whose options were weighed and whose right answers are known.
    package var weighed: [WeighedField] = []
    /// What was fitted on them, where that was asked for.
    package var calibrated: [FieldCalibration] = []

    /// Items that are wholly right by every figure that judges them.
    public var successes: Int {
        var isRight: [String: Bool] = [:]
        for score in scores where score.judgesItems {
            for (id, value) in zip(score.identifiers, score.values) {
                isRight[id] = (isRight[id] ?? true) && value == 1
            }
        }
        return isRight.values.count { $0 }
    }

    /// One sentence on where the answers are from; nil where all are new.
    public var origin: String? {
        guard runsFromBefore > 0 else { return nil }
        let runs = "\(runsFromBefore) of \(batchCount) runs \(batchCount == 1 ? "was" : "were") taken from before"
        guard !changedStandard.isEmpty else { return runs + "." }
        return runs + ", and scored anew since \(changedStandard.joined(separator: " and ")) changed."
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
        var members: JSONObject = [
            "type": "evaluation", "suite": .string(suite), "subject": subject, "n": .integer(count),
            "scores": .object(figures), "cost": cost.json(successes: successes),
            "failed_runs": .array(failedRuns.map { ["run": .string($0.run), "exit": .integer($0.exit)] }),
            "refused_runs": .array(refusedRuns.map(\.json)),
            "runs_from_before": .integer(runsFromBefore),
            "answered_twice": .array(contradicted.map { .string($0) }),
        ]
        if !weighed.isEmpty { members["confidence"] = .array(weighed.map(\.json)) }
        if !calibrated.isEmpty { members["calibration"] = .array(calibrated.map(\.json)) }
        return .object(members)
    }

    /// The same with what every item adds to each figure, by identifier, for a later comparison.
    public var detailed: JSONValue {
        var object = json.objectValue ?? JSONObject()
        object["gold"] = .string(goldDigest)
        object["items"] = itemParts.json
        return .object(object)
    }

    private static func digits(_ value: Double) -> JSONValue { .number((value * 10_000).rounded() / 10_000) }
}
