import JSONSchemas
import Provenance
import WorkflowFormat

/// What is looked up about one call once, however many rules ask for it.
struct CallFacts {
    /// What conditions look at in one argument.
    struct Argument {
        let isUntrusted: Bool
        /// See `JSONValue.leaves(of:in:)`.
        let leaves: [JSONValue]
        /// The leaves and the value itself, in one letter case.
        let folded: [JSONValue]
        /// What looks like a secret in it.
        let secret: SecretScanner.Kind?
    }

    let call: Labelled<ToolCall>
    let context: PolicyContext
    let tool: ToolDefinition
    private var arguments: [String: Argument] = [:]
    private var secrets: [String: SecretScanner.Kind]?

    init(_ call: Labelled<ToolCall>, _ context: PolicyContext, _ tool: ToolDefinition) {
        self.call = call
        self.context = context
        self.tool = tool
    }

    /// What is known of an argument; nil where the call doesn't set it.
    mutating func argument(_ name: String) -> Argument? {
        if let known = arguments[name] { return known }
        guard let value = call.value.arguments[name] else { return nil }
        let leaves = value.leaves(of: name, in: tool.arguments)
        let isOne = leaves.count == 1 && leaves.first == value
        let known = Argument(
            isUntrusted: (context.argumentLabels[name] ?? call.label).integrity == .untrusted, leaves: leaves,
            folded: (isOne ? leaves : leaves + [value]).map(Self.folded), secret: secretKinds()[name])
        arguments[name] = known
        return known
    }

    /// The arguments that hold what looks like a secret, each with what the first one looks like.
    mutating func secretKinds() -> [String: SecretScanner.Kind] {
        if let secrets { return secrets }
        var found: [String: SecretScanner.Kind] = [:]
        for (name, value) in call.value.arguments {
            found[name] = value.texts.lazy.compactMap(SecretScanner.kind).first
        }
        secrets = found
        return found
    }

    /// In one letter case.
    static func folded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text.lowercased())
        case .array(let elements): .array(elements.map(folded))
        default: value
        }
    }
}
