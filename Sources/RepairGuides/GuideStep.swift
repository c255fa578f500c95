import JSONSchemas

/// One step of a guide.
public struct GuideStep: Hashable, Sendable {
    /// What a step is for.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Looks, and changes nothing.
        case diagnose
        /// Changes something.
        case mitigate
        /// Looks whether a change did what it should.
        case verify
        /// Hands over to somebody else.
        case escalate
    }

    /// An edit of a settings file that a step asks for.
    public enum Edit: Hashable, Sendable {
        /// A key gets a value.
        case set(key: String, value: String)
        /// A misspelt key gets its right name; which one the evidence says.
        case rename
    }

    /// The name that other parts of the guide use.
    public let id: String
    /// What it is for.
    public let kind: Kind
    /// What it says.
    public let instruction: Quote
    /// The items of the list that its colon announces; a repair does nothing with them, people read them.
    public let details: [Quote]
    /// The heading it stands under.
    public let section: String
    /// The command to run, by its id.
    public let command: String?
    /// Files to look at, below the folder under repair.
    public let reads: [String]
    /// What must hold for the step to be done at all.
    public let onlyIf: String?
    /// What must be seen, and what shows the fault.
    public let expects: [Expectation]
    /// Edits of a settings file.
    public let edits: [Edit]
    /// Cautions to be shown before it, by id.
    public let hazards: [String]
    /// The next step; the last one has none.
    public let next: String?

    var json: JSONValue {
        var object = JSONObject([("id", .string(id)), ("kind", .string(kind.rawValue))] + instruction.members)
        object["details"] = .array(details.map { .object(JSONObject($0.members)) })
        object["section"] = .string(section)
        if let command { object["command"] = .string(command) }
        if !reads.isEmpty { object["reads"] = .array(reads.map { .string($0) }) }
        if let onlyIf { object["only_if"] = .string(onlyIf) }
        object["expects"] = .array(expects.map(\.json))
        if !edits.isEmpty {
            object["edits"] = .array(
                edits.map { edit in
                    switch edit {
                    case .set(let key, let value): ["set": .string(key), "to": .string(value)]
                    case .rename: ["rename": "misspelt_key"]
                    }
                })
        }
        object["hazards"] = .array(hazards.map { .string($0) })
        object["undo"] = kind == .mitigate ? "restore_folder" : "none"
        object["next"] = next.map { .string($0) } ?? .null
        return .object(object)
    }

    init(
        id: String, kind: Kind, instruction: Quote, section: String, command: String? = nil, reads: [String] = [],
        onlyIf: String? = nil, expects: [Expectation] = [], edits: [Edit] = [], hazards: [String] = [],
        next: String? = nil, details: [Quote] = []
    ) {
        self.id = id
        self.kind = kind
        self.instruction = instruction
        self.details = details
        self.section = section
        self.command = command
        self.reads = reads
        self.onlyIf = onlyIf
        self.expects = expects
        self.edits = edits
        self.hazards = hazards
        self.next = next
    }

    init(_ value: JSONValue) throws(GuideError) {
        guard let id = value["id"]?.stringValue, !id.isEmpty else { throw GuideError("a step has no `id`") }
        guard let kind = value["kind"]?.stringValue.flatMap(Kind.init(rawValue:)) else {
            throw GuideError("step `\(id)` has no known `kind`")
        }
        var expects: [Expectation] = []
        for item in value["expects"]?.arrayValue ?? [] {
            expects.append(try Expectation(item, step: id))
        }
        var edits: [Edit] = []
        for item in value["edits"]?.arrayValue ?? [] {
            if let key = item["set"]?.stringValue, let text = item["to"]?.stringValue {
                edits.append(.set(key: key, value: text))
            } else if item["rename"]?.stringValue == "misspelt_key" {
                edits.append(.rename)
            } else {
                throw GuideError("step `\(id)` has an edit of no known form")
            }
        }
        var details: [Quote] = []
        for item in value["details"]?.arrayValue ?? [] {
            details.append(try Quote(item, of: "a detail of step `\(id)`"))
        }
        self.init(
            id: id, kind: kind, instruction: try Quote(value, of: "step `\(id)`"),
            section: value["section"]?.stringValue ?? "", command: value["command"]?.stringValue,
            reads: value["reads"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            onlyIf: value["only_if"]?.stringValue, expects: expects, edits: edits,
            hazards: value["hazards"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            next: value["next"]?.stringValue, details: details)
    }

    func with(hazards: [String], next: String?) -> GuideStep {
        GuideStep(
            id: id, kind: kind, instruction: instruction, section: section, command: command, reads: reads,
            onlyIf: onlyIf, expects: expects, edits: edits, hazards: hazards, next: next, details: details)
    }
}
