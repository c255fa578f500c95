import JSONSchemas
import PolicyEngine
import RunJournal
import WorkflowFormat

extension RecordReader {
    /// What a call does and where it lands, in sentences for whoever decides on it; empty where its tool is not known.
    func purpose(of call: CallView, in run: RunSummary) -> String {
        guard let tool = tools[call.tool] else { return "" }
        var sentences = [tool.summary]
        if tool.name.hasPrefix("issue."), let tracker = run.parameters["tracker"] {
            let name = ShownText.line(tracker["name"]?.stringValue ?? "", limit: 100)
            let place = ShownText.line(tracker["url"]?.stringValue ?? "on this machine", limit: 300)
            sentences.append("The tracker is `\(name)`, \(place).")
        }
        if tool.name == "file.write" {
            sentences.append("The folder is `\(ShownText.line(run.directory, limit: 300))`.")
        }
        switch tool.effect {
        case .pure: sentences.append("It is declared to change nothing.")
        case .queryable: sentences.append("`warrant undo` takes back files alone, and not this.")
        case .opaque: sentences.append("Where it is interrupted, nobody can look up whether it happened.")
        case .idempotent, .transactional: break
        }
        return sentences.joined(separator: " ")
    }
}
