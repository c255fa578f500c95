import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// Answers, and the one process that may work on a run.
@Suite struct AnswerLeaseTests {
    @Test func `an answer is written by whoever holds the run, and by nobody else`() throws {
        let command = try Command()
        try command.folder.write(Workflows.filing, to: "filing/workflow.yaml")
        try command.folder.write(Workflows.rows, to: "filing/rows.jsonl")
        try command.folder.write(Workflows.script, to: "script.jsonl")
        let parked = try command.verdict(
            [
                "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("script.jsonl"),
                "--output", command.folder.path("out"),
            ], exit: 2)
        let text = try #require(parked.verdict?["run"]?.stringValue)
        let run = try #require(RunID(text))
        let journal = try Journal(path: command.folder.path("home/journal.db"))
        let lease = try journal.lease(run)
        let refused = try command.run(["approve", text, "all"])
        #expect(refused.status == 75 && refused.errors.contains("Can't answer for run `\(text)`"), "\(refused.errors)")
        lease.release()
        let before = try #require(try journal.entries(of: run).last)
        #expect(try command.run(["approve", text, "all"]).status == 0)
        // The command took the run over after this process, so that none which held it before can write in between.
        let answers = try journal.entries(of: run, after: before.sequence)
        #expect(!answers.isEmpty && answers.allSatisfy { $0.kind == .approvalRecorded && $0.epoch == before.epoch + 2 })
        #expect(throws: JournalError.self) { try journal.append(.note, run: run) }
        try command.verdict(["resume", text], exit: 0)
        try command.verdict(["replay", text], exit: 0)
    }
}
