public import JSONSchemas

/// The page of evaluations: results over time, two models side by side, failures linked to runs. Whoever starts the server
/// hands it in.
public struct EvaluationsView: Hashable, Sendable {
    /// The evaluations, newest first.
    public let evaluations: [Evaluation]
    /// Where none was found, or some could not be read: what to do, in sentences.
    public let remarks: [String]

    /// One suite with one model.
    public struct Evaluation: Hashable, Sendable {
        /// The folder that holds it.
        public let directory: String
        /// The suite's name.
        public let suite: String
        /// The model.
        public let model: String
        /// When it was written, as RFC 3339.
        public let at: String
        /// The suite's items.
        public let itemCount: Int
        /// The items that are wholly right.
        public let successCount: Int
        /// The figures.
        public let scores: [Score]
        /// What it took: `seconds`, `tokens`, `questions`, as far as it is known.
        public let costs: [(name: String, value: Double)]

        /// Makes it.
        public init(
            directory: String, suite: String, model: String, at: String, itemCount: Int, successCount: Int,
            scores: [Score], costs: [(name: String, value: Double)]
        ) {
            self.directory = directory
            self.suite = suite
            self.model = model
            self.at = at
            self.itemCount = itemCount
            self.successCount = successCount
            self.scores = scores
            self.costs = costs
        }

        /// Whether both say the same.
        public static func == (left: Self, right: Self) -> Bool { left.toJSON() == right.toJSON() }

        /// Hashes where it lies and when it was written.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(directory)
            hasher.combine(at)
        }

        /// As the interface gives it.
        public func toJSON() -> JSONValue {
            [
                "directory": .string(directory), "suite": .string(suite), "model": .string(model),
                "at": .string(at), "items": .integer(itemCount), "right": .integer(successCount),
                "scores": .array(scores.map { $0.toJSON() }),
                "costs": .object(JSONObject(costs.map { ($0.name, .number($0.value)) })),
            ]
        }
    }

    /// One figure.
    public struct Score: Hashable, Sendable {
        /// The name.
        public let name: String
        /// 0 to 1.
        public let value: Double
        /// The ends of the interval of 95 %.
        public let low: Double
        /// The other end.
        public let high: Double
        /// What is wrong, at most a few.
        public let failures: [Failure]

        /// Makes it.
        public init(name: String, value: Double, low: Double, high: Double, failures: [Failure]) {
            self.name = name
            self.value = value
            self.low = low
            self.high = high
            self.failures = failures
        }

        func toJSON() -> JSONValue {
            [
                "name": .string(name), "value": .number(value), "low": .number(low), "high": .number(high),
                "failures": .array(
                    failures.map {
                        [
                            "item": .string($0.item), "run": $0.run.map { .string($0) } ?? .null,
                            "answer": .string($0.answer), "gold": .string($0.gold),
                        ]
                    }),
            ]
        }
    }

    /// An item that was answered wrongly.
    public struct Failure: Hashable, Sendable {
        /// The item.
        public let item: String
        /// The run that answered; nil where that is not known.
        public let run: String?
        /// The answer as JSON.
        public let answer: String
        /// What is right, as JSON.
        public let gold: String

        /// Makes it.
        public init(item: String, run: String?, answer: String, gold: String) {
            self.item = item
            self.run = run
            self.answer = answer
            self.gold = gold
        }
    }

    /// Makes the view.
    public init(evaluations: [Evaluation], remarks: [String]) {
        self.evaluations = evaluations
        self.remarks = remarks
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "evaluations": .array(evaluations.map { $0.toJSON() }),
            "remarks": .array(remarks.map { .string($0) }),
        ]
    }
}
