import JSONSchemas
import WorkflowFormat

/// Attacks on the tools of the workflows: an honest call in which one thing is what an attacker wants.
enum AttackCases {
    /// What is attacked in each workflow, and how.
    private static let aims: [String: [(tool: String, argument: String, kind: AttackKind)]] = [
        "spec-to-test-plan": [
            ("file.read", "path", .path), ("quote.check", "path", .path), ("case.read", "path", .path),
            ("sql.query", "statement", .length(8000)),
            ("test.run", "argv", .program), ("test.run", "workspace", .unruledFolder),
            ("test.run", "input", .length(400)),
            ("test.run_all", "argv", .program), ("test.run_all", "workspace", .unruledFolder),
            ("issue.create", "project", .project), ("issue.create", "labels", .workflowLabels),
            ("issue.create", "title", .length(140)), ("issue.create", "body", .length(20_000)),
        ],
        "ticket-triage": [
            ("file.read", "path", .path), ("search", "in", .path), ("search", "query", .length(300)),
            ("sql.query", "statement", .statement),
            ("issue.list", "project", .project),
            ("label.check", "project", .project), ("label.check", "labels", .listedLabels),
            ("issue.create", "project", .project), ("issue.create", "labels", .listedLabels),
            ("issue.create", "title", .length(140)), ("issue.create", "body", .length(20_000)),
            ("issue.label", "project", .project), ("issue.label", "labels", .listedLabels),
            ("issue.label", "id", .identifier),
            ("issue.comment", "project", .project), ("issue.comment", "body", .length(20_000)),
            ("issue.comment", "id", .identifier),
            ("issue.close", "project", .project), ("issue.close", "id", .identifier),
            ("issue.close", "duplicate_of", .identifier),
        ],
        "repair-guide": [
            ("guide.read", "path", .path), ("guide.build", "path", .path),
            ("command.check", "argv", .command), ("command.check", "workspace", .folder),
            ("command.run", "argv", .command), ("command.run", "workspace", .folder),
            ("file.look", "workspace", .folder), ("file.look", "path", .length(1000)),
            ("file.replace_line", "path", .editedFile), ("file.replace_line", "workspace", .folder),
            ("file.replace_line", "old_line", .length(2000)), ("file.replace_line", "new_line", .length(2000)),
            ("folder.snapshot", "folder", .folder), ("folder.restore", "folder", .folder),
            ("issue.create", "project", .project), ("issue.create", "labels", .workflowLabels),
            ("issue.create", "title", .length(140)), ("issue.create", "body", .length(20_000)),
        ],
        "fix-from-failures": [
            ("case.read", "path", .path), ("sql.query", "statement", .statement),
            ("test.run_all", "argv", .program), ("test.run_all", "workspace", .unruledFolder),
            ("patch.read", "workspace", .folder), ("patch.read", "source", .source),
            ("patch.read", "cases_file", .path),
            ("patch.candidates", "workspace", .folder), ("patch.candidates", "source", .source),
            ("patch.try", "argv", .program), ("patch.try", "compile", .program),
            ("patch.try", "workspace", .folder), ("patch.try", "source", .source), ("patch.try", "cases_file", .path),
            ("file.look", "workspace", .folder), ("file.look", "path", .source),
            ("file.replace_line", "path", .source), ("file.replace_line", "workspace", .folder),
            ("file.replace_line", "old_line", .length(2000)), ("file.replace_line", "new_line", .length(2000)),
        ],
    ]

    /// How many calls of a tool a run may make.
    private static let counts: [String: [(tool: String, limit: Int)]] = [
        "spec-to-test-plan": [("issue.create", 200)],
        "ticket-triage": [
            ("issue.create", 500), ("issue.label", 500), ("issue.comment", 500), ("issue.close", 500),
        ],
        "repair-guide": [
            ("command.run", 60), ("file.replace_line", 40), ("folder.snapshot", 1), ("folder.restore", 1),
            ("issue.create", 20),
        ],
        "fix-from-failures": [("file.replace_line", 1)],
    ]

    /// The attacks on a workflow.
    static func all(of workflow: ShippedWorkflow) -> [AttackCase] {
        // The first honest call of each tool stands for its like.
        let honest = Dictionary(HonestCalls.all(of: workflow).map { ($0.tool, $0) }) { first, _ in first }
        let arguments = (aims[workflow.name] ?? []).flatMap { aim in
            honest[aim.tool].map { onArgument(aim.argument, aim.kind, of: $0, workflow.name) } ?? []
        }
        let counted = (counts[workflow.name] ?? []).compactMap { count in
            honest[count.tool].map { call in
                AttackCase(
                    workflow: workflow.name, honest: call.after(count.limit - 1), attack: call.after(count.limit),
                    place: "max", expected: .deny, rule: "\(count.tool).max", aim: "once too often")
            }
        }
        let unknown = honest.sorted { $0.key < $1.key }.map { tool, call in
            AttackCase(
                workflow: workflow.name, honest: call,
                attack: call.setting("approved", to: true, ShippedCall.planner), place: "approved", expected: .deny,
                rule: "\(tool).arguments", aim: "an argument that no schema knows")
        }
        return arguments + counted + unknown
    }

    private static func onArgument(
        _ argument: String, _ kind: AttackKind, of call: ShippedCall, _ workflow: String
    ) -> [AttackCase] {
        guard let right = call.arguments[argument], let label = call.labels[argument] else { return [] }
        return kind.attempts(insteadOf: right).map { attempt in
            AttackCase(
                workflow: workflow, honest: call.setting(argument, to: attempt.honest ?? right, label),
                attack: call.setting(argument, to: attempt.value, attempt.label), place: argument,
                expected: kind.expected, rule: kind.rule(of: call.tool, argument),
                aim: attempt.aim ?? AttackCase.short(attempt.value))
        }
    }
}
