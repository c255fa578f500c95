import Foundation
import GRDB
import JSONSchemas
import RunJournal
import Testing

/// Things in the database that this program did not make, such as a trigger that keeps entries off the record.
@Suite struct PlantedSchemaTests {
    private static let trigger = """
        CREATE TRIGGER t BEFORE INSERT ON entry WHEN NEW.step = 'create' BEGIN SELECT RAISE(IGNORE); END
        """

    private let place: TemporaryJournal
    private let run = seed(1).id

    init() throws {
        place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.append(.runParked, run: run)
    }

    private func plant(_ sql: String) throws {
        try DatabaseQueue(path: place.path).writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    @Test(arguments: [
        (trigger, "its trigger `t` is not what"), ("CREATE VIEW v AS SELECT 1", "its view `v` is not what"),
        ("CREATE INDEX i ON entry (step)", "its index `i` is not what"),
        ("CREATE TABLE more (a)", "its table `more` is not what"),
        ("DROP INDEX entry_by_run", "its index `entry_by_run` is gone"),
        (
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'one = 1', 'one > 0') WHERE name = 'journal'
            """, "its table `journal` is not what"
        ),
    ])
    func `whatever differs from what is made is refused at opening`(sql: String, reason: String) throws {
        // The control: untouched it is opened, and intact.
        #expect(try place.open().verifyChain().isIntact)
        try plant(sql)
        let error = #expect(throws: JournalError.self) { try place.open() }
        #expect(error?.code == .corrupt)
        #expect(error?.description.hasPrefix("Can't open the journal: \(reason)") == true, "\(error?.reason ?? "")")
    }

    @Test func `a trigger that comes later is found by verification, and swallows nothing`() throws {
        let journal = try place.open()
        #expect(try journal.verifyChain().isIntact)
        try plant(Self.trigger)
        let report = try journal.verifyChain()
        #expect(report.worst == .tampered)
        #expect(report.problems.map(\.sentence).contains { $0.contains("its trigger `t`") })
        // The control: what the trigger leaves alone is written.
        try journal.append(.runResumed, run: run)
        let error = #expect(throws: JournalError.self) {
            try journal.append(.callDecided, run: run, step: "create", body: ["decision": "allow"])
        }
        #expect(error?.code == .corrupt)
        #expect(error?.description.contains("the table `entry` did not take its row") == true)
        #expect(try journal.entries(of: run).count == 3)
    }

    @Test(arguments: ["effect", "blob", "checkpoint", "run", "approval"])
    func `a trigger on any other table swallows nothing either`(table: String) throws {
        let journal = try place.open()
        func write() throws {
            switch table {
            case "effect":
                try journal.append(.executionStarted, run: run, body: ["effect": "id", "class": "pure"])
            case "blob": try journal.append(.stepFinished, run: run)
            case "checkpoint": try journal.append(.runParked, run: run)
            case "run": try journal.append(.runResumed, run: run)
            default: try journal.append(.approvalRequested, run: run, body: ["digest": "d"])
            }
        }
        // The control: without the trigger each is written.
        try write()
        let count = try journal.entries(of: run).count
        for event in ["INSERT", "UPDATE"] {
            try plant("CREATE TRIGGER t\(event) BEFORE \(event) ON \(table) BEGIN SELECT RAISE(IGNORE); END")
        }
        #expect(throws: JournalError.self) { try write() }
        #expect(try journal.entries(of: run).count == count)
    }

    @Test func `a trigger on the writers keeps nobody's lease`() throws {
        let journal = try place.open()
        // The control: without the trigger a lease is taken.
        try journal.lease(run).release()
        try plant("CREATE TRIGGER t BEFORE INSERT ON writer BEGIN SELECT RAISE(IGNORE); END")
        let error = #expect(throws: JournalError.self) { try journal.lease(run) }
        #expect(error?.code == .corrupt && error?.description.contains("the table `writer`") == true)
    }
}
