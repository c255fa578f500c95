import Databases
import Foundation
import JSONSchemas
import KillTrials
import PolicyEngine
import RunJournal
import TestSupport
import Testing

/// Rows K1, K2, K4 to K6 and K8 of the crash matrix (`Tests/CrashMatrix.md`): a run with an effect of every class dies
/// at each single place that it passes, and the next life makes of it what an unbroken one would have.
@Suite(.timeLimit(.minutes(15))) struct CrashMatrixTests {
    /// A run in a folder of its own, of which each life is a process.
    private struct Stage {
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            // A person is asked about the issue, so that asking and answering are places too.
            let text = EffectWorkflow.text.replacing(
                "issue.create: { decision: allow", with: "issue.create: { decision: ask")
            try folder.write(text, to: "effects/workflow.yaml")
            try folder.write(EffectWorkflow.rows, to: "effects/rows.jsonl")
            try folder.makeFolder("effects/machine")
        }

        /// One life; returns its exit code, or nil where it was killed.
        func live(dyingAt place: Int = 0, settles: Bool = false) throws -> (status: Int32?, errors: String) {
            let process = Process()
            process.executableURL = URL(filePath: Command.built("CrashDriver"))
            process.arguments =
                [folder.path, Command.repository, "--die-at", String(place)] + (settles ? ["--settle"] : [])
            process.currentDirectoryURL = URL(filePath: folder.path)
            let errors = try folder.write("", to: "errors")
            process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
            process.standardOutput = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            let isKilled = process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
            return (isKilled ? nil : process.terminationStatus, try folder.text(of: "errors"))
        }

        var places: [String] {
            get throws { try folder.text(of: "places").split(separator: "\n").map(String.init) }
        }

        func journal() throws -> Journal {
            try Journal(path: folder.path("home/journal.db"), options: JournalOptions(preparedLogByteCount: 0))
        }

        /// The kinds of the entries whose append came back, in order.
        func acknowledged() throws -> [String] {
            try places.filter { $0.hasPrefix("append.after.") }
                .flatMap { $0.dropFirst("append.after.".count).split(separator: "+").map(String.init) }
        }
    }

    /// The places of an unbroken run, of which each row of the matrix needs some.
    private static let needed = [
        "append.before.callProposed+callDecided+executionStarted",
        "append.inside.callProposed+callDecided+executionStarted",
        "append.after.callProposed+callDecided+executionStarted", "act.before", "act.after",
        "append.before.observationRecorded", "append.inside.observationRecorded", "append.after.observationRecorded",
        "append.before.callProposed", "append.after.callDecided+approvalRequested", "append.before.approvalRecorded",
        "append.after.approvalRecorded", "blob.written", "blob.named", "import.before", "import.change", "import.after",
        "output.before", "output.written", "append.before.outputWritten", "append.after.runStarted",
        "append.before.runFinished", "append.inside.runFinished",
    ]

    @Test func `a run that dies at any place has each effect once when it is resumed`() async throws {
        let whole = try Stage()
        let unbroken = try whole.live()
        try #require(unbroken.status == 0, "\(unbroken.errors)")
        try expectDone(whole, "unbroken")
        let places = try whole.places
        for name in Self.needed { #expect(places.contains(name), "no run passes `\(name)`") }
        let imported = try #require(places.firstIndex(of: "import.before"))
        // From the commit of its intent to the commit of its outcome nobody can know what became of the command.
        let begun = try #require(
            places[..<imported].lastIndex { $0.hasPrefix("append.after.") && $0.hasSuffix("executionStarted") })
        let ended = try #require(
            places[imported...].firstIndex { $0.hasPrefix("append.after.") && $0.hasSuffix("observationRecorded") })
        var parked = 0
        for (index, name) in places.enumerated() {
            // Gives other tests, which wait for something, a turn.
            await Task.yield()
            let stage = try Stage()
            let place = "died at \(index + 1), \(name)"
            #expect(try stage.live(dyingAt: index + 1).status == nil, "\(place): it was not killed")
            try expectRecord(stage, place)
            let next = try stage.live()
            if (begun..<ended).contains(index) {
                #expect(next.status == 2, "\(place): \(next.errors)")
                let mark = stage.folder.contains("effects/machine/mark")
                try expectQuestion(stage, place)
                // Nothing is done while nobody answers, however often it is resumed.
                #expect(try stage.live().status == 2, "\(place)")
                #expect(stage.folder.contains("effects/machine/mark") == mark, "\(place)")
                parked += 1
                let last = try stage.live(settles: true)
                #expect(last.status == 0, "\(place): \(last.errors)")
            } else if name != "append.after.runFinished" {
                #expect(next.status == 0, "\(place): \(next.errors)")
            }
            try expectDone(stage, place)
        }
        #expect(parked >= 6)
    }

    /// Two deaths in a row, the second while the first is being recovered from.
    @Test func `a run that dies while it is resumed has each effect once too`() async throws {
        let whole = try Stage()
        let unbroken = try whole.live()
        try #require(unbroken.status == 0, "\(unbroken.errors)")
        let count = try whole.places.count
        var state: UInt64 = 20_261_126
        func random(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<25 {
            await Task.yield()
            let stage = try Stage()
            let (first, second) = (1 + random(below: count), 1 + random(below: 40))
            let place = "died at \(first), then at \(second)"
            _ = try stage.live(dyingAt: first)
            _ = try stage.live(dyingAt: second, settles: true)
            var last = try stage.live(settles: true)
            // What happened in the second life may be unknown as well.
            if last.status == 2 { last = try stage.live(settles: true) }
            try expectDone(stage, "\(place): \(last.errors)")
        }
    }

    /// After the death: what was acknowledged is there and nothing else, and the chain and all blobs hold.
    private func expectRecord(_ stage: Stage, _ place: String) throws {
        let journal = try stage.journal()
        let kinds = try journal.entries(after: 0, limit: 10_000).map(\.kind.rawValue)
        #expect(kinds == (try stage.acknowledged()), "\(place)")
        #expect(try journal.verifyChain().isIntact, "\(place)")
    }

    private func expectQuestion(_ stage: Stage, _ place: String) throws {
        let journal = try stage.journal()
        let questions = try journal.pendingApprovals()
        #expect(questions.map(\.step) == ["command"], "\(place)")
        let view = try #require(questions.first.flatMap { journal.callView(of: $0) })
        #expect(view.sentence.contains("outcome is unknown"), "\(place): \(view.sentence)")
        #expect(view.remarks.contains { $0.contains("was begun at") && $0.contains("as effect") }, "\(place)")
    }

    private func expectDone(_ stage: Stage, _ place: String) throws {
        let journal = try stage.journal()
        let run = try #require(try journal.runs(limit: 2).first)
        #expect(run.state == .done, "\(place)")
        #expect(try journal.verifyChain().isIntact, "\(place)")
        let tracker = try LocalTracker(path: stage.folder.path("home/tracker.sqlite"))
        #expect(try tracker.list().map(\.title) == ["one"], "\(place)")
        #expect(try tracker.comments(issue: 1).count == 1, "\(place)")
        let rows = try RecordTables(path: stage.folder.path("home/records.sqlite")).rows(of: "history")
        #expect(rows.compactMap { $0["title"]?.stringValue } == EffectWorkflow.titles, "\(place)")
        #expect(try stage.folder.text(of: "effects/machine/mark") == "x", "\(place)")
        #expect(try stage.folder.text(of: "out/note.txt") == "one", "\(place)")
        let result = try JSONValue(parsing: stage.folder.text(of: "out/result.json"))
        #expect(result["rows"] == .array(EffectWorkflow.titles.map { ["title": .string($0)] }), "\(place)")
        // The person was asked once about the issue, and the answer was recorded once, for the same call.
        let entries = try journal.entries(of: run.id, at: "issue")
        let asked = entries.filter { $0.kind == .approvalRequested }
        let answered = entries.filter { $0.kind == .approvalRecorded }
        #expect(asked.count == 1 && answered.count == 1, "\(place)")
        #expect(asked.first?.body["digest"] == answered.first?.body["digest"], "\(place)")
        // What was observed is observed once at each step.
        let observed = try journal.entries(of: run.id, kinds: [.observationRecorded]).map(\.step)
        #expect(observed.count == Set(observed).count, "\(place)")
    }
}
