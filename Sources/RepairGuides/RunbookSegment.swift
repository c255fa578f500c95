public import JSONSchemas

/// A piece of a runbook that may be a step or a warning.
public struct RunbookSegment: Hashable, Sendable {
    /// What a piece is, as far as headings and words show it.
    public enum Role: String, Hashable, Sendable {
        case diagnose, mitigate, verify, escalate
        case caution
        /// A step whose kind no heading tells.
        case step
    }

    /// A command in the piece.
    public struct Command: Hashable, Sendable {
        /// The command.
        public let line: Quote
        /// Whether it is a query for some console and no command.
        public let isQuery: Bool
    }

    /// What it says.
    public let quote: Quote
    /// The heading it stands under.
    public let section: String
    /// What it is.
    public let role: Role
    /// Whether a model has to say if it is a step at all, or of which kind.
    public let isOpen: Bool
    /// Its commands.
    public let commands: [Command]
    /// The items of the list that its colon announces.
    public internal(set) var details: [Quote] = []

    /// The piece as a row.
    public func toJSON() -> JSONValue {
        var object = JSONObject(quote.members)
        object["text"] = .string(quote.line)
        object["section"] = .string(section)
        object["role"] = .string(role.rawValue)
        object["open"] = .bool(isOpen)
        object["commands"] = .array(
            commands.map { command in
                var row = JSONObject(command.line.members)
                row["query"] = .bool(command.isQuery)
                return .object(row)
            })
        object["details"] = .array(details.map { .object(JSONObject($0.members)) })
        return .object(object)
    }

    init(quote: Quote, section: String, role: Role, isOpen: Bool, commands: [Command] = []) {
        self.quote = quote
        self.section = section
        self.role = role
        self.isOpen = isOpen
        self.commands = commands
    }

    /// The piece that ``toJSON()`` wrote.
    public init(_ value: JSONValue) throws(GuideError) {
        guard let role = value["role"]?.stringValue.flatMap(Role.init(rawValue:)) else {
            throw GuideError("a segment has no known `role`")
        }
        var commands: [Command] = []
        for item in value["commands"]?.arrayValue ?? [] {
            commands.append(
                Command(line: try Quote(item, of: "a command"), isQuery: item["query"]?.boolValue ?? false))
        }
        self.init(
            quote: try Quote(value, of: "a segment"), section: value["section"]?.stringValue ?? "", role: role,
            isOpen: value["open"]?.boolValue ?? false, commands: commands)
        for item in value["details"]?.arrayValue ?? [] { details.append(try Quote(item, of: "a detail")) }
    }
}
