import Foundation
import GRDB
import JSONSchemas
import RunJournal
import Testing

/// What somebody who may write to the state folder does to its journal, held against a checkpoint kept elsewhere.
@Suite struct ForgeryTests {
    /// A closed journal of one finished run, and a copy of its checkpoints and its public key elsewhere.
    private struct Evidence {
        let place: TemporaryJournal
        let elsewhere: TemporaryJournal
        let checkpoints: String
        let key: JournalPublicKey

        init() throws {
            place = try TemporaryJournal()
            elsewhere = try TemporaryJournal()
            do {
                let journal = try place.open()
                try Self.record(journal, value: "honest")
            }
            checkpoints = elsewhere.folder + "/kept.checkpoints"
            try FileManager.default.copyItem(atPath: place.checkpointPath(), toPath: checkpoints)
            key = try JournalPublicKey.read(path: place.folder + "/keys/journal-ed25519.pub")
        }

        static func record(_ journal: Journal, value: String) throws {
            try journal.start(seed(1))
            for index in 0..<8 {
                try journal.append(.callDecided, run: seed(1).id, step: "s\(index)", body: ["decision": .string(value)])
            }
            try journal.append(.runFinished, run: seed(1).id, body: ["outcome": "done", "exit": 0])
        }

        func sql(_ statements: String, in other: TemporaryJournal? = nil) throws {
            // Without a transaction, in which the foreign keys would stay in force.
            try DatabaseQueue(path: (other ?? place).path).writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA foreign_keys = OFF; " + statements)
            }
        }

        /// Puts a journal of the same identity with another past in the place of this one, as the product itself writes it:
        /// signed with the stolen key, or with a new one.
        func forge(withStolenKey: Bool) throws {
            let forged = try TemporaryJournal()
            let own = try DatabaseQueue(path: place.path).read {
                try #require(try Row.fetchOne($0, sql: "SELECT identifier, created_ns FROM journal"))
            }
            _ = try forged.open()
            try sql(
                "UPDATE journal SET identifier = '\(own["identifier"] as String)', created_ns = \(own["created_ns"] as Int64)",
                in: forged)
            if withStolenKey {
                try FileManager.default.copyItem(atPath: place.folder + "/keys", toPath: forged.folder + "/keys")
            }
            do { try Self.record(try forged.open(), value: "forged") }
            for name in ["journal.db", "checkpoints", "keys"] {
                try FileManager.default.removeItem(atPath: place.folder + "/" + name)
                try FileManager.default.moveItem(atPath: forged.folder + "/" + name, toPath: place.folder + "/" + name)
            }
        }

