import ArgumentParser
import JSONSchemas
import Orchestration
import RunJournal
import ToolExecution

/// `warrant undo`.
struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take back what a run did to files.",
        discussion: """
            Files that tools wrote or changed, what a sandboxed command brought back into a folder, and the run's own \
            output files become what they were: created ones are removed, changed and removed ones put back with their \
            permissions, folders that were made are removed if nothing else is in them.

            A step is undone as a whole or not at all. Where somebody edited one of its paths since, or a later run \
            wrote it, it is left alone, and the path is named; so is a copy of a folder (folder.snapshot) while anything \
            outside of the output folder is left alone. The run must be over; it can't be resumed afterwards. What \
            Warrant can't take back, such as a filed issue, is listed with what to do by hand.

            Exit codes: 0 undone, 1 something was left alone, 6 no such step, 65 the run isn't over or was undone \
            already.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Argument(help: "Only this step, with its turns and items, such as study or each[2]/write.")
    var step: String?

    @Flag(name: .long, help: "Only show what would be done.")
    var dryRun = false

    @Flag(name: .long, help: "One JSON value a line; the last line is the verdict.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let surroundings = try Surroundings()
            let registry = try surroundings.registry()
            let journal = try surroundings.journal(redactor: surroundings.redactor())
            let id = try journal.run(matching: run).id
            let lease = try journal.lease(id)
            defer { lease.release() }
            // Read once the lease is held: another process may just have gone on with the run.
            let summary = try journal.run(id)
            let entries = try journal.entries(of: id)
            let undo = try RunUndo(
                summary, entries: entries,
                others: try journal.entries(after: entries.first?.sequence ?? 0, kinds: [.changesPrepared, .undone]),
                step: step, registry: registry, stateDirectory: surroundings.home)
            let rests = dryRun ? [] : try undo.perform(in: journal, by: Person.name)
            show(undo, rests)
            let isPartial = !undo.refusedSteps.isEmpty || rests.contains(where: \.isFailure)
            if json {
                Output.result([
                    "type": "verdict", "run": .string(summary.id.description),
                    "outcome": isPartial ? "partial" : "done", "exit": .integer(isPartial ? 1 : 0),
                    "dry_run": .bool(dryRun), "steps": .array(undo.steps.map { .string($0) }),
                    "refused": .array(undo.refusedSteps.map { .string($0) }),
                ])
            }
            if isPartial { throw ExitCode(1) }
        }
    }

    private func show(_ undo: RunUndo, _ rests: [ChangeReversal.Rest]) {
        if json {
            for path in undo.paths { Output.result(path.toJSON()) }
            for rest in rests {
                Output.result([
                    "type": "left", "path": .string(rest.item.visiblePath), "reason": .string(rest.reason),
                    "failed": .bool(rest.isFailure),
                ])
            }
            for work in undo.handWorks { Output.result(work.toJSON()) }
            return
        }
        for path in undo.paths where path.action != "unchanged" {
            let reason = path.refusal.map { ": \($0)" } ?? ""
            Output.result(Terminal.visible("\(path.action)  \(path.visiblePath)\(reason)"))
        }
        for rest in rests { Output.result(Terminal.visible("left  \(rest.item.visiblePath): \(rest.reason)")) }
        for step in undo.refusedSteps {
            Output.result("left alone: \(step.isEmpty ? "the run's own output files" : "step \(step)")")
        }
        if !undo.handWorks.isEmpty { Output.result("By hand:") }
        for work in undo.handWorks { Output.result("  " + Terminal.visible(work.sentence)) }
        if undo.paths.allSatisfy({ $0.action == "unchanged" }) { Output.message("no file is to be changed back") }
        if dryRun { Output.message("dry run: nothing was changed") }
    }
}
