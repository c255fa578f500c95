import Databases
import Foundation
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing

/// Runs on storage that fails at each single operation: no effect is begun that is not on record, and a later life
/// ends the run with each effect once.
@Suite struct FailingJournalTests {
    private static let text = """
        workflow: filing
        description: Files two issues and adds rows.
        inputs: { rows: { type: file, default: rows.jsonl } }
        tools: [file.read, issue.create, record.add]
        policy:
          tools:
            file.read: { decision: allow }
            issue.create: { decision: allow, args: { title: { allow: untrusted } } }
            record.add: { decision: allow, args: { rows: { allow: untrusted } } }
        steps:
          - { id: load, call: file.read, with: { path: "${inputs.rows}", as: jsonl } }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - { id: file, call: issue.create, with: { project: demo, title: "${row.title}", body: b } }
          - { id: keep, call: record.add, with: { table: history, rows: "${steps.load.rows}" } }
        outputs:
          result: { json: "${steps.each.count}", to: result.json }
        """
    private static let rows = #"{"title": "one"}"# + "\n" + #"{"title": "two"}"# + "\n"

    private enum Failure: CaseIterable {
        case fullDisk, failedSynchronization, powerCut, tornPowerCut
    }

    /// One run whose journal fails at the n-th operation; returns false when the run was over before.
    private func trial(_ failure: Failure, at operation: Int, _ stage: Stage) async throws -> Bool {
        let name = "\(failure)-\(operation)"
        let path = stage.folder.path("\(name)/state/journal.db")
        let tracker = try LocalTracker(path: stage.folder.makeFolder("\(name)/tracker") + "/tracker.sqlite")
        let records = stage.folder.path("\(name)/records.sqlite")
        var id = RunID.generate()
        var hasFailed = false
        do {
            try FileManager.default.createDirectory(
                atPath: stage.folder.path("\(name)/state"), withIntermediateDirectories: true)
            let storage = LossyFolder(stage.folder.path("\(name)/state"))
            let journal = try Journal(path: path, options: JournalOptions(preparedLogByteCount: 0))
            switch failure {
            case .fullDisk: storage.fillDisk(at: operation)
            case .failedSynchronization: storage.failSynchronization(operation)
            case .powerCut: storage.cutPower(at: operation, tearing: false)
            case .tornPowerCut: storage.cutPower(at: operation, tearing: true, seed: UInt64(operation))
            }
            do {
                let run = try Run.start(
                    stage.configuration(output: "\(name)/out"), services: services(stage, name, journal, tracker),
                    currentDirectory: stage.folder.path)
                id = run.id
                _ = try await run.execute()
            } catch let error as JournalError {
                hasFailed = true
                #expect([.diskFull, .io].contains(error.code), "\(name): \(error)")
                // What was begun is on record, so nothing happened that isn't.
                if failure == .fullDisk {
                    storage.emptyDisk()
                    let begun = (try? journal.entries(of: id, kinds: [.executionStarted]).count) ?? 0
                    let happened = try tracker.list().count + (try counts(records) > 0 ? 1 : 0)
                    #expect(happened <= begun, "\(name)")
                }
            }
        }
        try? FileManager.default.removeItem(atPath: path + "-shm")
        let journal = try Journal(path: path, options: JournalOptions(preparedLogByteCount: 0))
        let begun = try journal.entries(of: id, kinds: [.executionStarted]).filter { $0.step != "load" }.count
        let happened = try tracker.list().count + (try counts(records) > 0 ? 1 : 0)
        #expect(happened <= begun, "\(name): \(happened) effects, \(begun) on record")
        #expect(try journal.verifyChain().isIntact, "\(name)")
        let later: Run
        let configuration = stage.configuration(output: "\(name)/out")
        if let summary = try? journal.run(id) {
            if summary.state == .done { return hasFailed }
            later = try Run.resume(
                summary, configuration: configuration, services: services(stage, name, journal, tracker))
        } else {
            later = try Run.start(
                configuration, services: services(stage, name, journal, tracker), currentDirectory: stage.folder.path)
        }
        let verdict = try await later.execute()
        #expect(verdict.outcome == .done, "\(name): \(verdict)")
        #expect(try tracker.list().map(\.title) == ["one", "two"], "\(name)")
        #expect(try counts(records) == 2, "\(name)")
        #expect(try journal.verifyChain().isIntact, "\(name)")
        return hasFailed
    }

    private func counts(_ path: String) throws -> Int {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        return try RecordTables(path: path).rows(of: "history").count
    }

    /// Tracker and rows are on another disk than the journal: theirs is not the failing one.
    private func services(_ stage: Stage, _ name: String, _ journal: Journal, _ tracker: LocalTracker) -> RunServices {
        let base = stage.services([], journal: journal, tracker: tracker)
        return RunServices(
            journal: journal, model: nil, inbox: Nobody(), tracker: tracker, sandbox: base.sandbox,
            stateDirectory: stage.folder.path(name), report: { _ in })
    }

    @Test(arguments: [0, 1, 2, 3])
    func `a run whose journal fails at any operation ends with each effect once`(index: Int) async throws {
        let failure = Failure.allCases[index]
        let stage = try Stage(Self.text, files: ["rows.jsonl": Self.rows])
        var operation = 1
        var failed = 0
        while try await trial(failure, at: operation, stage) {
            failed += 1
            operation += 1
            guard operation < 2_000 else { break }
        }
        // The last trial, which nothing met any more, is the control.
        #expect(failed >= (failure == .failedSynchronization ? 10 : 30))
    }
}
