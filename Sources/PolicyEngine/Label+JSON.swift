public import JSONSchemas
public import Provenance

extension Source {
    /// `{"step": ..., "tool": ..., "pointer": ...}`, the tool null where there is none.
    public func toJSON() -> JSONValue {
        ["step": .string(step), "tool": tool.map { .string($0) } ?? .null, "pointer": .string(pointer)]
    }

    /// The source that ``toJSON()`` wrote; nil for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let step = value["step"]?.stringValue, let pointer = value["pointer"]?.stringValue else {
            return nil
        }
        self.init(step: step, tool: value["tool"]?.stringValue, pointer: pointer)
    }
}

extension Label {
    /// `{"integrity": "untrusted", "readers": null, "sources": [...]}`; equal labels give equal text.
    /// `readers` is null for everyone, else a sorted list.
    public func toJSON() -> JSONValue {
        let readers: JSONValue =
            switch readers {
            case .everyone: .null
            case .only(let names): .array(names.sorted().map { .string($0) })
            }
        return [
            "integrity": .string(integrity.name), "readers": readers,
            "sources": .array(sortedSources.map { $0.toJSON() }),
        ]
    }

    /// The label that ``toJSON()`` wrote; nil for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let integrity = value["integrity"]?.stringValue.flatMap(Integrity.init(name:)),
            let list = value["sources"]?.arrayValue, let written = value["readers"]
        else { return nil }
        let sources = list.compactMap(Source.init(fromJSON:))
        let names = written.arrayValue?.compactMap(\.stringValue)
        guard sources.count == list.count, written.isNull || names?.count == written.arrayValue?.count else {
            return nil
        }
        guard written.isNull || names != nil else { return nil }
        self.init(
            integrity: integrity, readers: names.map { .only(Set($0)) } ?? .everyone, sources: Set(sources))
    }

    /// Labels by argument as one object, in the order of the names.
    public static func toJSON(_ labels: [String: Label]) -> JSONValue {
        .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value.toJSON()) }))
    }
}
