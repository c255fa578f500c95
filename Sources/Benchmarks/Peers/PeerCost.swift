import JSONSchemas
import Planning

/// Tokens and times of some work.
struct PeerCost: Sendable {
    var evaluated = 0
    var reused = 0
    /// Answer tokens, forced ones included.
    var decoded = 0
    /// Of these, those that the grammar fixed, and those that were chosen and had been evaluated in advance.
    var forced = 0
    var drafted = 0
    var promptMilliseconds = 0.0
    var answerMilliseconds = 0.0

    init() {}

    /// What llama-server reports beside an answer.
    init(timings: JSONValue?) {
        evaluated = timings?["prompt_n"]?.intValue ?? 0
        reused = timings?["cache_n"]?.intValue ?? 0
        decoded = timings?["predicted_n"]?.intValue ?? 0
        promptMilliseconds = timings?["prompt_ms"]?.doubleValue ?? 0
        answerMilliseconds = timings?["predicted_ms"]?.doubleValue ?? 0
    }

    init(_ usage: TokenUsage) {
        evaluated = usage.evaluated
        reused = usage.reused
        decoded = usage.forced + usage.sampled
        forced = usage.forced
        drafted = usage.drafted
        promptMilliseconds = usage.promptTime.milliseconds
        answerMilliseconds = usage.answerTime.milliseconds
    }

    static func + (left: PeerCost, right: PeerCost) -> PeerCost {
        var sum = left
        sum.evaluated += right.evaluated
        sum.reused += right.reused
        sum.decoded += right.decoded
        sum.forced += right.forced
        sum.drafted += right.drafted
        sum.promptMilliseconds += right.promptMilliseconds
        sum.answerMilliseconds += right.answerMilliseconds
        return sum
    }

    /// For a line of details.
    var members: JSONObject {
        [
            "evaluated": .integer(evaluated), "reused": .integer(reused), "decoded": .integer(decoded),
            "forced": .integer(forced), "drafted": .integer(drafted),
            "ms_per_evaluated": PeerCommands.rounded(evaluated == 0 ? nil : promptMilliseconds / Double(evaluated)),
            "ms_per_decoded": PeerCommands.rounded(decoded == 0 ? nil : answerMilliseconds / Double(decoded)),
        ]
    }
}
