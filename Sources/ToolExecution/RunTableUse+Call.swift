import JSONSchemas
public import WorkflowFormat

extension RunTableUse {
    /// The use that `call` makes of them; nil for none.
    public init?(_ call: ToolCall) {
        switch call.tool {
        case TableWriteTool.toolName:
            self = .writes(call.arguments["table"]?.stringValue?.lowercased() ?? "")
        case SQLQueryTool.toolName where call.arguments["database"] == nil:
            // The database tells names apart without regard to case.
            self = .reads(call.arguments["tables"]?.arrayValue?.compactMap { $0.stringValue?.lowercased() })
        case SearchTool.toolName:
            guard let table = call.arguments["table"] else { return nil }
            self = .reads(table.stringValue.map { [$0.lowercased()] })
        default: return nil
        }
    }
}
