public import JSONSchemas

/// What an evaluation cost.
public struct Cost: Hashable, Sendable {
    /// Tokens that the model evaluated or wrote.
    public var tokens = 0
    /// Seconds of the runs, as they were when each of them was taken.
    public var seconds = 0.0
    /// Questions that were left for a person.
    public var questions = 0
    /// Runs taken.
    public var runs = 0

    /// No cost.
    public init() {}

    /// The sum of both.
    public static func + (left: Cost, right: Cost) -> Cost {
        var sum = left
        sum.tokens += right.tokens
        sum.seconds += right.seconds
        sum.questions += right.questions
        sum.runs += right.runs
        return sum
    }

    /// Everything, and what one of `successes` successful outputs cost.
    public func json(successes: Int) -> JSONValue {
        var fields: JSONObject = [
            "tokens": .integer(tokens), "seconds": .number(Self.tenths(seconds)), "questions": .integer(questions),
            "runs": .integer(runs), "successes": .integer(successes),
        ]
        if successes > 0 {
            fields["tokens_per_success"] = .number(Self.tenths(Double(tokens) / Double(successes)))
            fields["seconds_per_success"] = .number(Self.tenths(seconds / Double(successes)))
            fields["questions_per_success"] = .number(Self.tenths(Double(questions) / Double(successes)))
        }
        return .object(fields)
    }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