        func verify(external: Bool) throws -> ChainReport {
            try place.open().verifyChain(key: key, checkpoints: external ? [checkpoints] : [])
        }
    }

    @Test func `an untouched journal is covered by the checkpoint kept elsewhere`() throws {
        let evidence = try Evidence()
        let report = try evidence.verify(external: true)
        #expect(report.isIntact && report.coverage.isExternal && report.unsignedCount == 0)
        #expect(report.coverage.file == evidence.checkpoints)
    }

    @Test func `a tail that was cut off with its checkpoints is found only against the one kept elsewhere`() throws {
        let evidence = try Evidence()
        try evidence.sql(
            """
            DELETE FROM checkpoint; DELETE FROM entry WHERE sequence > 5;
            UPDATE run SET state = 'running', exit_code = NULL
            """)
        try FileManager.default.removeItem(atPath: evidence.place.folder + "/checkpoints")
        // The control: nothing in the state folder tells, and the report says that nothing is signed.
        let alone = try evidence.place.open().verifyChain()
        #expect(alone.isIntact && alone.coverage.sequence == 0 && alone.unsignedCount == 5)
        // With the key from elsewhere somebody expects something signed.
        #expect(try evidence.verify(external: false).worst == .cannotTell)
        let report = try evidence.verify(external: true)
        #expect(report.worst == .tampered)
        #expect(report.problems.contains { $0.sentence.contains("its end was cut off") })
    }

    @Test func `a journal that was written anew with the stolen key is found only against the one kept elsewhere`()
        throws
    {
        let evidence = try Evidence()
        try evidence.forge(withStolenKey: true)
        // The control: with key and copies in hand the forger's journal is whole in itself.
        let alone = try evidence.verify(external: false)
        #expect(alone.isIntact && alone.coverage.sequence == 10)
        let report = try evidence.verify(external: true)
        #expect(report.worst == .tampered)
        #expect(report.problems.contains { $0.sentence.hasPrefix("Entry 10 is not the one that the checkpoint") })
    }

    @Test func `a journal that was signed anew with another key is found by the public key kept elsewhere`() throws {
        let evidence = try Evidence()
        try evidence.forge(withStolenKey: false)
        // The control: by the key in the state folder all is well.
        #expect(try evidence.place.open().verifyChain().isIntact)
        #expect(try evidence.verify(external: false).worst == .cannotTell)
        #expect(try evidence.place.open().verifyChain(checkpoints: [evidence.checkpoints]).worst == .tampered)
    }

    @Test(arguments: [true, false])
    func `signatures that were taken away are missed, and what is left is not signed again`(all: Bool) throws {
        let evidence = try Evidence()
        do {
            let journal = try evidence.place.open()
            try journal.start(seed(2))
            try journal.append(.runFinished, run: seed(2).id, body: ["outcome": "done", "exit": 0])
            // The control: what is there is whole, and no copy outside the table is needed for that.
            try FileManager.default.removeItem(atPath: evidence.place.folder + "/checkpoints")
            #expect(try journal.verifyChain(key: evidence.key).isIntact)
        }
        let keys = evidence.place.folder + "/keys"
        try evidence.sql("DELETE FROM checkpoint WHERE sequence > \(all ? 0 : 10)")
        if all { try FileManager.default.removeItem(atPath: keys) }
        for key in [nil, evidence.key] {
            let report = try evidence.place.open().verifyChain(key: key)
            #expect(report.worst == .tampered)
            let rest = all ? "none is there" : "the newest one is of entry 10"
            #expect(report.problems.contains { $0.sequence == 12 && $0.sentence.contains(rest) })
        }
        let error = #expect(throws: JournalError.self) {
            try evidence.place.open().append(.runParked, run: seed(2).id)
        }
        #expect(error?.code == .unsigned)
        let missed = all ? 10 : 12
        #expect(error?.description.contains("entry \(missed) was written together with a checkpoint") == true)
        #expect(FileManager.default.fileExists(atPath: keys) == !all)
    }

    @Test func `a given key is asked for something that it signed`() throws {
        let evidence = try Evidence()
        let young = try TemporaryJournal()
        try young.open().start(seed(1))
        #expect(try young.open().verifyChain(key: evidence.key).worst == .cannotTell)
        // The control: nobody asked, and nothing needed a signature yet.
        #expect(try young.open().verifyChain().isIntact)
        #expect(try evidence.verify(external: false).isIntact)
    }

    @Test(arguments: [
        ("DELETE FROM effect", false), ("DELETE FROM checkpoint", true), ("DELETE FROM entry WHERE sequence = 4", true),
        ("UPDATE entry SET step = 's9' WHERE sequence = 4", true),
        ("UPDATE entry SET body = NULL, blob_hash = hash WHERE sequence = 4", true),
        ("INSERT INTO approval VALUES ((SELECT id FROM run), 'd', 's', 3, 4)", true),
        ("INSERT INTO effect VALUES ('e', (SELECT id FROM run), 's', 'pure', 3, NULL, 'intended')", true),
        ("UPDATE writer SET epoch = 0", false), ("UPDATE run SET held = 1", true),
        ("DELETE FROM run", true), ("UPDATE journal SET created_ns = created_ns + 1", true),
    ])
    func `rows that were changed with SQL are found`(statement: String, isFound: Bool) throws {
        let evidence = try Evidence()
        try evidence.sql(statement)
        // What changes nothing is the control: there is no effect, and no writer, in this journal.
        #expect(try evidence.verify(external: true).isIntact == !isFound, "\(statement)")
    }

    @Test func `entries of a writer that was replaced are found`() throws {
        let evidence = try Evidence()
        let journal = try evidence.place.open()
        _ = try journal.lease(seed(1).id)
        _ = try journal.lease(seed(1).id)
        try journal.append(.runResumed, run: seed(1).id)
        #expect(try journal.verifyChain().isIntact)
        try evidence.sql("UPDATE writer SET epoch = 1")
        let report = try evidence.place.open().verifyChain()
        #expect(
            report.problems.map(\.sentence) == ["The writer listed for run `\(seed(1).id)` is older than its entries."])
        try evidence.sql("UPDATE writer SET epoch = 0")
        #expect(try evidence.place.open().verifyChain().problems.count == 2)
        // A process that took the run and died before it wrote leaves a newer one; it can't be told from this.
        try evidence.sql("UPDATE writer SET epoch = 9")
        #expect(try evidence.place.open().verifyChain().isIntact)
    }
}
