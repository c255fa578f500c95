public import JSONSchemas
public import Provenance

extension FieldLabels where Element == Label {
    /// `{"labels": [...], "fields": [{"at": "/rows/*/id", "label": 0}, ...]}`: the labels that occur, each once, and what
    /// is said, the whole value first. `label` is null for a field without one of its own; `trails` stands only where
    /// there are some, and `"loose": true` where the label speaks about parts alone.
    public func toJSON() -> JSONValue {
        var labels: [Label] = []
        let fields = statements.map { statement -> JSONValue in
            var fields: JSONObject = ["at": .string(JSONPointer(statement.pattern).description), "label": .null]
            if let label = statement.label {
                let place = labels.firstIndex(of: label) ?? labels.count
                if place == labels.count { labels.append(label) }
                fields["label"] = .integer(place)
            }
            if !statement.trails.isEmpty {
                fields["trails"] = .array(statement.trails.sorted().map { $0.toJSON() })
            }
            if !statement.isStated { fields["loose"] = true }
            return .object(fields)
        }
        return ["labels": .array(labels.map { $0.toJSON() }), "fields": .array(fields)]
    }

    /// The labels that ``toJSON()`` wrote; nil for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let written = value["labels"]?.arrayValue, let fields = value["fields"]?.arrayValue else { return nil }
        let labels = written.compactMap(Label.init(fromJSON:))
        guard labels.count == written.count else { return nil }
        var statements: [Statement] = []
        for field in fields {
            guard let at = field["at"]?.stringValue, let pointer = try? JSONPointer(parsing: at),
                let place = field["label"]
            else { return nil }
            let index = place.intValue
            guard place.isNull || index.map(labels.indices.contains) == true else { return nil }
            let trails = field["trails"]?.arrayValue ?? []
            let sources = trails.compactMap(Source.init(fromJSON:))
            guard sources.count == trails.count else { return nil }
            statements.append(
                Statement(
                    pattern: pointer.tokens, label: index.map { labels[$0] }, trails: Set(sources),
                    isStated: field["loose"] != true))
        }
        self.init(statements: statements)
    }
}
