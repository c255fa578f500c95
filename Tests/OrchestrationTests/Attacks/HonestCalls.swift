import JSONSchemas
import WorkflowFormat

/// What honest runs of the workflows call: every tool that they list.
enum HonestCalls {
    /// The calls of a workflow, at least one a tool.
    static func all(of workflow: ShippedWorkflow) -> [ShippedCall] {
        switch workflow.name {
        case "spec-to-test-plan": plan(workflow)
        case "ticket-triage": triage(workflow)
        case "repair-guide": repair(workflow)
        case "fix-from-failures": fix(workflow)
        default: []
        }
    }

    /// What an honest call gets: what its tool's rule says, or what the manifest demands.
    static func expected(_ call: ShippedCall, of workflow: ShippedWorkflow) -> PolicyDecision {
        let rule = workflow.definition.tools.first { $0.tool == call.tool }
        let manifest = workflow.tools.first { $0.name == call.tool }
        return [rule?.decision, manifest?.leastDecision].contains(.ask) ? .ask : .allow
    }

    private static func plan(_ workflow: ShippedWorkflow) -> [ShippedCall] {
        [
            workflow.call("file.read", ["path": .input("spec"), "as": .workflow("text")]),
            workflow.call(
                "quote.check",
                ["path": .input("spec"), "rows": .planner([["quote": "Keys.", "byte_start": 0, "byte_end": 5]])]),
            workflow.call("case.read", ["path": .input("cases")]),
            workflow.call(
                "case.vary",
                [
                    "text": .planner("# Keys"),
                    "rules": .planner([["id": "R-001", "quote": "Keys.", "polarity": "must"]]),
                ]),
            workflow.call("case.group", ["rows": .planner([["id": "a", "expect": "accept", "outcome": "pass"]])]),
            workflow.call(
                "table.write",
                ["table": .workflow("cases"), "rows": .planner([["id": "a"]]), "columns": .workflow(["id"])]),
            workflow.call("sql.query", ["statement": .workflow("SELECT 1 AS one"), "tables": .workflow(["cases"])]),
            // What a failing case holds is asked with.
            workflow.call(
                "sql.query",
                [
                    "statement": .workflow("SELECT ? AS input"), "tables": .workflow(["cases"]),
                    "parameters": .planner(["1h"]),
                ]),
            // An agent writes a statement itself.
            workflow.call(
                "sql.query",
                [
                    "statement": .planner("SELECT input FROM related"), "tables": .workflow(["related"]),
                    "row_limit": .workflow(6),
                ]),
            workflow.call(
                "search", ["in": .input("spec"), "query": .planner("unique keys"), "limit": .workflow(1)]),
            workflow.call(
                "test.run", ["argv": .input("sut"), "workspace": .input("workspace"), "input": .planner("1h")]),
            workflow.call(
                "test.run_all",
                [
                    "argv": .input("sut"), "workspace": .input("workspace"),
                    "cases": .planner([["id": "a", "input": "1h", "expect": "accept"]]),
                ]),
            workflow.call(
                "issue.create",
                [
                    "project": .input("project"), "title": .planner("Accepts 1h60m"), "body": .planner("It does."),
                    "labels": .workflow(["bug"]),
                ]),
        ]
    }

    private static func fix(_ workflow: ShippedWorkflow) -> [ShippedCall] {
        let suite: JSONValue = [["id": "a", "input": "1", "expect": "accept"]]
        return [
            workflow.call("case.read", ["path": .input("cases")]),
            workflow.call(
                "test.run_all",
                ["argv": .input("sut"), "workspace": .input("workspace"), "cases": .planner(suite)]),
            workflow.call(
                "table.write",
                ["table": .workflow("before"), "rows": .planner([["id": "a"]]), "columns": .workflow(["id"])]),
            workflow.call("sql.query", ["statement": .workflow("SELECT 1 AS one"), "tables": .workflow(["before"])]),
            workflow.call(
                "patch.read",
                [
                    "workspace": .input("workspace"), "source": .input("source"), "cases_file": .input("cases"),
                    "limit": .workflow(60),
                ]),
            workflow.call(
                "patch.candidates",
                [
                    "workspace": .input("workspace"), "source": .input("source"), "lines": .planner([["line": 1]]),
                ]),
            workflow.call(
                "patch.try",
                [
                    "argv": .input("sut"), "compile": .input("compile"), "workspace": .input("workspace"),
                    "source": .input("source"), "cases_file": .input("cases"), "seconds": .input("seconds"),
                    "cases": .planner(suite), "candidates": .planner([["line": 1, "new": "x"]]),
                ]),
            workflow.call("file.look", ["path": .input("source"), "workspace": .input("workspace")]),
            workflow.call(
                "file.replace_line",
                [
                    "path": .input("source"), "workspace": .input("workspace"), "line": .planner(1),
                    "old_line": .planner("x = 1"), "new_line": .planner("x = 2"), "why": .planner("Cases fail."),
                ]),
        ]
    }

