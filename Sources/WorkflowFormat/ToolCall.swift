public import JSONSchemas

/// A tool and the arguments for it.
public struct ToolCall: Hashable, Sendable {
    /// The tool.
    public let tool: String
    /// The arguments.
    public let arguments: JSONObject

    /// A call.
    public init(tool: String, arguments: JSONObject) {
        self.tool = tool
        self.arguments = arguments
    }

    /// The call as one text; equal calls have equal texts.
    public var canonical: String {
        toJSON().serialized(.canonical)
    }

    /// `{"tool": ..., "arguments": ...}`
    public func toJSON() -> JSONValue {
        ["tool": .string(tool), "arguments": .object(arguments)]
    }

    /// The call that `toJSON` wrote; `nil` for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let tool = value["tool"]?.stringValue, let arguments = value["arguments"]?.objectValue else {
            return nil
        }
        self.init(tool: tool, arguments: arguments)
    }
}
