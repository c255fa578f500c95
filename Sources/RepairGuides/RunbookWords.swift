/// What the words of a runbook's sentence show by themselves.
enum RunbookWords {
    /// Whether a sentence begins as a warning.
    static func isWarning(_ text: String) -> Bool {
        let start = text.lowercased().drop { !$0.isLetter }
        return ["never ", "do not ", "don't ", "warning", "danger", "notice", "caution", "avoid ", "be careful"]
            .contains { start.hasPrefix($0) }
    }

    /// Whether a sentence outside the steps warns of something.
    static func warnsInPassing(_ text: String) -> Bool {
        // A name in code, such as that of an alarm's level, is no word of the sentence.
        text.replacing(/`[^`]*`/, with: "").lowercased()
            .contains(/\b(avoid|never|do not|don't|must not|should not|careful|warning|danger)\b/)
    }

    /// Whether a sentence hands over to somebody else, and not only in some case.
    static func handsOver(_ text: String) -> Bool {
        let text = text.lowercased()
        guard !text.hasPrefix("if ") || text.contains("last resort") else { return false }
        return text.contains(
            /\b(escalate|talk (to|with)|contact (the|your)|last resort|on-call|open a (ticket|case))\b/)
            || text.contains(/\b(order|book|schedule) (a|an|the|new|another|spare)\b/)
    }

    /// Whether a sentence asks to look again after a change.
    static func looksAgain(_ text: String) -> Bool {
        text.lowercased().contains(
            /\b(verify that|as validation|to validate|to verify|to confirm|once more|check again|again to)\b|\bmust (now )?(say|print|be|show)\b|\byou can check this\b/
        )
    }

    /// Whether a sentence speaks of a command that follows.
    static func pointsAhead(_ text: String) -> Bool {
        text.lowercased().contains(/\b(this|these|it|following|below|commands?|quer(y|ies)|can be used)\b/)
    }

    /// Whether a sentence has a word by which a command is meant to be run.
    static func callsForRunning(_ text: String) -> Bool {
        text.lowercased().contains(
            /\b(run|running|execute|executing|via|with|using|use|then|type|issue|command|start|restart|stop|call)\b/)
    }
}
