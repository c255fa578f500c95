import Foundation
import JSONSchemas
import RunJournal
import Testing

@Suite struct DurabilityTests {
    /// A child appends numbered entries, acknowledges each one in a file, and is killed at a random moment.
    /// (Killing does not test fsync, since the kernel keeps its pages; it tests atomicity and recovery.)
    @Test(arguments: 1...12)
    func `every acknowledged entry survives a kill, and the chain holds`(attempt: Int) async throws {
        let place = try TemporaryJournal()
        let folder = place.folder
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [folder = folder as String, attempt = attempt as Int] in
            let journal = try Journal(
                path: folder + "/journal.db", options: .init(preparedLogByteCount: 256 * 1024))
            let lease = try journal.lease(seed(1).id)
            try journal.start(seed(1))
            var generator = SplitMix(state: UInt64(attempt))
            let microseconds = UInt32.random(in: 0...60_000, using: &generator)
            Thread.detachNewThread {
                // Not `Task.sleep`: the kill must come whatever the tasks of this process are doing.
                usleep(microseconds)
                kill(getpid(), SIGKILL)
            }
            try Data().write(to: URL(fileURLWithPath: folder + "/acknowledged"))
            let acknowledgements = try #require(FileHandle(forWritingAtPath: folder + "/acknowledged"))
            for number in 1... {
                // Every 16th is large enough for a blob, every 5th comes as a pair.
                let filler = String(repeating: "x", count: number % 16 == 0 ? 70_000 : number % 900)
                let body: JSONValue = ["n": .integer(number), "filler": .string(filler)]
                if number % 5 == 0 {
                    let drafts = [
                        JournalEntryDraft(.executionStarted, body: body),
                        JournalEntryDraft(.observationRecorded, body: body),
                    ]
                    try journal.append(drafts, run: lease.run)
                } else {
                    try journal.append(.note, run: lease.run, body: body)
                }
                acknowledgements.write(Data("\(number)\n".utf8))
            }
        }
        let acknowledged =
            (try? String(contentsOfFile: folder + "/acknowledged", encoding: .utf8))?
            .split(separator: "\n").last.flatMap { Int($0) } ?? 0
        let journal = try place.open()
        let bodies = try journal.entries(of: seed(1).id).dropFirst()
        let singles = bodies.filter { $0.kind != .executionStarted }.compactMap { $0.body["n"]?.intValue }
        #expect(singles.count >= acknowledged)
        // At most the one in flight is there without an acknowledgement.
        #expect(singles.count <= acknowledged + 1)
        #expect(singles == Array(1..<(singles.count + 1)))
        // Pairs came whole or not at all.
        #expect(
            bodies.filter { $0.kind == .executionStarted }.count
                == bodies.filter { $0.kind == .observationRecorded }.count)
        #expect(try journal.verifyChain().isIntact)
        // The dead writer is in nobody's way.
        let lease = try journal.lease(seed(1).id)
        try journal.append(.runResumed, run: lease.run)
        #expect(try journal.verifyChain().isIntact)
    }

    @Test func `a log cut off anywhere leaves a whole prefix`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open()
        try journal.start(seed(1))
        for number in 1...12 { try journal.append(.note, run: seed(1).id, body: .integer(number)) }
        let entries = try journal.entries(after: 0, limit: 100)
        let database = try Data(contentsOf: URL(fileURLWithPath: place.path))
        let log = try Data(contentsOf: URL(fileURLWithPath: place.path + "-wal"))
        var lengths: Set<Int> = []
        for cut in stride(from: 0, through: log.count, by: 997) {
            let copy = try TemporaryJournal()
            try database.write(to: URL(fileURLWithPath: copy.path))
            try log.prefix(log.count - cut).write(to: URL(fileURLWithPath: copy.path + "-wal"))
            let recovered = try copy.open()
            let read = try recovered.entries(after: 0, limit: 100)
            #expect(read == Array(entries.prefix(read.count)), "cut \(cut)")
            #expect(try recovered.verifyChain().isIntact, "cut \(cut)")
            lengths.insert(read.count)
        }
        #expect(lengths.contains(entries.count) && lengths.count > 5)
    }

    @Test func `preparing the log changes nothing that is read, and happens once`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open(JournalOptions(preparedLogByteCount: 1 << 20))
        try journal.start(seed(1))
        let before = try journal.entries(after: 0, limit: 10)
        let lease = try journal.lease(seed(1).id)
        let size = try place.logByteCount()
        #expect(size >= 1 << 20)
        #expect(try journal.entries(after: 0, limit: 10) == before)
        for number in 1...100 { try journal.append(.note, run: lease.run, body: .integer(number)) }
        _ = try journal.lease(seed(2).id)
        #expect(try place.logByteCount() == size)
        #expect(try journal.verifyChain().entryCount == 101)
        // Control: a journal that was not prepared has a short log.
        let other = try TemporaryJournal()
        let unprepared = try other.open()
        try unprepared.start(seed(1))
        #expect(try other.logByteCount() < 1 << 19)
    }
}
