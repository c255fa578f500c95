import JSONSchemas
import PolicyEngine
import Provenance

extension Label {
    /// The label an entry carries; anything unreadable is untrusted, so that damage never raises a label.
    init(recorded value: JSONValue) {
        self = Label(fromJSON: value) ?? .unreadable
    }

    /// What stands for a label that can't be read: nobody may rely on the value and no sink may show it.
    static let unreadable = Label(integrity: .untrusted, readers: .only([]))

    /// The same label with at most a few dozen sources: items of one loop are told as one source, `step[]`, and elements
    /// of one list as `*`.
    ///
    /// A value made from every item of a long loop would otherwise carry hundreds of addresses through all later entries.
    func condensed() -> Label {
        Label(integrity: integrity, readers: readers, sources: sources.condensed())
    }
}

extension LabelMap {
    /// The labels of an observation that was recorded as `body`. An entry from before fields had labels has one for all.
    init(recorded body: JSONValue) {
        guard let fields = body["fields"] else {
            self.init(Label(recorded: body["label"] ?? .null))
            return
        }
        self = LabelMap(fromJSON: fields) ?? LabelMap(.unreadable)
    }

    /// The same with at most a few dozen sources in each label.
    func condensed() -> LabelMap {
        map({ $0.condensed() }, trails: { $0.condensed() })
    }
}

extension Set<Source> {
    private static var limit: Int { 24 }

    fileprivate func condensed() -> Set<Source> {
        guard count > Self.limit else { return self }
        let merged = Set(
            map { Source(step: Self.withoutIndexes($0.step), tool: $0.tool, pointer: Self.withoutIndexes(in: $0)) })
        guard merged.count > Self.limit else { return merged }
        return Set(merged.map { Source(step: $0.step, tool: $0.tool) })
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

    private static func withoutIndexes(in source: Source) -> String {
        source.pointer.split(separator: "/", omittingEmptySubsequences: false)
            .map { !$0.isEmpty && $0.allSatisfy(\.isWholeNumber) ? "*" : $0 }.joined(separator: "/")
    }
}
