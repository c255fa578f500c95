import JSONSchemas

/// Makes a guide of a runbook's segments and of what a model said about the open ones.
public struct GuideBuilder {
    private let text: String
    private var commands: [GuideCommand] = []
    private var cautions: [GuideCaution] = []
    private var steps: [GuideStep] = []
    /// Cautions that stand among the steps, for the step that follows.
    private var pending: [String] = []
    private let paths: [String]

    /// Builds the guide. `says` holds, for the segment of the same index, what the model chose: one of `check`,
    /// `change`, `confirm`, `hand_over`, `warning` and `talk`, or nil where it wasn't asked or not sure.
    /// - Throws: `GuideError`, for example where no step is left.
    public static func guide(
        of text: String, title: String, meaning: String, impact: String, segments: [RunbookSegment],
        says: [String?]
    ) throws(GuideError) -> Guide {
        var builder = GuideBuilder(text: text)
        for (segment, answer) in zip(segments, says) { try builder.take(segment, answer) }
        return try builder.finished(title: title, meaning: meaning, impact: impact)
    }

    private init(text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        var paths: [String] = []
        for span in CodeSpans(bytes, bytes.indices).spans where CodeSpans.isPath(span.text) {
            if !paths.contains(span.text) { paths.append(span.text) }
        }
        self.paths = paths
    }

    private mutating func take(_ segment: RunbookSegment, _ answer: String?) throws(GuideError) {
        guard proves(segment.quote), segment.commands.allSatisfy({ proves($0.line) }),
            segment.details.allSatisfy({ proves($0) })
        else {
            throw GuideError("a quote doesn't stand in its source; this is a bug")
        }
        guard let role = Self.role(of: segment, answer) else { return }
        guard let kind = GuideStep.Kind(rawValue: role.rawValue) else {
            let caution = CautionReader.caution(id: "w\(cautions.count + 1)", segment.quote)
            if !cautions.contains(where: { $0.quote.text == caution.quote.text }) {
                cautions.append(caution)
                pending.append(caution.id)
            }
            return
        }
        addStep(segment, kind)
    }

    private static func role(of segment: RunbookSegment, _ answer: String?) -> RunbookSegment.Role? {
        guard segment.isOpen else { return segment.role }
        switch answer {
        case "warning" where segment.commands.isEmpty: return .caution
        case "check", "change", "confirm", "hand_over":
            if segment.role != .step { return segment.role }
            let kinds: [String: RunbookSegment.Role] = [
                "check": .diagnose, "change": .mitigate, "confirm": .verify, "hand_over": .escalate,
            ]
            return kinds[answer ?? ""]
        default:
            // What isn't surely a step is left out; a command of the runbook is never lost for that.
            return segment.commands.isEmpty ? nil : segment.role == .step ? .diagnose : segment.role
        }
    }

    private mutating func addStep(_ segment: RunbookSegment, _ kind: GuideStep.Kind) {
        var command: GuideCommand?
        if let found = segment.commands.first {
            command = commands.first { $0.line.text == found.line.text }
            if command == nil {
                let made = GuideCommand(
                    id: "c\(commands.count + 1)", reading: found.line, isQuery: found.isQuery)
                commands.append(made)
                command = made
            }
        }
        let reader = StepReader(quote: segment.quote, kind: kind, command: command, paths: paths)
        steps.append(
            GuideStep(
                id: "s\(steps.count + 1)", kind: kind, instruction: segment.quote, section: segment.section,
                command: command?.id, reads: reader.reads, onlyIf: reader.onlyIf, expects: reader.expects,
                edits: kind == .mitigate ? reader.edits : [], hazards: pending, details: segment.details))
        if kind == .mitigate { pending = [] }
    }

    private func proves(_ quote: Quote) -> Bool {
        let utf8 = Array(text.utf8)
        return quote.range.upperBound <= utf8.count
            && utf8[quote.range].elementsEqual(Array(quote.text.utf8))
    }

    private func finished(title: String, meaning: String, impact: String) throws(GuideError) -> Guide {
        let changing = steps.indices.filter { steps[$0].kind == .mitigate }
        var hazards = steps.map { $0.kind == .mitigate ? $0.hazards : [] }
        for caution in cautions {
            // A caution guards what it shares a word with, and in any case something that changes the machine.
            var guarded = changing.filter { Self.share(caution.quote.text, steps[$0].instruction.text) }
            if guarded.isEmpty, let first = changing.first { guarded = [first] }
            for index in guarded where !hazards[index].contains(caution.id) { hazards[index].append(caution.id) }
        }
        let linked = steps.indices.map { index in
            steps[index].with(
                hazards: hazards[index], next: index + 1 < steps.count ? steps[index + 1].id : nil)
        }
        return try Guide(
            title: title, appliesTo: meaning, symptom: impact, commands: commands, cautions: cautions, steps: linked)
    }

    private static func share(_ left: String, _ right: String) -> Bool {
        !stems(left).isDisjoint(with: stems(right))
    }

    private static func stems(_ text: String) -> Set<String> {
        Set(
            text.lowercased().split { !$0.isLetter && $0 != "/" && $0 != "." }
                .filter { $0.count >= 4 && !common.contains(String($0)) }.map { String($0.prefix(6)) })
    }

    private static let common: Set = [
        "never", "while", "when", "with", "only", "that", "this", "then", "must", "from", "have", "more", "than",
        "what",
        "which", "before", "after", "stop", "escalate", "does", "into", "once",
    ]
}
