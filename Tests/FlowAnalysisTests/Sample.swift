import FlowAnalysis
import JSONSchemas
import TestSupport
import WorkflowFormat

/// Small workflows over four tools, whose flows are followed.
enum Sample {
    private static let tools = [
        """
        tool: file.read
        summary: Read a file.
        arguments:
          type: object
          properties: { path: { type: string } }
          required: [path]
          additionalProperties: false
        result:
          type: object
          properties: { path: { type: string }, rows: { type: array } }
        labels: { /rows: untrusted, /path: endorsed }
        origin: arguments
        effect: pure
        kind: builtin
        """,
        """
        tool: issue.find
        summary: Find issues.
        arguments:
          type: object
          properties: { query: { type: string }, project: { type: string } }
          required: [query, project]
          additionalProperties: false
        result:
          type: object
          properties:
            rows:
              type: array
              items: { type: object, properties: { id: { type: integer }, title: { type: string } } }
        labels: { /rows: untrusted, /rows/*/id: endorsed }
        effect: pure
        sink: { control: [project], content: [query] }
        kind: builtin
        """,
        """
        tool: issue.create
        summary: File an issue.
        arguments:
          type: object
          properties:
            project: { type: string }
            title: { type: string }
            body: { type: string }
            kind: { type: string }
            after: { type: integer }
          required: [project, title]
          additionalProperties: false
        result: { type: object, properties: { id: { type: integer } } }
        labels: { /id: { integrity: endorsed, apart_from: [title, body] } }
        effect: queryable
        sink: { control: [project, kind, after], content: [title, body] }
        kind: builtin
        """,
        """
        tool: table.write
        summary: Fill a table.
        arguments:
          type: object
          properties: { table: { type: string }, rows: { type: array } }
          required: [table, rows]
          additionalProperties: false
        result: { type: object, properties: { count: { type: integer } } }
        labels: { /count: endorsed }
        origin: arguments
        effect: idempotent
        kind: builtin
        """,
        """
        tool: sql.query
        summary: Ask the tables.
        arguments:
          type: object
          properties: { statement: { type: string }, tables: { type: array } }
          required: [statement]
          additionalProperties: false
        result: { type: object, properties: { rows: { type: array } } }
        labels: { /rows: untrusted }
        origin: arguments
        effect: pure
        sink: { control: [statement], content: [] }
        kind: builtin
        """,
    ]

    /// The flows of a workflow with these steps. `trust` is that of the input `tickets`; `rule` is the one for
    /// `issue.create`, nil for none.
    static func flows(
        trust: String = "untrusted", rule: String? = "{ decision: allow, args: { title: { allow: untrusted } } }",
        _ steps: String
    ) throws -> WorkflowFlows {
        let folder = try TemporaryFolder()
        for (index, tool) in tools.enumerated() { try folder.write(tool, to: "tools/\(index).yaml") }
        try folder.write(
            """
            workflow: sample
            inputs:
              tickets: { type: file, trust: \(trust) }
              words: { type: string, trust: \(trust), default: "" }
              project: { type: string, trust: trusted, default: demo }
            tools: [file.read, issue.find, issue.create, table.write, sql.query]
            policy:
              tools:
                file.read: { decision: allow }
                issue.find: { decision: allow }
                table.write: { decision: allow }
                sql.query: { decision: allow, args: { statement: { from: [workflow] } } }
                \(rule.map { "issue.create: " + $0 } ?? "")
            steps:
            \(steps)
            """, to: "workflow.yaml")
        let definitions = try ToolDefinition.loadAll(directory: folder.path("tools"))
        let workflow = try Workflow.load(path: folder.path("workflow.yaml"), tools: definitions)
        return WorkflowFlows(of: workflow, tools: definitions, tableUse: tableUse)
    }

    private static func tableUse(_ call: ToolCall) -> RunTableUse? {
        switch call.tool {
        case "table.write": .writes(call.arguments["table"]?.stringValue ?? "")
        case "sql.query": .reads(call.arguments["tables"]?.arrayValue?.compactMap(\.stringValue))
        default: nil
        }
    }
}

extension WorkflowFlows {
    /// The flows into one argument of `issue.create`, each as `ORIGIN -> HOP -> HOP`.
    func ways(to argument: String) -> [String] {
        flows.filter { $0.sink.argument == argument && $0.sink.tool == "issue.create" }
            .map { ([$0.origin.description] + $0.path.map(\.description)).joined(separator: " -> ") }
    }

    /// What stands before an argument of `issue.create`.
    func barrier(of argument: String) -> FlowBarrier? {
        flows.first { $0.sink.argument == argument && $0.sink.tool == "issue.create" }?.barrier
    }
}
