import JSONSchemas
import PolicyEngine
import RunJournal

/// Words in colored boxes that say how things stand.
enum TagList {
    /// Where a run stands.
    static func tags(of run: RunRow) -> JSONValue {
        var tags: [JSONValue] = []
        if run.state == .running, run.holder == nil {
            tags.append(tag("left", "left behind"))
        } else if run.isAnswered {
            tags.append(tag("ask-now", "to resume"))
        } else {
            tags.append(tag(className(of: run.state), ShownText.words(run.state.rawValue)))
        }
        if run.isDryRun { tags.append(tag("", "dry run")) }
        if run.isHeld { tags.append(tag("", "legal hold")) }
        return .array(tags)
    }

    /// What a person answered, in one word.
    static func tag(of answer: AnswerView) -> JSONValue {
        let isEdited = answer.isEdited && answer.decision == .approved
        let name = isEdited ? "edited" : answer.decision.rawValue
        return ["class": .string(name), "words": .string("\(name) by \(ShownText.line(answer.person, limit: 60))")]
    }

    private static func tag(_ className: String, _ name: String) -> JSONValue {
        ["class": .string(className), "name": .string(name)]
    }

    private static func className(of state: RunState) -> String {
        switch state {
        case .budgetExhausted, .notFound: "incomplete"
        case .stuck: "failed"
        default: state.rawValue
        }
    }
}