    private static func triage(_ workflow: ShippedWorkflow) -> [ShippedCall] {
        let files = ["tickets", "labels", "examples", "issues"].map { input in
            workflow.call("file.read", ["path": .input(input), "invalid": .workflow("skip")])
        }
        let labelled = (workflow.inputs["allowed_labels"]?.arrayValue ?? []).map { label in
            workflow.call(
                "issue.label", ["project": .input("project"), "id": .planner(1), "labels": .planner([label])])
        }
        let others = [
            workflow.call(
                "text.screen",
                [
                    "rows": .planner([["title": "t"]]), "columns": .workflow(["title"]), "fields": .planner(["kind"]),
                    "limit": .workflow(4000),
                ]),
            workflow.call(
                "table.write",
                ["table": .workflow("tickets"), "rows": .planner([["id": "a"]]), "columns": .workflow(["id"])]),
            workflow.call(
                "sql.query",
                [
                    "statement": .workflow("SELECT 1 AS one"), "tables": .workflow(["tickets"]),
                    "parameters": .planner(["no"]), "row_limit": .workflow(100_000),
                ]),
            workflow.call(
                "search", ["in": .input("handbook"), "query": .planner("share an album"), "limit": .workflow(3)]),
            workflow.call(
                "issue.list", ["project": .input("project"), "limit": .workflow(200), "bodies": .workflow(true)]),
            workflow.call(
                "label.check", ["project": .input("project"), "labels": .planner(["kind/bug", "part/app"])]),
            workflow.call(
                "issue.create",
                [
                    "project": .input("project"), "title": .planner("The map is white"), "body": .planner("It is."),
                    "labels": .planner(["kind/bug", "part/app"]),
                ]),
            workflow.call(
                "issue.comment", ["project": .input("project"), "id": .planner(1), "body": .planner("Seen again.")]),
            workflow.call(
                "issue.close", ["project": .input("project"), "id": .planner(2), "duplicate_of": .planner(1)]),
        ]
        return files + labelled + others
    }

    private static func repair(_ workflow: ShippedWorkflow) -> [ShippedCall] {
        let commands: [JSONValue] = [
            ["bin/queue", "status"], ["bin/queue", "hold", "7"], ["bin/queue", "resume"], ["ls"], ["ls", "-l", "etc"],
            ["cat", "etc/queue.conf"], ["cp", "etc/queue.conf", "etc/queue.conf.bak"],
        ]
        let carriedOut = commands.flatMap { argv in
            ["command.check", "command.run"].map { tool in
                workflow.call(
                    tool,
                    [
                        "argv": .planner(argv), "workspace": .input("folder"), "instruction": .planner("Look."),
                        "why": .planner("The guide says so."), "hazards": .planner(["Jobs wait."]),
                    ])
            }
        }
        let guide: KeyValuePairs<String, ShippedCall.Origin> = ["guide": .planner([:]), "past": .planner([])]
        let others = [
            workflow.call("guide.read", ["path": .input("runbook")]),
            workflow.call(
                "guide.build",
                ["path": .input("runbook"), "parts": .planner([["open": false]]), "folder": .input("folder")]),
            workflow.call("guide.next", guide),
            workflow.call("guide.record", guide),
            workflow.call("file.look", ["path": .planner("etc/queue.conf"), "workspace": .input("folder")]),
            workflow.call(
                "file.replace_line",
                [
                    "path": .planner("etc/queue.conf"), "workspace": .input("folder"),
                    "old_line": .planner("retries = 1"), "new_line": .planner("retries = 3"),
                ]),
            workflow.call("folder.snapshot", ["folder": .input("folder")]),
            workflow.call("folder.restore", ["folder": .input("folder")]),
            workflow.call(
                "issue.create",
                [
                    "project": .input("project"), "title": .planner("Follow up"), "body": .planner("Look again."),
                    "labels": .workflow(["follow-up"]),
                ]),
        ]
        return carriedOut + others
    }
}
