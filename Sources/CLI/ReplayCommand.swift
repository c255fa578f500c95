import ArgumentParser
import JSONSchemas
import Orchestration
import RunJournal
import ToolExecution
import WorkflowFormat

/// `warrant replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make every decision of a recorded run again, by the same or by another policy.",
        discussion: """
            No model is asked, no tool is called and no clock is read: the journal holds what each decision was made \
            from. What a person answered is left alone. The operator's policy narrows the one that is named.

            Without --policy the run's own workflow decides and nothing may change; a workflow that is gone or was \
            changed is refused. PATH is a workflow (its folder, its file, or the name of one that comes with Warrant), a \
            policy file with a name, or bare rules as in an operator's policy.

            Exit codes: 0 no decision changes, 1 some do, 65 the record or the policy can't be used.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Option(
        name: .long,
        help: ArgumentHelp("Decide by the policy of this workflow or policy file.", valueName: "PATH"))
    var policy: String?

    @Flag(name: .long, help: "One JSON value a changed decision; the last line is the verdict.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let surroundings = try Surroundings()
            let registry = try surroundings.registry()
            let operatorPolicy = try surroundings.operatorPolicy(registry)
            let journal = try surroundings.journal()
            let summary = try journal.run(matching: run)
            let definition = try policy.map {
                try PolicyDefinition.load(path: surroundings.workflowPath($0), tools: registry.definitions)
            }
            let replay = try DecisionReplay(
                summary, entries: try journal.entries(of: summary.id), by: definition, registry: registry,
                operatorPolicy: operatorPolicy)
            show(replay, of: summary)
            if !replay.changes.isEmpty { throw ExitCode(1) }
        }
    }

    private func show(_ replay: DecisionReplay, of summary: RunSummary) {
        let changed = replay.changes.count
        if json {
            for change in replay.changes { Output.result(change.toJSON()) }
            Output.result([
                "type": "verdict", "run": .string(summary.id.description),
                "outcome": changed == 0 ? "unchanged" : "changed", "exit": .integer(changed == 0 ? 0 : 1),
                "decisions": .integer(replay.decisionCount), "changed": .integer(changed),
            ])
            return
        }
        for change in replay.changes {
            Output.result(
                Terminal.visible(
                    "\(change.step)  \(change.tool)  \(change.before.rawValue) -> \(change.after.rawValue)\n"
                        + "  before: \(change.ruleBefore)\n  now: \(change.sentence)"))
        }
        Output.result("\(replay.decisionCount) decisions, \(changed) changed")
    }
}
