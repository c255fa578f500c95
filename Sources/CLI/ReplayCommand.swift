import ArgumentParser
import JSONSchemas
import Orchestration
import Redaction
import RunJournal
import ToolExecution
import WorkflowFormat

/// `warrant replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Play a recorded run again from its record alone.",
        discussion: """
            No model is asked, no tool is called, no network and no clock are used. The run's own step loop is played \
            with what the record has, and every entry that comes out is compared with the recorded one: decisions, \
            labels, prompts, digests of questions, effect identifiers, hashes of files, and what came next. The first \
            difference is named. What the model wrote, what tools gave, what persons answered and what was measured is \
            the record's; `warrant verify` says whether that is what was written.

            Workflow and tools must be those of then, or it is refused: tools come with Warrant, so that a run is \
            replayed with the version that made it where a manifest was changed since. The operator's policy is the \
            record's own. Where that holds no text (above 64 KiB, or with something to redact, or from an older \
            Warrant) the file of then has to be in its place.

            A record may end before the run did, since a process was killed; that is said. Where the run's own row says \
            that it went on, its end was removed, which is a difference.

            With --policy only the decisions are made again, by another policy, and the ones that change are listed. \
            PATH is a workflow (its folder, its file, or the name of one that comes with Warrant), a policy file with a \
            name, or bare rules as in an operator's policy.

            Exit codes: 0 identical, 1 different, 2 incomplete (bodies of entries are gone), 65 the record, the \
            workflow or the policy can't be used.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Option(
        name: .long,
        help: ArgumentHelp("Decide by the policy of this workflow or policy file.", valueName: "PATH"))
    var policy: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The run's workflow, where it lies elsewhere than it did.", valueName: "PATH"))
    var workflow: String?

    @Flag(name: .long, help: "One JSON value a line; the last line is the verdict.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            guard policy == nil || workflow == nil else {
                throw CommandFailure(.usage, "Can't replay by two policies: give `--policy` or `--workflow`.")
            }
            let surroundings = try Surroundings()
            let registry = try surroundings.registry()
            let journal = try surroundings.journal()
            let summary = try journal.run(matching: run)
            if let policy {
                let definition = try PolicyDefinition.load(
                    path: surroundings.workflowPath(policy), tools: registry.definitions)
                let replay = try DecisionReplay(
                    summary, entries: try journal.entries(of: summary.id), by: definition, registry: registry,
                    operatorPolicy: try surroundings.operatorPolicy(registry))
                show(replay, of: summary)
                if !replay.changes.isEmpty { throw ExitCode(1) }
                return
            }
            let path = workflow.map(surroundings.workflowPath) ?? summary.parameters["workflow"]?.stringValue ?? ""
            let replay = try await RunReplay(
                summary, entries: try journal.entries(of: summary.id),
                workflow: try Workflow.load(path: path, tools: registry.definitions), registry: registry,
                operatorPolicy: try surroundings.operatorPolicy(registry),
                // Nothing is recorded, so that a place without a key will do too.
                redactor: (try? surroundings.redactor()) ?? .unjoinable())
            show(replay, of: summary)
            if replay.difference != nil { throw ExitCode(1) }
            if !replay.isIdentical { throw ExitCode(2) }
        }
    }

    private func show(_ replay: RunReplay, of summary: RunSummary) {
        let outcome =
            replay.difference != nil ? "different" : replay.isIdentical ? "identical" : "incomplete"
        if json {
            if let difference = replay.difference { Output.result(difference.toJSON()) }
            Output.result([
                "type": "verdict", "run": .string(summary.id.description), "outcome": .string(outcome),
                "exit": .integer(replay.difference != nil ? 1 : replay.isIdentical ? 0 : 2),
                "compared": .integer(replay.comparedCount),
                "uncompared": .array(replay.uncompared.map { .integer($0) }), "whole": .bool(replay.isWhole),
                "ended": .bool(replay.hasEnd),
                "stretches": .integer(replay.stretchCount),
            ])
            return
        }
        if let difference = replay.difference { Output.result(Terminal.visible(difference.sentence)) }
        for sequence in replay.uncompared {
            Output.result("Entry \(sequence): its body is gone, so it could not be compared.")
        }
        if !replay.isWhole, replay.difference == nil {
            Output.result("What comes after it hangs on that body and was not compared either.")
        }
        let stretches = replay.stretchCount == 1 ? "" : " in \(replay.stretchCount) stretches"
        let isCut = replay.difference == nil && replay.isWhole && !replay.hasEnd
        let end = isCut ? ", the record ends before the run did" : ""
        Output.result("\(outcome): \(replay.comparedCount) entries compared\(stretches)\(end)")
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
