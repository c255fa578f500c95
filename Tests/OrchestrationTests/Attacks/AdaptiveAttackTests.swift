import Testing
import WorkflowFormat

/// An attacker who has read the workflow and its policy, and tries everything that they permit.
@Suite struct AdaptiveAttackTests {
    /// What may be reached without a person, and what may be chosen there. `THREAT_MODEL.md` says what that is worth.
    private static let reachable: [String: [String]] = [
        "spec-to-test-plan": [
            "file.read", "file.read path sample/spec.md",
            "quote.check", "quote.check path sample/spec.md",
            "case.read", "case.read path sample/cases.jsonl", "case.vary", "case.group",
            "table.write",
            "sql.query", "sql.query statement any", "sql.query database any",
            "search", "search in any",
            "test.run", "test.run_all",
        ],
        "ticket-triage": [
            "file.read", "file.read path sample/tickets.jsonl", "file.read path sample/labels.json",
            "file.read path sample/examples.jsonl", "file.read path sample/issues.jsonl",
            "text.screen", "table.write",
            "sql.query", "sql.query database any",
            "search", "search in sample/handbook.md",
            "issue.list", "label.check",
        ] + labels,
        "repair-guide": [
            "guide.read", "guide.read path sample/runbook.md",
            "guide.build", "guide.build path sample/runbook.md", "guide.build folder any",
            "guide.next", "guide.record",
            "file.look", "file.look path any",
            "file.replace_line", "file.replace_line path etc/queue.conf",
            "folder.snapshot", "folder.restore",
        ] + commands,
        // All of it on copies; the one change waits for a person.
        "fix-from-failures": [
            "case.read", "case.read path sample/cases.jsonl", "table.write", "sql.query", "sql.query database any",
            "test.run_all", "patch.read", "patch.candidates", "patch.try", "file.look",
        ],
    ]

    /// Asking the tracker which of the listed labels it has: one by one, and all in one call.
    private static let labels: [String] = {
        let names = [
            "kind/bug", "kind/wish", "kind/question", "kind/security", "part/app", "part/server", "part/sharing",
            "part/import", "part/account", "urgency/u1", "urgency/u2", "urgency/u3",
        ]
        return (names + [names.joined(separator: " ")]).map { "label.check labels \($0)" }
    }()

    /// What the operator's list permits, in the folder that the workflow binds.
    private static let commands: [String] = ["command.check", "command.run"].flatMap { tool -> [String] in
        let listed = [
            "ls", "cat", "bin/queue status", "bin/queue hold *", "bin/queue resume",
            "cp etc/queue.conf etc/queue.conf.bak",
        ]
        return [tool] + listed.map { "\(tool) argv \($0)" }
    }

    @Test(arguments: ShippedWorkflow.names)
    func `who knows the policy reaches exactly this without a person`(name: String) throws {
        let workflow = try #require(try ShippedWorkflow.all().first { $0.name == name })
        let expected = Set((Self.reachable[name] ?? []).map { "\(name): \($0)" })
        let reached = AdaptiveAttacker(workflow).reached()
        #expect(
            reached == expected,
            "more: \(reached.subtracting(expected).sorted()), less: \(expected.subtracting(reached).sorted())")
    }

    /// The control arm: the same attacker, and tools that are allowed without rules for their arguments.
    @Test(arguments: ShippedWorkflow.names)
    func `without rules the same attacker reaches every tool and chooses freely`(name: String) throws {
        let workflow = try #require(try ShippedWorkflow.all().first { $0.name == name })
        let open = try workflow.with(
            PolicyDefinition(tools: workflow.listed.map(AdaptiveAttacker.permitting)))
        let reached = AdaptiveAttacker(open).reached(inPairs: false)
        for tool in workflow.listed {
            // A person closes issues whatever a policy says.
            let isReached = reached.contains("\(name): \(tool.name)")
            #expect(isReached == (tool.leastDecision == .allow), "\(tool.name)")
            guard isReached else { continue }
            for argument in tool.sinkControl {
                #expect(reached.contains("\(name): \(tool.name) \(argument) any"), "\(tool.name).\(argument)")
            }
        }
        let expected = Set((Self.reachable[name] ?? []).map { "\(name): \($0)" })
        #expect(!reached.subtracting(expected).isEmpty)
    }
}
