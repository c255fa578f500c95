import Foundation
import GRDB
import JSONSchemas
import RunJournal
import Synchronization
import Testing
import WorkflowFormat

@Suite struct PruningTests {
    private static let day: Int64 = 86_400 * 1_000_000_000
    private static let prompt = "the-prompt-nobody-should-find"
    private static let output = "the-output-nobody-should-find"
    private static let record = "the-decision-that-stays"
    private static let largeOutput = String(repeating: "large-output ", count: 6_000)
    private let place: TemporaryJournal

    init() throws { place = try TemporaryJournal() }

    private func open(day: Int64) throws -> Journal {
        try Journal(
            path: place.path, options: JournalOptions(preparedLogByteCount: 0, now: { day * Self.day }))
    }

    /// A run of one day with a body of every class.
    private func record(_ number: UInt64, day: Int64, end: JournalEntryKind? = .runFinished) throws {
        let journal = try open(day: day)
        let run = seed(number).id
        try journal.start(seed(number))
        try journal.append(.promptBuilt, run: run, body: .string(Self.prompt))
        try journal.append(.valueProduced, run: run, body: .string(Self.prompt))
        try journal.append(.callDecided, run: run, body: .string(Self.record))
        try journal.append(.observationRecorded, run: run, body: .string(Self.output))
        try journal.append(.stepFinished, run: run, body: .string(Self.largeOutput))
        if let end { try journal.append(end, run: run, body: ["outcome": "done"]) }
    }

    /// How often a text stands in the database, its log and the blobs.
    private func occurrences(of text: String) throws -> Int {
        var count = 0
        let paths = try FileManager.default.subpathsOfDirectory(atPath: place.folder)
        for path in paths {
            var data = FileManager.default.contents(atPath: place.folder + "/" + path) ?? Data()
            while let range = data.range(of: Data(text.utf8)) {
                count += 1
                data = data[range.upperBound...]
            }
        }
        return count
    }

