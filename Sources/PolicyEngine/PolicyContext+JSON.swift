public import JSONSchemas
public import Provenance
public import WorkflowFormat

extension PolicyContext {
    /// What a later look at the decision needs beside the call, its labels, the run and the address: those are
    /// recorded with it. What is empty or as usual is left out.
    public func toJSON(deciding call: ToolCall) -> JSONValue {
        func lists(_ values: [String: [String]]) -> JSONValue {
            .object(
                JSONObject(
                    values.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .string($0) })) }))
        }
        // Every text is looked up as if it were a path; most are none.
        let paths = resolvedPaths.filter { name, _ in
            call.arguments[name]?.stringValue?.contains("/") == true
                || roots.keys.contains { $0.hasSuffix(".\(name).under") }
        }
        var members: JSONObject = [
            "earlier": .object(
                JSONObject(
                    earlierCalls.filter { $0.value != 0 }.sorted { $0.key < $1.key }
                        .map { ($0.key, .integer($0.value)) })),
            "paths": .object(
                JSONObject(paths.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ]
        if !roots.isEmpty { members["roots"] = lists(roots) }
        if !self.lists.isEmpty { members["lists"] = lists(self.lists) }
        if isOutcomeUnknown { members["outcome_unknown"] = true }
        if attempt > 1 { members["attempt"] = .integer(attempt) }
        let used = endorsements.filter { $0.covers($0.argument, of: call, in: run) }
        if !used.isEmpty { members["endorsements"] = .array(used.map { $0.toJSON() }) }
        if !closedChoices.isEmpty { members["closed"] = .array(closedChoices.sorted().map { .string($0) }) }
        if !task.isEmpty { members["task"] = .array(task.plainTexts.map { .string($0) }) }
        let leaked = Canary.held(canaries, by: call.arguments)
        if !leaked.isEmpty { members["canaries"] = .array(leaked.map { .string($0) }) }
        let handles = handles.toJSON(for: call)
        if handles != [] { members["handles"] = handles }
        return .object(members)
    }

    /// The context that ``toJSON(deciding:)`` wrote; nil for anything else, so that a decision made from half a record
    /// never passes for the recorded one.
    public init?(fromJSON value: JSONValue, run: String, address: String, argumentLabels: [String: Label]) {
        guard let earlier = Self.members(value["earlier"], \.intValue),
            let paths = Self.members(value["paths"], \.stringValue),
            let roots = Self.members(value["roots"] ?? .object(JSONObject()), Self.strings),
            let lists = Self.members(value["lists"] ?? .object(JSONObject()), Self.strings),
            let closed = Self.strings(value["closed"] ?? []), let task = Self.strings(value["task"] ?? []),
            let canaries = Self.strings(value["canaries"] ?? []),
            let handles = HandleLedger(fromJSON: value["handles"] ?? [])
        else { return nil }
        let written = value["endorsements"] ?? []
        let endorsements = written.arrayValue?.compactMap(Endorsement.init(fromJSON:))
        guard let endorsements, endorsements.count == written.arrayValue?.count else { return nil }
        self.init(
            run: run, address: address, earlierCalls: earlier, roots: roots, resolvedPaths: paths,
            argumentLabels: argumentLabels, lists: lists,
            isOutcomeUnknown: value["outcome_unknown"]?.boolValue ?? false, task: TypedMatch(task), handles: handles,
            attempt: value["attempt"]?.intValue ?? 1, endorsements: endorsements, closedChoices: Set(closed),
            canaries: canaries)
    }

    private static func members<Member>(_ value: JSONValue?, _ read: (JSONValue) -> Member?) -> [String: Member]? {
        guard let object = value?.objectValue else { return nil }
        var members: [String: Member] = [:]
        for (name, value) in object {
            guard let member = read(value) else { return nil }
            members[name] = member
        }
        return members
    }

    private static func strings(_ value: JSONValue) -> [String]? {
        guard let list = value.arrayValue else { return nil }
        let strings = list.compactMap(\.stringValue)
        return strings.count == list.count ? strings : nil
    }
}

extension Label {
    /// The labels that ``toJSON(_:)`` wrote; nil for anything else.
    public static func recorded(_ value: JSONValue) -> [String: Label]? {
        guard let object = value.objectValue else { return nil }
        var labels: [String: Label] = [:]
        for (argument, value) in object {
            guard let label = Label(fromJSON: value) else { return nil }
            labels[argument] = label
        }
        return labels
    }
}
