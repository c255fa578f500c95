import JSONSchemas

extension GuideProcedure {
    /// How many looks and questions there were, how many commands and edits changed something, and how many steps were left
    /// out.
    var counts: JSONValue {
        func count(_ kinds: Set<String>, onlyChanged: Bool = false) -> JSONValue {
            let those = entries.filter { entry in
                guard let kind = entry["do"]?.stringValue, kinds.contains(kind) else { return false }
                return !onlyChanged || entry["changed"] == true
            }
            return .integer(those.count)
        }
        return [
            "looks": count(["check", "look"]), "changes": count(["run", "edit"], onlyChanged: true),
            "questions": count(["choose", "confirm"]), "left_out": .integer(leftOut.count),
        ]
    }

    /// What is left for people: the guide's own words, and a hand-over where the repair didn't end well.
    func followUps(_ verdict: GuideVerdict, _ reason: String) -> [JSONValue] {
        guard verdict != .notNeeded, verdict != .waiting else { return [] }
        var found: [JSONValue] = []
        for step in guide.order where step.kind == .escalate {
            found.append([
                "title": .string(String(step.instruction.line.prefix(120))),
                "about": .string(step.instruction.line), "reason": .string(reason),
            ])
        }
        if verdict != .repaired {
            found.append([
                "title": .string(String("A person is needed: \(guide.title)".prefix(120))),
                "about": .string(guide.title), "reason": .string(reason),
            ])
        }
        return found
    }
}
