import JSONSchemas
import PolicyEngine
import Provenance
import WorkflowFormat

/// A question as the terminal shows it: raw values, where each came from, and the rule that asks.
enum QuestionText {
    static func text(for request: ApprovalRequest) -> String {
        var lines = ["\(request.call.value.tool) at \(request.address)", request.sentence]
        for (name, value) in request.call.value.arguments {
            let label = request.argumentLabels[name] ?? request.call.label
            lines.append("  \(name) (\(origin(label))):")
            let text = value.stringValue ?? value.serialized(.pretty)
            // Made visible first: a carriage return and a line feed are one character and would not be split.
            for line in Terminal.visible(text).split(separator: "\n", omittingEmptySubsequences: false) {
                lines.append("    | " + line)
            }
        }
        return Terminal.visible(lines.joined(separator: "\n"))
    }

    private static func origin(_ label: Label) -> String {
        let steps = Set(label.sources.map(\.step)).sorted().prefix(4).joined(separator: ", ")
        return steps.isEmpty ? label.integrity.name : "\(label.integrity.name), from \(steps)"
    }
}
