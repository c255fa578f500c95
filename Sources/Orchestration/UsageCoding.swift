import JSONSchemas
import Planning

/// Token usage as the journal keeps it.
extension TokenUsage {
    var json: JSONValue {
        var fields: JSONObject = [
            "evaluated": .integer(evaluated), "reused": .integer(reused), "forced": .integer(forced),
            "sampled": .integer(sampled), "prompt_ms": .integer(promptTime.milliseconds),
            "answer_ms": .integer(answerTime.milliseconds),
        ]
        // Rare, or unknown to journals of before.
        if narrowed > 0 { fields["narrowed"] = .integer(narrowed) }
        if drafted > 0 { fields["drafted"] = .integer(drafted) }
        if remembered > 0 { fields["remembered"] = .integer(remembered) }
        if common > 0 { fields["common"] = .integer(common) }
        return .object(fields)
    }

    init(json value: JSONValue?) {
        self.init()
        evaluated = value?["evaluated"]?.intValue ?? 0
        reused = value?["reused"]?.intValue ?? 0
        forced = value?["forced"]?.intValue ?? 0
        sampled = value?["sampled"]?.intValue ?? 0
        drafted = value?["drafted"]?.intValue ?? 0
        narrowed = value?["narrowed"]?.intValue ?? 0
        remembered = value?["remembered"]?.intValue ?? 0
        common = value?["common"]?.intValue ?? 0
        promptTime = .milliseconds(value?["prompt_ms"]?.intValue ?? 0)
        answerTime = .milliseconds(value?["answer_ms"]?.intValue ?? 0)
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }

    /// Seconds as a number.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
