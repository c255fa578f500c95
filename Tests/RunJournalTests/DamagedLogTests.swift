import Foundation
import JSONSchemas
import RunJournal
import Testing

/// A write-ahead log that was damaged, lost or exchanged while no process had it.
@Suite struct DamagedLogTests {
    private let original: TemporaryJournal
    private let entries: [JournalEntry]
    private let head: JournalHead
    private let database: Data
    private let log: Data
    private let index: Data

    init() throws {
        original = try TemporaryJournal()
        // Some of it in the database, the rest in the log.
        do {
            let journal = try original.open()
            try journal.start(seed(1))
            for number in 1...3 { try journal.append(.note, run: seed(1).id, body: .integer(number)) }
        }
        let journal = try original.open()
        for number in 4...12 {
            try journal.append(
                .note, run: seed(1).id, body: ["n": .integer(number), "x": .string(String(repeating: "x", count: 300))])
        }
        entries = try journal.entries(after: 0, limit: 100)
        head = try journal.head()
        // As they lie there while it is open: what a crash leaves.
        database = try Data(contentsOf: URL(filePath: original.path))
        log = try Data(contentsOf: URL(filePath: original.path + "-wal"))
        index = try Data(contentsOf: URL(filePath: original.path + "-shm"))
        // Closing it merges the log.
        withExtendedLifetime(journal) {}
    }

    /// The entries that a copy with this log has, or nil where it is refused; `fits` says whether it passes a check
    /// against the head that was noted.
    private func open(log: Data?, index: Data? = nil) throws -> (entries: [JournalEntry], isIntact: Bool, fits: Bool)? {
        let copy = try TemporaryJournal()
        try database.write(to: URL(filePath: copy.path))
        try log?.write(to: URL(filePath: copy.path + "-wal"))
        try index?.write(to: URL(filePath: copy.path + "-shm"))
        do {
            let journal = try copy.open()
            return (
                try journal.entries(after: 0, limit: 100), try journal.verifyChain().isIntact,
                try journal.verifyChain(expecting: head).isIntact
            )
        } catch is JournalError {
            return nil
        }
    }

    @Test func `a log that ends anywhere in its last frames gives a whole prefix`() async throws {
        // 32 bytes of header, then 24 and a page for each frame (https://sqlite.org/fileformat2.html, section 4).
        let frame = 4096 + 24
        #expect((log.count - 32) % frame == 0)
        var cuts: Set<Int> = Set(stride(from: 1, to: 3 * frame, by: 53))
        for boundary in 0...3 { cuts.formUnion((boundary * frame - 26)...(boundary * frame + 26)) }
        var lengths: Set<Int> = []
        for cut in cuts.sorted() where cut >= 0 {
            // Gives other tests, which wait for something, a turn.
            await Task.yield()
            let found = try #require(try open(log: log.prefix(log.count - cut)), "cut \(cut)")
            #expect(found.entries == Array(entries.prefix(found.entries.count)), "cut \(cut)")
            #expect(found.isIntact, "cut \(cut)")
            #expect(found.fits == (found.entries.count == entries.count), "cut \(cut)")
            lengths.insert(found.entries.count)
        }
        #expect(lengths.contains(entries.count) && lengths.contains(entries.count - 1))
    }

    @Test func `a flipped bit anywhere in a log never gives a wrong entry`() async throws {
        let frame = 4096 + 24
        let count = (log.count - 32) / frame
        var places = Set(0..<32)
        for number in 0..<count { places.formUnion((32 + number * frame)..<(32 + number * frame + 24)) }
        places.formUnion(stride(from: 32, to: log.count, by: 211))
        var shortened = 0
        var number: UInt8 = 0
        for place in places.sorted() {
            await Task.yield()
            var damaged = log
            number = (number + 1) % 8
            damaged[place] ^= 1 << number
            guard let found = try open(log: damaged) else { continue }
            #expect(found.entries == Array(entries.prefix(found.entries.count)), "byte \(place)")
            #expect(found.isIntact, "byte \(place)")
            if found.entries.count < entries.count {
                shortened += 1
                #expect(!found.fits, "byte \(place): the head noted before must not fit")
            }
        }
        #expect(shortened > places.count / 2)
        // Control: untouched, all of it is read.
        #expect(try open(log: log)?.entries == entries)
    }

    @Test func `a missing log is found by a head that was noted, and a missing index is made again`() throws {
        let without = try #require(try open(log: nil))
        #expect(without.entries == Array(entries.prefix(4)))
        #expect(without.isIntact && !without.fits)
        for index in [nil, index, Data(count: index.count), Data(repeating: 0xA5, count: index.count)] {
            let found = try #require(try open(log: log, index: index))
            #expect(found.entries == entries)
            #expect(found.fits)
        }
    }

    @Test func `the log and index of another journal never pass for this one's`() throws {
        let other = try TemporaryJournal()
        let stranger = try other.open()
        try stranger.start(seed(2, workflow: "another"))
        for number in 1...20 { try stranger.append(.note, run: seed(2).id, body: .integer(number)) }
        let foreignLog = try Data(contentsOf: URL(filePath: other.path + "-wal"))
        let foreignIndex = try Data(contentsOf: URL(filePath: other.path + "-shm"))
        withExtendedLifetime(stranger) {}
        for index in [nil, foreignIndex, index] {
            if let found = try open(log: foreignLog, index: index) {
                #expect(!found.fits)
                #expect(found.entries != entries)
            }
        }
        let found = try #require(try open(log: log, index: foreignIndex))
        #expect(found.entries == entries && found.fits)
    }
}
