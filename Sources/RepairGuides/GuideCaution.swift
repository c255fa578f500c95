import JSONSchemas

/// A warning of a guide, and what of it can be held without judgement.
public struct GuideCaution: Hashable, Sendable {
    /// The name that steps use.
    public let id: String
    /// What it says.
    public let quote: Quote
    /// Files and folders that must not change, below the folder under repair; without `.`, doubled slashes and a slash
    /// at the end.
    public let protects: [String]
    /// The condition under which the repair stops and a person takes over.
    public let stopsIf: String?
    /// A setting that forbids a command while it has a value.
    public let forbids: Forbidden?
    /// What it names and no check can hold; a person is asked before the first change.
    public let unheld: [String]

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
        object["unheld"] = .array(unheld.map { .string($0) })
        return .object(object)
    }

    init(
        id: String, quote: Quote, protects: [String] = [], stopsIf: String? = nil, forbids: Forbidden? = nil,
        unheld: [String] = []
    ) {
        self.id = id
        self.quote = quote
        self.protects = protects
        self.stopsIf = stopsIf
        self.forbids = forbids
        self.unheld = unheld
    }

    /// The first of `paths` that is protected or lies in a protected folder.
    func firstProtected(among paths: [FolderPath]) -> FolderPath? {
        let guarded = protects.compactMap { FolderPath($0) }
        return paths.first { path in guarded.contains { $0.contains(path) } }
    }

    init(_ value: JSONValue) throws(GuideError) {
        guard let id = value["id"]?.stringValue, !id.isEmpty else { throw GuideError("a caution has no `id`") }
        let quote = try Quote(value, of: "caution `\(id)`")
        // One that says nothing of how it is held is read like a runbook's, so that its words aren't passed over.
        guard Self.holding.contains(where: { value[$0] != nil }) else {
            self = CautionReader.caution(id: id, quote)
            return
        }
        var protects: [String] = []
        for text in value["protects"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
            guard let path = FolderPath(text), path.isListedAsWritten else {
                throw GuideError("caution `\(id)` protects `\(text)`, which is no path below the folder under repair")
            }
            if !protects.contains(path.text) { protects.append(path.text) }
        }
        var forbids: Forbidden?
        if let part = value["forbids"] {
            guard let verb = part["verb"]?.stringValue, let key = part["key"]?.stringValue,
                let text = part["value"]?.stringValue
            else { throw GuideError("caution `\(id)` forbids nothing that can be held") }
            forbids = Forbidden(verb: verb, key: key, value: text)
        }
        self.init(
            id: id, quote: quote, protects: protects, stopsIf: value["stops_if"]?.stringValue, forbids: forbids,
            unheld: value["unheld"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }

    /// The members that say how it is held.
    private static let holding = ["protects", "stops_if", "forbids", "unheld"]
}
