import JSONSchemas

/// A warning of a guide, and what of it can be held without judgement.
public struct GuideCaution: Hashable, Sendable {
    /// The name that steps use.
    public let id: String
    /// What it says.
    public let quote: Quote
    /// Files that must not change, below the folder under repair.
    public let protects: [String]
    /// The condition under which the repair stops and a person takes over.
    public let stopsIf: String?
    /// A setting that forbids a command while it has a value.
    public let forbids: Forbidden?

    /// A command that must not run while a setting has a value.
    public struct Forbidden: Hashable, Sendable {
        /// A word of the command.
        public let verb: String
        /// The setting.
        public let key: String
        /// Its value.
        public let value: String
    }

    var json: JSONValue {
        var object = JSONObject([("id", .string(id))] + quote.members)
        object["protects"] = .array(protects.map { .string($0) })
        if let stopsIf { object["stops_if"] = .string(stopsIf) }
        if let forbids {
            object["forbids"] = [
                "verb": .string(forbids.verb), "key": .string(forbids.key), "value": .string(forbids.value),
            ]
        }
        return .object(object)
    }

    init(id: String, quote: Quote, protects: [String] = [], stopsIf: String? = nil, forbids: Forbidden? = nil) {
        self.id = id
        self.quote = quote
        self.protects = protects
        self.stopsIf = stopsIf
        self.forbids = forbids
    }

    init(_ value: JSONValue) throws(GuideError) {
        guard let id = value["id"]?.stringValue, !id.isEmpty else { throw GuideError("a caution has no `id`") }
        var forbids: Forbidden?
        if let part = value["forbids"] {
            guard let verb = part["verb"]?.stringValue, let key = part["key"]?.stringValue,
                let text = part["value"]?.stringValue
            else { throw GuideError("caution `\(id)` forbids nothing that can be held") }
            forbids = Forbidden(verb: verb, key: key, value: text)
        }
        self.init(
            id: id, quote: try Quote(value, of: "caution `\(id)`"),
            protects: value["protects"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            stopsIf: value["stops_if"]?.stringValue, forbids: forbids)
    }
}