    @Test func `old prompts and outputs go, the record stays, and verification holds and says who did it`() throws {
        try record(1, day: 100)
        try record(2, day: 120)
        let journal = try open(day: 140)
        let before = try journal.entries(after: 0, limit: 100)
        #expect(try occurrences(of: Self.prompt) == 4)
        let report = try journal.prune(by: "operator")
        #expect(report.erased[.prompts]?.count == 2 && report.erased[.outputs]?.count == 2)
        #expect(report.erased[.record] == nil)
        #expect(report.held.count == 0 && report.needed.count == 0 && report.oldEntryCount == 0)
        // The younger run has what it had; of the older one the bytes are nowhere.
        #expect(try occurrences(of: Self.prompt) == 2)
        #expect(try occurrences(of: Self.output) == 1)
        #expect(try place.blobNames().count == 1)
        #expect(try occurrences(of: Self.record) == 2)
        let after = try journal.entries(after: 0, limit: 100)
        #expect(after.prefix(before.count).map(\.hash) == before.map(\.hash))
        #expect(
            after.prefix(before.count).filter(\.isErased).map(\.kind) == [
                .promptBuilt, .valueProduced, .observationRecorded, .stepFinished,
            ])
        let erasures = try journal.entries(of: seed(1).id, kinds: [.blobErased])
        #expect(erasures.compactMap { $0.body["entry"]?.intValue } == [5, 6, 2, 3])
        let verified = try journal.verifyChain()
        #expect(verified.isIntact && verified.unsignedCount == 0)
        #expect(verified.erasures.map(\.person) == ["operator"] && verified.erasures.map(\.count) == [4])
        // Nothing is left to do.
        #expect(try journal.prune(by: "operator").erased.isEmpty)
    }

    @Test func `a dry run removes nothing and says the same`() throws {
        try record(1, day: 100)
        let journal = try open(day: 140)
        let head = try journal.head()
        let wouldBe = try journal.prune(by: "operator", isDryRun: true)
        #expect(try journal.head() == head)
        #expect(try occurrences(of: Self.prompt) == 2)
        let report = try journal.prune(by: "operator")
        #expect(wouldBe.isDryRun && wouldBe.erased == report.erased)
    }

    @Test(arguments: [JournalEntryKind?.none, .runParked])
    func `a run that may go on keeps what it needs`(end: JournalEntryKind?) throws {
        try record(1, day: 100, end: end)
        let journal = try open(day: 140)
        let report = try journal.prune(by: "operator")
        #expect(report.erased.isEmpty && report.needed.count == 4)
        try journal.append(.runCancelled, run: seed(1).id)
        #expect(try journal.prune(by: "operator").erased.count == 2)
    }

    @Test func `a run under a legal hold keeps everything until that is lifted, and both are recorded`() throws {
        try record(1, day: 100)
        let journal = try open(day: 140)
        try journal.setHold(true, on: seed(1).id, by: "counsel", reason: "case 7")
        #expect(try journal.run(seed(1).id).isHeld)
        let report = try journal.prune(by: "operator")
        #expect(report.erased.isEmpty && report.held.count == 4)
        #expect(try journal.verifyChain().isIntact)
        try journal.setHold(false, on: seed(1).id, by: "counsel", reason: "closed")
        #expect(try journal.prune(by: "operator").erased.count == 2)
        let said = try journal.entries(of: seed(1).id, kinds: [.runHeld, .runReleased])
        #expect(said.map { $0.body["reason"] } == ["case 7", "closed"])
    }

    @Test func `periods are by class`() throws {
        try record(1, day: 100)
        let journal = try open(day: 140)
        let week = Duration.seconds(7 * 86_400)
        let report = try journal.prune(.init(outputs: week, prompts: .seconds(90 * 86_400)), by: "operator")
        #expect(report.erased.keys.map(\.rawValue) == ["outputs"])
    }

    @Test func `a body that is gone without a record is incomplete, and one that is called erased is tampering`() throws
    {
        try record(1, day: 100)
        let blob = try #require(try place.blobNames().first)
        try FileManager.default.removeItem(atPath: place.folder + "/blobs/" + blob)
        #expect(try open(day: 101).verifyChain().worst == .incomplete)
        try DatabaseQueue(path: place.path).write {
            try $0.execute(sql: "UPDATE blob SET erased_sequence = 3, salt = NULL, bytes = NULL WHERE place = 'file'")
        }
        let report = try open(day: 101).verifyChain()
        #expect(report.worst == .tampered)
        #expect(
            report.problems.map(\.sentence) == [
                "The body of entry 6 is called erased, and no entry records that."
            ])
    }

    @Test func `files that a killed process left without an entry are removed, and others are not`() throws {
        try record(1, day: 100)
        let stray = place.folder + "/blobs/" + String(repeating: "ab", count: 32)
        try Data("stray".utf8).write(to: URL(fileURLWithPath: stray))
        let journal = try open(day: 101)
        #expect(try journal.verifyChain().remarks.contains { $0.contains("1 file in `blobs/` belongs to no entry") })
        #expect(try journal.prune(by: "operator").strayFileCount == 1)
        #expect(try place.blobNames().count == 1)
        #expect(try journal.verifyChain().isIntact)
    }

    @Test func `a folder among the blobs is left alone`() throws {
        try record(1, day: 100)
        let strange = place.folder + "/blobs/strange"
        try FileManager.default.createDirectory(atPath: strange, withIntermediateDirectories: true)
        let journal = try open(day: 140)
        #expect(try journal.prune(by: "operator").erased.count == 2)
        #expect(try place.blobNames() == ["strange"])
        #expect(try journal.verifyChain().remarks == [])
    }

    @Test func `a log that a reader kept from being emptied is emptied later, though nothing is left to remove`() throws
    {
        try record(1, day: 100)
        let said = Mutex<[String]>([])
        let journal = try Journal(
            path: place.path,
            options: JournalOptions(
                busyTimeout: .milliseconds(50), preparedLogByteCount: 0,
                report: { line in said.withLock { $0.append(line) } }, now: { 140 * Self.day }))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: place.path, configuration: configuration)
        try reader.inDatabase {
            try $0.execute(sql: "BEGIN")
            _ = try Row.fetchOne($0, sql: "SELECT count(*) FROM entry")
        }
        #expect(try journal.prune(by: "operator").erased.count == 2)
        #expect(said.withLock { $0.count } == 1)
        #expect(try place.logByteCount() > 0)
        try reader.inDatabase { try $0.execute(sql: "COMMIT") }
        #expect(try journal.prune(by: "operator").erased.isEmpty)
        #expect(try place.logByteCount() == 0)
        #expect(said.withLock { $0.count } == 1)
    }

    @Test func `a body that is not what was written is no body`() throws {
        try record(1, day: 100)
        try DatabaseQueue(path: place.path).write {
            try $0.execute(sql: "UPDATE blob SET bytes = x'226e6f7422' WHERE sequence = 2")
        }
        let error = #expect(throws: JournalError.self) { try open(day: 101).entry(2) }
        #expect(error?.code == .corrupt)
        #expect(try open(day: 101).entry(4)?.body == .string(Self.record))
    }
}
