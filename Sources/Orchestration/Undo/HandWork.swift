public import JSONSchemas
import RunJournal
import ToolExecution
import WorkflowFormat

/// An effect that Warrant can't take back, and what a person can do about it.
public struct HandWork: Hashable, Sendable {
    /// The step's address.
    public let step: String
    /// The tool that was called.
    public let tool: String
    /// What was done and what to do, in plain words.
    public let sentence: String

    /// What is left to do by hand of the calls at these entries.
    static func all(in entries: [JournalEntry], registry: ToolRegistry) -> [HandWork] {
        let recorded = RecordedRun(entries)
        var works: [HandWork] = []
        var seen: Set<String> = []
        for entry in entries where entry.kind == .executionStarted {
            guard let tool = entry.body["tool"]?.stringValue, seen.insert(entry.step).inserted,
                recorded.hasBegun(at: entry.step), reachesOutside(tool, registry)
            else { continue }
            // What was observed before the newest attempt says nothing about that one.
            let observation =
                recorded.hasUnendedAttempt(at: entry.step)
                ? nil : recorded.body(.observationRecorded, at: entry.step)?["observation"]
            guard let work = HandWork(entry.step, tool, observation, of: entry.run) else { continue }
            works.append(work)
        }
        return works
    }

    /// Whether a tool does something elsewhere than in files and the run's tables. A sandboxed one can't.
    private static func reachesOutside(_ tool: String, _ registry: ToolRegistry) -> Bool {
        guard let definition = registry.definition(tool) else { return true }
        return definition.effect != .pure && definition.sandboxProfile == nil && !registry.fillsRunTables(tool)
            && !registry.changesFiles(tool)
    }

    private init?(_ step: String, _ tool: String, _ observation: JSONValue?, of run: RunID) {
        self.step = step
        self.tool = tool
        guard let observation else {
            sentence =
                "Step `\(step)` began `\(tool)` and nobody knows what became of it: look where it would have landed."
            return
        }
        guard let value = observation["value"] else {
            // What was refused had no effect; what broke may have had one.
            guard let code = observation["failure"]?["code"]?.stringValue,
                [ToolError.Code.io, .badResult].map(\.rawValue).contains(code)
            else { return nil }
            sentence = "Step `\(step)` called `\(tool)`, which failed (`\(code)`): look where it would have landed."
            return
        }
        let name = value["url"]?.stringValue ?? value["id"].map { $0.stringValue ?? $0.serialized(.compact) }
        let issue = name.map { "issue \($0)" } ?? "an issue"
        switch tool {
        case "issue.create": sentence = "Step `\(step)` filed \(issue): close it in the tracker."
        case "issue.comment":
            sentence = "Step `\(step)` commented on \(issue): remove the comment there, or answer it."
        case "issue.label": sentence = "Step `\(step)` changed labels of \(issue): set them back in the tracker."
        case "issue.close": sentence = "Step `\(step)` closed \(issue): open it again in the tracker."
        default:
            sentence =
                "Step `\(step)` called `\(tool)`: see with `warrant show \(run) --step \(step)` what it did there."
        }
    }

    /// As one value.
    public func toJSON() -> JSONValue {
        ["type": "by_hand", "step": .string(step), "tool": .string(tool), "sentence": .string(sentence)]
    }
}
