import JSONSchemas
import RunJournal
import Testing

@Suite struct JournalTests {
    @Test func `entries come back in order with what was written`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        let first = seed(1)
        try journal.start(first)
        let written = try journal.append(
            .observationRecorded, run: first.id, step: "load", body: ["rows": [1, 2.5, nil, "ü\u{0}\n"]])
        #expect(written.sequence == 2)
        let read = try place.open().entries(of: first.id)
        #expect(read.map(\.kind) == [.runStarted, .observationRecorded])
        #expect(read[1] == written)
        #expect(read[1].previousHash == read[0].hash)
        #expect(read[1].timestamp == "2023-11-14T22:13:23.000Z")
    }

    @Test func `members of a body keep their order, so that a resumed run builds the same prompt`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.append(.note, run: seed(1).id, body: ["zebra": 1, "ant": 2])
        let read = try journal.entries(of: seed(1).id, kinds: [.note])
        #expect(read[0].body.serialized() == #"{"zebra":1,"ant":2}"#)
    }

    @Test func `readers can go on from a sequence and choose kinds`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        try journal.start(seed(2))
        for index in 0..<5 {
            try journal.append(.note, run: seed(1).id, body: ["n": .integer(index)])
            try journal.append(.stepStarted, run: seed(2).id, step: "s\(index)")
        }
        #expect(try journal.entries(of: seed(1).id, after: 5).map(\.sequence) == [7, 9, 11])
        #expect(try journal.entries(of: seed(2).id, kinds: [.runStarted]).count == 1)
        #expect(try journal.entries(after: 9, limit: 2).map(\.sequence) == [10, 11])
        #expect(try journal.entry(2)?.run == seed(2).id)
        #expect(try journal.entry(99) == nil)
    }

    @Test func `several entries are appended together or not at all`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        let drafts = [
            JournalEntryDraft(.callProposed, step: "a"), JournalEntryDraft(.callDecided, step: "a"),
        ]
        #expect(try journal.append(drafts, run: seed(1).id).map(\.sequence) == [2, 3])
        // The second draft starts a run that exists: the first must not stay behind.
        let failing = [JournalEntryDraft(.note), JournalEntryDraft(.runStarted)]
        #expect(throws: JournalError.self) { try journal.append(failing, run: seed(1).id) }
        #expect(try journal.entries(of: seed(1).id).count == 3)
        #expect(try journal.append([], run: seed(1).id).isEmpty)
    }

    @Test func `a run that was never started takes no entries`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        let error = #expect(throws: JournalError.self) { try journal.append(.note, run: seed(9).id) }
        #expect(error?.code == .notFound)
        #expect(try journal.head().sequence == 0)
        // Control: a refused append does not close the journal.
        try journal.start(seed(9))
        try journal.append(.note, run: seed(9).id)
    }

    @Test(arguments: [65_536, 65_537, 3_000_000])
    func `a large body lies in a file and reads back the same`(byteCount: Int) throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        // Two quotes are part of the serialized body.
        let text = String(repeating: "x", count: byteCount - 2)
        let written = try journal.append(
            .observationRecorded, run: seed(1).id, step: "load", body: .string(text))
        try journal.append(.observationRecorded, run: seed(1).id, step: "again", body: .string(text))
        #expect(try place.blobNames().count == (byteCount > 65_536 ? 2 : 0))
        #expect(try place.open().entry(written.sequence) == written)
        #expect(try journal.verifyChain().isIntact)
    }

    @Test func `two open journals take turns and share one chain`() async throws {
        let place = try TemporaryJournal()
        try place.open().start(seed(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let journal = try place.open()
                    for index in 0..<50 {
                        try journal.append(.note, run: seed(1).id, step: "w\(writer)", body: .integer(index))
                    }
                }
            }
            try await group.waitForAll()
        }
        let journal = try place.open()
        #expect(try journal.entries(of: seed(1).id).map(\.sequence) == Array(1...201))
        for writer in 0..<4 {
            let own = try journal.entries(of: seed(1).id).filter { $0.step == "w\(writer)" }
            #expect(own.compactMap(\.body.intValue) == Array(0..<50))
        }
        #expect(try journal.verifyChain().isIntact)
    }

    @Test func `many processes may open a new journal at once`() async throws {
        let place = try TemporaryJournal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...8 { group.addTask { try place.open().start(seed(UInt64(number))) } }
            try await group.waitForAll()
        }
        #expect(try place.open().runs().count == 8)
    }
}
