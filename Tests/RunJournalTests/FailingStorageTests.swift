import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// Storage that refuses, at each single operation.
@Suite struct FailingStorageTests {
    private let place: TemporaryJournal
    private let run = seed(1).id

    init() throws {
        place = try TemporaryJournal()
    }

    private func storage() -> LossyFolder {
        LossyFolder(URL(filePath: place.folder).resolvingSymlinksInPath().path(percentEncoded: false))
    }

    private var pair: [JournalEntryDraft] {
        [
            JournalEntryDraft(.executionStarted, body: .string(String(repeating: "x", count: 9_000))),
            JournalEntryDraft(.observationRecorded, body: .string(String(repeating: "y", count: 9_000))),
        ]
    }

    @Test func `a disk that is full at any write of an append leaves nothing of it, and the next one succeeds`() throws
    {
        let storage = storage()
        let journal = try place.open()
        try journal.start(seed(1))
        var refused = 0
        for write in 1...200 {
            let before = try journal.entries(of: run)
            storage.fillDisk(at: write)
            do throws(JournalError) {
                try journal.append(pair, run: run)
                break
            } catch {
                refused += 1
                #expect(error.code == .diskFull, "write \(write): \(error)")
                #expect(error.description.contains("the disk is full"))
            }
            storage.emptyDisk()
            #expect(try journal.entries(of: run) == before, "write \(write)")
        }
        storage.emptyDisk()
        #expect(refused >= 8, "an append has \(refused) writes")
        // Control: with space it is written, by the same journal.
        let count = try journal.entries(of: run).count
        try journal.append(pair, run: run)
        #expect(try journal.entries(of: run).count == count + 2)
        #expect(try journal.verifyChain().isIntact)
    }

    @Test func `several answers count all or none, whichever write of them finds the disk full`() throws {
        let storage = storage()
        let journal = try place.open()
        try journal.start(seed(1))
        let digests = ["aa", "bb", "cc"]
        for digest in digests {
            try journal.append(.approvalRequested, run: run, step: digest, body: ["digest": .string(digest)])
        }
        let answers = digests.map {
            JournalEntryDraft(.approvalRecorded, step: $0, body: ["digest": .string($0), "decision": "approved"])
        }
        var refused = 0
        for write in 1...200 {
            storage.fillDisk(at: write)
            do throws(JournalError) {
                try journal.append(answers, run: run)
                break
            } catch {
                refused += 1
                #expect(error.code == .diskFull, "write \(write): \(error)")
            }
            storage.emptyDisk()
            #expect(try journal.pendingApprovals().map(\.digest) == digests, "write \(write)")
        }
        storage.emptyDisk()
        #expect(refused >= 3, "\(refused)")
        // Control: with space they are all recorded, by the same journal.
        #expect(try journal.pendingApprovals().isEmpty)
        #expect(try journal.entries(of: run, kinds: [.approvalRecorded]).map(\.step) == digests)
        #expect(try journal.verifyChain().isIntact)
    }

    /// After a failed fsync the kernel reports success the next time although the pages are gone, so this process must
    /// not write again: a later one looks at what is really there.
    @Test(arguments: [1, 2, 3, 7, 40, 250, 251, 252, 253, 300])
    func `a failed synchronization ends writing, and nothing acknowledged is lost`(occurrence: Int) throws {
        var acknowledged: [JournalEntry] = []
        do {
            let storage = storage()
            let journal = try place.open()
            try journal.start(seed(1))
            acknowledged = try journal.entries(of: run)
            storage.failSynchronization(occurrence)
            var failure: JournalError?
            for number in 1...600 where failure == nil {
                do throws(JournalError) {
                    acknowledged.append(try journal.append(.note, run: run, body: .integer(number)))
                } catch {
                    failure = error
                }
            }
            if let failure {
                #expect(failure.code == .io, "\(failure)")
                // The storage would work again; the journal must not.
                let again = #expect(throws: JournalError.self) { try journal.append(.note, run: run) }
                #expect(again == failure)
            } else {
                // It met a checkpoint, which is tried again: until one succeeds the log keeps everything.
                #expect(occurrence > 200 && acknowledged.count == 601)
            }
            // The machine goes down with what the kernel lost, at the first thing that is done next: closing the file.
            storage.cutPower(at: 1, tearing: false)
        }
        try? FileManager.default.removeItem(atPath: place.path + "-shm")
        let reopened = try Journal(path: place.path, options: JournalOptions(preparedLogByteCount: 0))
        let found = try reopened.entries(of: run)
        #expect(found.prefix(acknowledged.count) == acknowledged[...])
        #expect(try reopened.verifyChain().isIntact)
        try reopened.append(.note, run: run)
    }
}
