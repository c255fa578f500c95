import JSONSchemas
import ModelRuntime

/// A model as the journal keeps it: what prompts were made for, so that they can be made again without the weights.
extension ModelDescription {
    var json: JSONValue {
        var members: JSONObject = [
            "name": .string(name), "sha256": sha256.map { .string($0) } ?? .null,
            "context": .integer(contextTokenLimit),
            "dialect": [
                "name": .string(dialect.name), "system_prefix": .string(dialect.systemPrefix),
                "user_prefix": .string(dialect.userPrefix), "assistant_prefix": .string(dialect.assistantPrefix),
                "turn_end": .string(dialect.turnEnd), "call_prefix": .string(dialect.callPrefix),
                "call_suffix": .string(dialect.callSuffix),
            ],
        ]
        // A server's answers are not bounded while they are written, but checked when they are there.
        if isRemote { members["constrained"] = "remote" }
        if isDeterministic { members["deterministic"] = true }
        return .object(members)
    }

    /// The model that ``json`` wrote; nil for anything else.
    init?(json value: JSONValue) {
        func text(_ name: String) -> String? { value["dialect"]?[name]?.stringValue }
        guard let name = value["name"]?.stringValue, let context = value["context"]?.intValue,
            let dialect = text("name"), let systemPrefix = text("system_prefix"), let userPrefix = text("user_prefix"),
            let assistantPrefix = text("assistant_prefix"), let turnEnd = text("turn_end"),
            let callPrefix = text("call_prefix"), let callSuffix = text("call_suffix")
        else { return nil }
        self.init(
            name: name, sha256: value["sha256"]?.stringValue, contextTokenLimit: context,
            dialect: ChatDialect(
                name: dialect, systemPrefix: systemPrefix, userPrefix: userPrefix, assistantPrefix: assistantPrefix,
                turnEnd: turnEnd, callPrefix: callPrefix, callSuffix: callSuffix),
            isRemote: value["constrained"]?.stringValue == "remote",
            isDeterministic: value["deterministic"]?.boolValue ?? false)
    }
}
