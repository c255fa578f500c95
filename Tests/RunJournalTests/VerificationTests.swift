import Foundation
import JSONSchemas
import RunJournal
import Testing

@Suite struct VerificationTests {
    /// A closed journal with two runs, approvals and a blob, and what its entries are.
    private static func recorded(in place: TemporaryJournal) throws -> (
        entries: [JournalEntry], head: JournalHead
    ) {
        let journal = try place.open()
        for number in 1...2 {
            let run = seed(UInt64(number)).id
            try journal.start(seed(UInt64(number)))
            for step in 0..<6 {
                try journal.append(
                    .stepStarted, run: run, step: "step-\(step)", body: ["marker": .string("original\(step)")]
                )
            }
            try journal.append(
                .approvalRequested, run: run, step: "ask", body: ["digest": .string("cafe\(number)")])
            try journal.append(
                .observationRecorded, run: run, body: .string(String(repeating: "b", count: 70_000)))
            try journal.append(.runParked, run: run, body: ["exit": 2])
        }
        return (try journal.entries(after: 0, limit: 1000), try journal.head())
    }

    /// Replaces the first occurrence of a text in the database's bytes by one of the same length.
    private static func replace(_ old: String, by new: String, in place: TemporaryJournal) throws {
        var bytes = try place.bytes()
        let range = try #require(bytes.firstRange(of: Array(old.utf8)))
        bytes.replaceSubrange(range, with: Array(new.utf8))
        try place.replaceBytes(bytes)
    }

    @Test func `an untouched journal verifies, with and without an external head`() throws {
        let place = try TemporaryJournal()
        let (entries, head) = try Self.recorded(in: place)
        let plain = try place.open().verifyChain()
        #expect(plain.isIntact && plain.entryCount == entries.count && !plain.hasExternalHead)
        #expect(plain.head == head)
        let checked = try place.open().verifyChain(expecting: head)
        #expect(checked.isIntact && checked.hasExternalHead)
        #expect(try TemporaryJournal().open().verifyChain().isIntact)
    }

    @Test(arguments: [
        ("original3", "Original3"), ("step-2", "step-9"), ("stepStarted", "stepStorted"),
        ("/tmp/out-1", "/tmp/out-7"), ("cafe1", "cafe9"),
    ])
    func `an edited entry is found`(old: String, new: String) throws {
        let place = try TemporaryJournal()
        _ = try Self.recorded(in: place)
        try Self.replace(old, by: new, in: place)
        let report = try place.open().verifyChain()
        #expect(!report.isIntact)
        #expect(report.problems.allSatisfy { $0.kind == .tampered && $0.sentence.hasSuffix(".") })
    }

    @Test func `an edited run state is found although no entry changed`() throws {
        let place = try TemporaryJournal()
        let (entries, _) = try Self.recorded(in: place)
        // Lower-case `parked` stands only in the run's row; the entry's kind is `runParked`.
        try Self.replace("parked", by: "failed", in: place)
        let journal = try place.open()
        #expect(try journal.entries(after: 0, limit: 1000) == entries)
        let report = try journal.verifyChain()
        #expect(report.problems.count == 1)
        #expect(report.problems.first?.sentence.contains("does not follow from its entries") == true)
    }

    @Test func `a flipped byte anywhere is reported, or was in unused space`() throws {
        let place = try TemporaryJournal()
        let (entries, head) = try Self.recorded(in: place)
        let original = try place.bytes()
        var generator = SplitMix(state: 42)
        var foundCount = 0
        for _ in 0..<300 {
            var bytes = original
            let offset = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[offset] ^= UInt8.random(in: 1...255, using: &generator)
            try place.replaceBytes(bytes)
            do {
                let journal = try place.open()
                if try !journal.verifyChain(expecting: head).isIntact {
                    foundCount += 1
                } else {
                    let read = try journal.entries(after: 0, limit: 1000)
                    #expect(read == entries, "byte \(offset)")
                }
            } catch is JournalError {
                foundCount += 1
            }
        }
        // Control: the flips do hit something.
        #expect(foundCount > 20)
    }

    @Test func `removing the newest entries is found only against a head kept elsewhere`() throws {
        let place = try TemporaryJournal()
        let early: [UInt8]
        do {
            let journal = try place.open()
            try journal.start(seed(1))
        }
        early = try place.bytes()
        let head: JournalHead
        do {
            let journal = try place.open()
            try journal.append(.note, run: seed(1).id, body: ["late": true])
            head = try journal.head()
        }
        #expect(try place.open().verifyChain(expecting: head).isIntact)
        try place.replaceBytes(early)
        #expect(try place.open().verifyChain().isIntact)
        let report = try place.open().verifyChain(expecting: head)
        #expect(report.problems.map(\.sequence) == [2])
    }

    @Test func `another journal's head does not fit`() throws {
        let place = try TemporaryJournal()
        let (_, head) = try Self.recorded(in: place)
        let other = JournalHead(journal: "somebody-else", sequence: head.sequence, hash: head.hash)
        #expect(try !place.open().verifyChain(expecting: other).isIntact)
    }

    @Test func `an altered blob is tampering and a missing one is incomplete`() throws {
        let place = try TemporaryJournal()
        _ = try Self.recorded(in: place)
        let blob = place.folder + "/blobs/" + (try #require(try place.blobNames().first))
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: blob)))
        bytes[1000] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: blob))
        #expect(try place.open().verifyChain().problems.map(\.kind) == [.tampered])
        let error = #expect(throws: JournalError.self) {
            for number in 1...2 { _ = try place.open().entries(of: seed(UInt64(number)).id) }
        }
        #expect(error?.code == .corrupt)

        try FileManager.default.removeItem(atPath: blob)
        #expect(try place.open().verifyChain().problems.map(\.kind) == [.incomplete])
    }
}
