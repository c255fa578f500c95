/// Words for steps and questions.
enum StepWords {
    /// An address cut before its last step: `triage[3]/` and `file#2`.
    static func parts(of address: String) -> (parent: String, name: String) {
        let line = ShownText.line(address, limit: 300)
        guard let slash = line.lastIndex(of: "/"), line.index(after: slash) < line.endIndex else {
            return ("", line.isEmpty ? "(no address)" : line)
        }
        return (String(line[...slash]), String(line[line.index(after: slash)...]))
    }

    static func words(for state: StepRow.State) -> String {
        switch state {
        case .running: "running"
        case .waiting: "a person is asked"
        case .done: "done"
        case .denied: "denied"
        case .failed: "failed"
        case .unsure: "unsure, no value"
        case .unknown: "outcome unknown"
        }
    }

    static func words(for kind: StepRow.Kind) -> String {
        switch kind {
        case .call: "call"
        case .read: "read"
        case .turn: "turn"
        case .plan: "plan"
        case .agent: "agent"
        case .gate: "gate"
        case .other: "step"
        }
    }

    static func words(for kind: QuestionRow.Kind) -> String {
        switch kind {
        case .call: "may it be called?"
        case .gate: "gate of the workflow"
        case .outcome: "did it happen?"
        case .damaged: "damaged record"
        }
    }

    /// A rule's sentence for whoever decides, and apart from it what it says to whoever writes the policy.
    static func parts(ofRule sentence: String) -> (why: String, hint: String) {
        for start in ["; write `allow` there", "; limit it with `"] {
            guard let place = sentence.ranges(of: start).last else { continue }
            let hint = String(sentence[place.lowerBound...].dropFirst(2))
            return (String(sentence[..<place.lowerBound]) + ".", hint.prefix(1).uppercased() + hint.dropFirst())
        }
        return (sentence, "")
    }

    /// What a question is about, in a word or two.
    static func title(of question: QuestionRow) -> String {
        switch question.kind {
        case .gate: "Gate"
        case .damaged where question.tool.isEmpty: "A question that can't be read"
        default: Pages.name(question.tool)
        }
    }
}
