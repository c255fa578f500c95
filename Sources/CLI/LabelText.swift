import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal

/// Labels as the terminal shows them: how far a value is trusted, who may see it, and where it came from.
enum LabelText {
    /// Sources that a line names; the journal has all of them.
    private static let sourceLimit = 8

    /// `untrusted, only for support; from listed (issue.list) /rows/0/title`
    static func text(for label: Label) -> String {
        var text = label.integrity.name
        switch label.readers {
        case .everyone: break
        case .only(let names):
            text += names.isEmpty ? ", for nobody to see" : ", only for " + names.sorted().joined(separator: ", ")
        }
        let sources = label.sortedSources
        guard !sources.isEmpty else { return text }
        text += "; from " + sources.prefix(sourceLimit).map(\.description).joined(separator: ", ")
        let more = sources.count - sourceLimit
        return more > 0 ? text + " and \(more) more" : text
    }

    /// One line an argument of a proposed call: `title: untrusted; from ...`. Entries from before arguments had labels
    /// of their own give none.
    static func arguments(of proposed: JSONValue) -> [String] {
        (proposed["labels"]?.objectValue ?? JSONObject()).map { name, label in
            "\(name): " + (Label(fromJSON: label).map(text) ?? "its label can't be read")
        }
    }

    /// What an entry says about labels and about how much an answer could tell, for reading.
    static func lines(for entry: JournalEntry) -> [String] {
        var lines: [String] = []
        if let fields = entry.body["fields"] {
            guard let labels = LabelMap(fromJSON: fields) else { return ["labels: they can't be read"] }
            for statement in labels.statements {
                // A field is asked for by its place, so that its own source is named too.
                let place = statement.pattern.isEmpty ? "the rest" : JSONPointer(statement.pattern).description
                let parts = labels.at(statement.pattern)
                lines.append("label of \(place): " + text(for: statement.pattern.isEmpty ? labels.rest : parts.label))
            }
        } else if let label = entry.body["label"].flatMap(Label.init(fromJSON:)) {
            lines.append("label: " + text(for: label))
        }
        if entry.kind == .callProposed {
            lines += arguments(of: entry.body).map { "argument \($0)" }
        }
        for (pointer, bits) in entry.body["capacity"]?.objectValue ?? JSONObject() {
            let place = pointer.isEmpty ? "the answer" : pointer
            lines.append("capacity of \(place): " + (bits.doubleValue.map { "\($0) bits" } ?? "no bound"))
        }
        return lines
    }
}

extension FieldLabels {
    /// The label of a field that nothing is said about.
    fileprivate var rest: Element { trails.reduce(whole) { $0.adding($1) } }
}
