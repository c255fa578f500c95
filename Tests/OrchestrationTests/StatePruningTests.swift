import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import Synchronization
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// What pruning leaves of a run in the state folder besides its record.
@Suite struct StatePruningTests {
    private static let day: Int64 = 86_400 * 1_000_000_000
    private static let secret = "the-text-nobody-should-find"
    private static let reading = """
        workflow: reading
        description: Reads one file.
        inputs: { note: { type: file, default: note.txt } }
        tools: [file.read]
        policy:
          tools:
            file.read: { decision: allow }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.note}", as: text }
        outputs:
          result: { text: "${steps.load.text}", to: result.txt }
        """
    private static let passing = """
        workflow: passing
        description: Files what it reads.
        inputs: { note: { type: file, default: note.txt } }
        tools: [file.read, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            issue.create: { decision: allow, max: 3, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.note}", as: text }
          - id: file
            call: issue.create
            with: { project: demo, title: t, body: "${steps.load.text}" }
        outputs:
          result: { text: "${steps.load.text}", to: result.txt }
        """

    /// A journal whose clock shows a day.
    private struct Dated {
        let folder: TemporaryFolder
        let journal: Journal
        private let day = Today()

        private final class Today: Sendable {
            let day = Mutex<Int64>(100)
        }

        init() throws {
            folder = try TemporaryFolder()
            journal = try Journal(
                path: folder.path("journal.db"),
                options: JournalOptions(
                    preparedLogByteCount: 0, now: { [day] in day.day.withLock { $0 } * StatePruningTests.day }))
        }

        func go(to day: Int64) { self.day.day.withLock { $0 = day } }

        /// A run that a person gave up on that day.
        func record() throws -> RunID {
            let run = RunID.generate()
            try journal.start(RunSeed(id: run, workflow: "w", directory: "/tmp/out", parameters: [:]))
            try journal.append(.runCancelled, run: run)
            return run
        }

        func preimages(isDryRun: Bool = false) throws -> [RunID] {
            try PreimagePruning.prune(
                journal, stateDirectory: folder.path, period: .seconds(30 * 86_400), by: "tester", isDryRun: isDryRun)
        }

        func runFolders() throws -> [RunID] {
            try RunFolderPruning.prune(
                journal, stateDirectory: folder.path, period: .seconds(30 * 86_400), isDryRun: false)
        }
    }

    private func prune(_ stage: Stage) throws {
        let state = stage.folder.path("state")
        _ = try PreimagePruning.prune(
            stage.journal, stateDirectory: state, period: .zero, by: "tester", isDryRun: false)
        _ = try RunFolderPruning.prune(stage.journal, stateDirectory: state, period: .zero, isDryRun: false)
        _ = try stage.journal.prune(RetentionPeriods(outputs: .zero, prompts: .zero), by: "tester")
    }

    private func files(of stage: Stage) throws -> [String] {
        let found = try ByteScan([Self.secret]).found(below: stage.folder.path("state"))
        return found.filter { !$0.value.isEmpty }.keys.sorted()
    }

    @Test func `what a tool gave and nobody passed on is nowhere after pruning, and the run's tables are gone`()
        async throws
    {
        let stage = try Stage(Self.reading, files: ["note.txt": Self.secret + "\n"])
        let verdict = try await stage.play()
        #expect(verdict.outcome == .done, "\(verdict)")
        // The control: it is found before.
        #expect(try !files(of: stage).isEmpty)
        #expect(stage.folder.contains("state/runs/\(verdict.run)/tables.sqlite"))
        try prune(stage)
        #expect(try files(of: stage) == [])
        #expect(!stage.folder.contains("state/runs/\(verdict.run)"))
        #expect(try stage.journal.verifyChain().isIntact)
    }

    @Test func `what was passed on to a call stays in the record of that call`() async throws {
        let stage = try Stage(Self.passing, files: ["note.txt": Self.secret + "\n"])
        #expect(try await stage.play().outcome == .done)
        try prune(stage)
        #expect(try files(of: stage).allSatisfy { $0.hasPrefix("journal.db") })
        #expect(try !files(of: stage).isEmpty)
    }

    @Test func `what keepers of the record add makes a run no younger`() throws {
        let dated = try Dated()
        let run = try dated.record()
        try PreimageFolder(of: run, in: dated.folder.path).store(Array("before".utf8))
        try dated.folder.write("rows", to: "runs/\(run)/tables.sqlite")
        dated.go(to: 125)
        try dated.journal.setHold(true, on: run, by: "counsel", reason: "case 7")
        try dated.journal.setHold(false, on: run, by: "counsel", reason: "closed")
        _ = try dated.journal.prune(RetentionPeriods(outputs: .zero, prompts: .zero), by: "tester")
        // The control: thirty days are not over.
        #expect(try dated.preimages().isEmpty && dated.runFolders().isEmpty)
        dated.go(to: 131)
        #expect(try dated.preimages() == [run])
        #expect(try dated.runFolders() == [run])
        #expect(!dated.folder.contains("undo/\(run)") && !dated.folder.contains("runs/\(run)"))
    }

    @Test func `what the record calls removed and is still there goes, whatever its age`() throws {
        let dated = try Dated()
        let run = try dated.record()
        let other = try dated.record()
        for one in [run, other] { try PreimageFolder(of: one, in: dated.folder.path).store(Array("before".utf8)) }
        dated.go(to: 131)
        #expect(try Set(dated.preimages()) == [run, other])
        // As a process leaves it that was killed between the record and the removal, and a run that goes on is younger.
        try PreimageFolder(of: run, in: dated.folder.path).store(Array("before".utf8))
        try dated.journal.append(.undone, run: run)
        #expect(try dated.preimages(isDryRun: true) == [run])
        #expect(try dated.preimages() == [run])
        #expect(!dated.folder.contains("undo/\(run)"))
        #expect(try dated.journal.entries(of: run, kinds: [.note]).count == 1)
        // The control: without the note it would be too young.
        let young = try dated.record()
        try PreimageFolder(of: young, in: dated.folder.path).store(Array("before".utf8))
        #expect(try dated.preimages().isEmpty)
    }
}
