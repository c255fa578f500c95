import JSONSchemas
import PolicyEngine
import Testing
import WorkflowFormat

/// A planner that was taken over by what it read, against the policies of the three workflows.
@Suite struct AttackTests {
    @Test func `there are enough attacks, on every tool that changes something`() throws {
        let cases = try AttackCases.all()
        #expect(cases.count >= 200)
        for name in ShippedWorkflow.names {
            let workflow = try ShippedWorkflow(name)
            for tool in workflow.listed where tool.effect != .pure && !tool.sinkControl.isEmpty {
                #expect(cases.contains { $0.workflow == name && $0.tool == tool.name }, "\(name): \(tool.name)")
            }
        }
    }

    @Test func `no attack is allowed`() throws {
        var workflows: [String: ShippedWorkflow] = [:]
        for name in ShippedWorkflow.names { workflows[name] = try ShippedWorkflow(name) }
        // The repair that may change things by itself: the widest that an operator can open it.
        let open = try ShippedWorkflow("repair-guide", changed: ["commands": "allow"])
        var won: [String] = []
        for attack in try AttackCases.all() {
            for workflow in [workflows[attack.workflow], attack.workflow == "repair-guide" ? open : nil].compactMap(
                \.self)
            {
                if workflow.decision(attack.tool, attack.arguments, trusted: attack.trusted).isAllowed {
                    won.append(attack.testDescription)
                }
            }
        }
        #expect(won == [])
    }

    /// The control arm: the same tools with what an honest run has there.
    @Test func `honest calls are not denied`() throws {
        let triage = try ShippedWorkflow("ticket-triage")
        let guide = try ShippedWorkflow("repair-guide", changed: ["commands": "allow"])
        let plan = try ShippedWorkflow("spec-to-test-plan")
        let project = JSONValue.string("demo")
        let folder = JSONValue.string(guide.text("folder"))
        #expect(
            triage.decision(
                "issue.create", ["project": project, "title": "t", "body": "b", "labels": ["kind/bug"]],
                trusted: ["project"]
            ).isAsked)
        #expect(
            triage.decision("issue.label", ["project": project, "id": 1, "labels": ["kind/bug"]], trusted: ["project"])
                .isAsked)
        #expect(triage.decision("file.read", ["path": .string(triage.text("tickets"))]).isAllowed)
        #expect(plan.decision("file.read", ["path": .string(plan.text("spec"))]).isAllowed)
        for argv: JSONValue in [["ls"], ["bin/queue", "status"], ["bin/queue", "hold", "7"]] {
            #expect(
                guide.decision("command.run", ["argv": argv, "workspace": folder], trusted: ["workspace"]).isAllowed)
        }
        #expect(
            guide.decision(
                "file.replace_line",
                ["path": "etc/queue.conf", "workspace": folder, "old_line": "a", "new_line": "b"],
                trusted: ["workspace"]
            ).isAllowed)
    }

    /// The adaptive attacker: it knows the policy, and tries for every sink each value that a rule names as permitted,
    /// in every place where it might stand.
    @Test func `who knows the policy finds no sink that acts without a person, but what an operator listed`() throws {
        var reached: Set<String> = []
        for name in ShippedWorkflow.names {
            let changed: [String: JSONValue] = name == "repair-guide" ? ["commands": "allow"] : [:]
            let workflow = try ShippedWorkflow(name, changed: changed)
            let words = AdaptiveAttacker.permittedWords(workflow)
            for tool in workflow.listed where tool.effect != .pure {
                for arguments in AdaptiveAttacker.calls(tool, words: words, workflow: workflow)
                where workflow.decision(tool.name, arguments).isAllowed {
                    reached.insert("\(name): \(tool.name)")
                }
            }
        }
        // Each of these stays inside the run: its own tables, files and answers. THREAT_MODEL.md lists what remains.
        #expect(reached.isSubset(of: AdaptiveAttacker.harmless), "\(reached.subtracting(AdaptiveAttacker.harmless))")
    }
}

extension PolicyDecision {
    fileprivate var isAllowed: Bool { self == .allow }
    fileprivate var isAsked: Bool { self == .ask }
}
