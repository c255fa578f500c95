import ConstrainedDecoding
public import JSONSchemas
import ModelRuntime
import Provenance
import WorkflowFormat

/// Asks for a plan before any data is seen: the goal, trusted values and the tools are all the model is shown.
public struct PlanRequest: Sendable {
    /// The plan's address, `STEP/plan`.
    public let address: String
    /// What is to be done, from trusted text only.
    public let goal: String
    /// Trusted values that the goal may speak of.
    public let data: [DataItem]
    /// The tools, without their bound arguments, and the arguments of each that a plan may settle.
    public let tools: [(tool: OfferedTool, settleable: [String])]
    /// How often one line may call its tool.
    public let timesLimit: Int

    /// A request.
    public init(
        address: String, goal: String, data: [DataItem] = [], tools: [(tool: OfferedTool, settleable: [String])],
        timesLimit: Int
    ) {
        self.address = address
        self.goal = goal
        self.data = data
        self.tools = tools
        self.timesLimit = timesLimit
    }

    /// Characters of a text that a plan settles.
    static let textLimit = 120

    /// What a plan looks like: at most ``LockedPlan/entryLimit`` lines, each with a tool, how often, and settled arguments.
    public func schema() throws(SchemaError) -> JSONSchema {
        let lines: [JSONValue] = tools.map { tool, settleable in
            var fixed = JSONObject()
            let properties = tool.arguments.source["properties"]?.objectValue ?? JSONObject()
            for name in settleable {
                if let property = properties[name].flatMap(Self.settled) { fixed[name] = property }
            }
            return [
                "type": "object",
                "properties": [
                    "tool": ["const": .string(tool.name)],
                    "times": ["type": "integer", "minimum": 1, "maximum": .integer(timesLimit)],
                    "fixed": ["type": "object", "properties": .object(fixed), "additionalProperties": false],
                ],
                "required": ["tool", "times", "fixed"], "additionalProperties": false,
            ]
        }
        let items: JSONValue = lines.count == 1 ? lines[0] : ["anyOf": .array(lines)]
        return try JSONSchema(["type": "array", "items": items, "maxItems": .integer(LockedPlan.entryLimit)])
    }

    /// The schema of an argument as a plan settles it: one plain value or a list of them, short. Nil for anything else.
    private static func settled(_ source: JSONValue) -> JSONValue? {
        guard var members = source.objectValue, members["$ref"] == nil, members["anyOf"] == nil else { return nil }
        if members["enum"] != nil || members["const"] != nil { return source }
        switch members["type"]?.stringValue {
        case "integer", "number", "boolean": return source
        case "string":
            if let least = members["minLength"]?.intValue, least > textLimit { return nil }
            members["maxLength"] = .integer(min(members["maxLength"]?.intValue ?? textLimit, textLimit))
            return .object(members)
        case "array":
            guard let items = members["items"].flatMap(settled) else { return nil }
            members["items"] = items
            return .object(members)
        default: return nil
        }
    }

    /// The prompt: trusted text and nothing else.
    func prompt(dialect: ChatDialect) -> Prompt {
        let own = Label.trusted(Source(step: address, tool: nil, pointer: ""))
        var prompt = Prompt([
            PromptSegment(.template, dialect.systemPrefix, label: own),
            PromptSegment(.instruction, Self.systemText(tools.map(\.tool), dialect: dialect), label: own),
            PromptSegment(.template, dialect.turnEnd + dialect.userPrefix, label: own),
            PromptSegment(.instruction, goal, label: own),
        ])
        for item in data {
            prompt.append(PromptSegment(.instruction, "\n\n<\(item.name)>\n", label: own))
            prompt.append(PromptSegment(.data, item.text, label: item.label))
            prompt.append(PromptSegment(.instruction, "\n</\(item.name)>", label: own))
        }
        prompt.append(
            PromptSegment(.template, dialect.turnEnd + dialect.assistantPrefix + dialect.callPrefix, label: own))
        return prompt
    }

    private static func systemText(_ tools: [OfferedTool], dialect: ChatDialect) -> String {
        var text = """
            You plan work with tools before any of it is done. Later nothing may be called that the plan does not \
            name, so name every tool that is needed, also those that only look something up, in their order. \
            Under "fixed" write only arguments whose value the task states; leave the others out.

            # Tools

            <tools>

            """
        for tool in tools {
            let signature: JSONValue = [
                "name": .string(tool.name), "description": .string(tool.summary), "parameters": tool.arguments.source,
            ]
            text += signature.serialized(.spaced) + "\n"
        }
        text += """
            </tools>

            The plan is a JSON list\(dialect.fenceText):

            """
        return text + dialect.callPrefix
            + #"[{"tool": <function-name>, "times": <how often>, "fixed": {<argument>: <value>}}]"# + dialect.callSuffix
    }
}
