public import JSONSchemas

/// What an agent said it would do before it saw any data: which tools, how often, in which order, and which arguments
/// are settled.
public struct LockedPlan: Hashable, Sendable {
    /// One line of a plan.
    public struct Entry: Hashable, Sendable {
        /// The tool, by the name the model uses.
        public let tool: String
        /// How often it is called.
        public let times: Int
        /// Arguments that are settled, with their values.
        public let fixed: JSONObject

        /// A line.
        public init(tool: String, times: Int = 1, fixed: JSONObject = JSONObject()) {
            self.tool = tool
            self.times = times
            self.fixed = fixed
        }
    }

    /// The lines in order.
    public let entries: [Entry]

    /// A plan.
    public init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// The most lines a plan has.
    public static let entryLimit = 8

    /// `[{"tool": ..., "times": ..., "fixed": {...}}]`
    public func toJSON() -> JSONValue {
        .array(
            entries.map {
                ["tool": .string($0.tool), "times": .integer($0.times), "fixed": .object($0.fixed)]
            })
    }

    /// The plan that ``toJSON()`` wrote; `nil` for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let list = value.arrayValue else { return nil }
        var entries: [Entry] = []
        for item in list {
            guard let tool = item["tool"]?.stringValue, let times = item["times"]?.intValue, times >= 0,
                let fixed = item["fixed"]?.objectValue
            else { return nil }
            entries.append(Entry(tool: tool, times: times, fixed: fixed))
        }
        self.init(entries)
    }

    /// For people: `look, then file 2 times with labels ["bug"]`.
    public var summary: String {
        guard !entries.isEmpty else { return "no call at all" }
        return entries.map { entry in
            var text = "`\(entry.tool)`"
            if entry.times != 1 { text += " \(entry.times) times" }
            if !entry.fixed.isEmpty { text += " with \(JSONValue.object(entry.fixed).serialized(.compact))" }
            return text
        }.joined(separator: ", then ")
    }
}
