import Foundation
import JSONSchemas
import RunJournal
import Synchronization
import Testing

/// Files that were copied while a journal was in use, and old ones that were put back.
@Suite struct CopiedJournalTests {
    private final class Stop: Sendable {
        let isSet = Atomic(false)
    }

    @Test func `a copy made while it is written to is a whole prefix or is refused`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        let stop = Stop()
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let body = JSONValue.string(String(repeating: "x", count: 2_000))
            while !stop.isSet.load(ordering: .acquiring) { _ = try? journal.append(.note, run: seed(1).id, body: body) }
            ended.signal()
        }
        var copies: [TemporaryJournal] = []
        var heads: [JournalHead] = []
        for number in 0..<30 {
            let copy = try TemporaryJournal()
            heads.append(try journal.head())
            // In both orders: a checkpoint may come between the two.
            let suffixes = number.isMultiple(of: 2) ? ["", "-wal"] : ["-wal", ""]
            for suffix in suffixes {
                try FileManager.default.copyItem(atPath: place.path + suffix, toPath: copy.path + suffix)
            }
            copies.append(copy)
        }
        stop.isSet.store(true, ordering: .releasing)
        ended.wait()
        let whole = try journal.entries(after: 0, limit: 1_000_000)
        var good = 0
        for (copy, head) in zip(copies, heads) {
            guard let opened = try? copy.open(), let report = try? opened.verifyChain(expecting: head),
                report.isIntact, let found = try? opened.entries(after: 0, limit: 1_000_000)
            else { continue }
            good += 1
            // What passes the check is what was written, at least up to the head that was noted before.
            #expect(found == Array(whole.prefix(found.count)))
            #expect(found.count >= head.sequence)
        }
        #expect(good > 0)
    }

    @Test func `an old backup that was put back is found by a head that was noted`() throws {
        let place = try TemporaryJournal()
        do {
            let journal = try place.open()
            try journal.start(seed(1))
            try journal.append(.note, run: seed(1).id, body: 1)
        }
        let backup = try place.bytes()
        let head: JournalHead
        do {
            let journal = try place.open()
            try journal.append(.note, run: seed(1).id, body: 2)
            head = try journal.head()
            #expect(try journal.verifyChain(expecting: head).isIntact)
        }
        try place.replaceBytes(backup)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: place.path + suffix) }
        let restored = try place.open()
        #expect(try restored.verifyChain().isIntact)
        #expect(try !restored.verifyChain(expecting: head).isIntact)
        // Going on from the backup doesn't hide it: another entry stands in the place of the lost one.
        try restored.append(.note, run: seed(1).id, body: 3)
        #expect(try !restored.verifyChain(expecting: head).isIntact)
    }
}
