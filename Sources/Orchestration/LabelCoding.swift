import JSONSchemas
import PolicyEngine
import Provenance

extension Label {
    /// The label an entry carries; anything unreadable is untrusted, so that damage never raises a label.
    init(recorded value: JSONValue) {
        self = Label(fromJSON: value) ?? Label(integrity: .untrusted, readers: .only([]))
    }

    /// The same label with at most a few dozen sources: items of one loop are told as one source, `step[]`.
    ///
    /// A value made from every item of a long loop would otherwise carry hundreds of addresses through all later entries.
    func condensed() -> Label {
        guard sources.count > 24 else { return self }
        let merged = sources.map { source in
            Source(step: Self.withoutIndexes(source.step), tool: source.tool, pointer: "")
        }
        return Label(integrity: integrity, readers: readers, sources: Set(merged))
    }

    private static func withoutIndexes(_ address: String) -> String {
        var result = ""
        var isInside = false
        for character in address {
            if character == "]" { isInside = false }
            if !isInside { result.append(character) }
            if character == "[" { isInside = true }
        }
        return result
    }
}
