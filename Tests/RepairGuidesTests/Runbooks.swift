import JSONSchemas
import RepairGuides

/// Runbooks for these tests, and guides made of them without a model.
enum Runbooks {
    /// A valve that is shut: a diagnosis, an edit, a command with a hole, a verification and three warnings.
    static let valve = """
        # The valve is shut

        ## Meaning

        `bin/valve` reads `etc/valve.conf`.

        ## Diagnosis

        1. `bin/valve state` tells. "shut by" names who shut it.
        2. Read `log/valve.log`.

        ## Mitigation

        3. Set `limit = 9`.
        4. Only if the process is dead: `bin/valve release NAME`.
        5. `bin/valve open`

        ## Verification

        6. `bin/valve state` must print `open`.

        ## Cautions

        - Never touch `state/meter`.
        - Never open while `limit` is 0.
        - If the process lives, stop and escalate.

        """

    static func guide(_ text: String, says: String? = nil) throws -> Guide {
        let reading = RunbookReader.read(text)
        return try GuideBuilder.guide(
            of: text, title: reading.title, meaning: reading.meaning, impact: reading.impact,
            segments: reading.segments, says: reading.segments.map { $0.isOpen ? says : nil })
    }
}

/// Plays the machine under repair: answers each action and keeps the turns.
struct Machine {
    var turns: [JSONValue] = []
    var done: [String] = []

    /// Carries a guide out to its end; `answer` gives the result of each action.
    mutating func carryOut(
        _ guide: Guide, list: OperatorList = OperatorList(), answer: (JSONValue) -> JSONValue
    ) -> (verdict: String, reason: String) {
        for _ in 0..<100 {
            let action = GuideProcedure.next(guide, after: turns, list: list)
            let kind = action["do"]?.stringValue ?? ""
            if kind == "end" {
                return (action["verdict"]?.stringValue ?? "", action["why"]?.stringValue ?? "")
            }
            let words = action["argv"]?.arrayValue?.compactMap(\.stringValue).joined(separator: " ")
            done.append(
                ([kind] + [words ?? action["path"]?.stringValue ?? ""]).filter { !$0.isEmpty }.joined(separator: " "))
            turns.append(.object(JSONObject([("next", ["action": action]), (kind, answer(action))])))
        }
        return ("endless", "")
    }

    static func ended(_ status: Int, _ output: String = "", changes: [String] = [], cut: Int? = nil) -> JSONValue {
        var result: JSONObject = [
            "exit": .integer(status), "ending": .string("exit status \(status)"), "stdout": .string(output),
            "stderr": "",
            "changes": .array(changes.map { ["path": .string($0), "change": "changed"] }),
        ]
        if let cut { result["changes_cut"] = .integer(cut) }
        return .object(result)
    }
}
