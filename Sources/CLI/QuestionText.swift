import JSONSchemas
import PolicyEngine
import Provenance
import WorkflowFormat

/// A call as the terminal shows it: raw values, where each came from, the rule, and what was answered.
enum QuestionText {
    /// The question, before it is answered.
    static func text(for view: CallView) -> String {
        var lines = ["\(view.tool) at \(view.address)", view.sentence]
        lines += view.remarks
        for argument in view.arguments { lines += Self.lines(for: argument) }
        if let asked = view.askedAt { lines.append("asked \(asked)\(lifetime(view))") }
        return Terminal.visible(lines.joined(separator: "\n"))
    }

    /// Everything that is known of the call, after it was decided on.
    static func explanation(of view: CallView) -> String {
        var lines = ["call: \(view.tool) at \(view.address)"]
        for argument in view.arguments { lines += Self.lines(for: argument) }
        lines += ["decision: \(view.decision?.rawValue ?? "none")", "rule: \(view.rule)", view.sentence]
        if view.attempt > 1 { lines.append("attempt: \(view.attempt)") }
        lines += view.remarks
        if let asked = view.askedAt { lines.append("asked: \(asked)\(lifetime(view))") }
        if let answer = view.answer { lines += Self.lines(for: answer, to: view) }
        return Terminal.visible(lines.joined(separator: "\n"))
    }

    private static func lifetime(_ view: CallView) -> String {
        guard let seconds = view.lifetimeSeconds else { return "" }
        let time = seconds.isMultiple(of: 3600) ? "\(seconds / 3600) h" : "\(seconds) s"
        return ", an answer counts for \(time)"
    }

    private static func lines(for argument: CallView.Argument) -> [String] {
        var lines = ["  \(argument.name) (\(LabelText.text(for: argument.label))):"]
        // Made visible before: a carriage return and a line feed are one character and would not be split.
        for line in argument.text.split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append("    | " + line)
        }
        let verbatim = argument.origins.filter { $0.snippet?.isVerbatim == true }
        for origin in verbatim.isEmpty ? argument.origins : verbatim {
            // What is only the value itself says nothing more.
            guard let snippet = origin.snippet, snippet.text != VisibleText.line(argument.text) else { continue }
            let words = snippet.isVerbatim ? "says" : "does not hold it as it is; it begins"
            lines.append("    \(origin.source) \(words): \(snippet.text)")
        }
        return lines
    }

    private static func lines(for answer: CallView.Answer, to view: CallView) -> [String] {
        let approval = answer.approval
        let reason = approval.reason.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
        var lines = ["\(approval.decision.rawValue) by \(approval.person)\(reason) (\(answer.recordedAt))"]
        if let edited = approval.editedArguments {
            lines.append("edited:")
            let before = Dictionary(
                view.arguments.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            for (name, value) in edited where before[name] != value {
                lines.append("  \(name): \(VisibleText.line(value.stringValue ?? value.serialized()))")
            }
            for argument in view.arguments where edited[argument.name] == nil {
                lines.append("  \(argument.name): taken out")
            }
        }
        if !approval.endorsedArguments.isEmpty {
            let names = approval.endorsedArguments.joined(separator: ", ")
            lines.append("endorsed for the rest of the run: this value of \(names)")
        }
        return lines
    }
}
