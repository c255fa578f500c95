import Foundation
import JSONSchemas
import RunJournal
import Synchronization
import Testing

/// A wall clock that was set while runs went on.
@Suite struct ClockTests {
    private final class Clock: Sendable {
        let nanoseconds = Atomic<Int64>(1_800_000_000_000_000_000)
        func set(by seconds: Int64) { nanoseconds.wrappingAdd(seconds * 1_000_000_000, ordering: .relaxed) }
    }

    @Test(arguments: [-3_600, 3_600, 315_360_000, -315_360_000] as [Int64])
    func `entries keep their order whatever the clock says`(jump: Int64) throws {
        let place = try TemporaryJournal()
        let clock = Clock()
        let journal = try Journal(
            path: place.path,
            options: JournalOptions(preparedLogByteCount: 0, now: { clock.nanoseconds.load(ordering: .relaxed) }))
        try journal.start(seed(1))
        try journal.append(.note, run: seed(1).id, body: 1)
        clock.set(by: jump)
        try journal.append(.note, run: seed(1).id, body: 2)
        try journal.start(seed(2))
        clock.set(by: -jump)
        try journal.append(.note, run: seed(1).id, body: 3)
        let entries = try journal.entries(of: seed(1).id)
        #expect(entries.dropFirst().map(\.body) == [1, 2, 3])
        #expect(entries.map(\.sequence) == [1, 2, 3, 5])
        // The times are what the clock said: nothing is smoothed over.
        #expect(entries[2].wallNanoseconds - entries[1].wallNanoseconds == jump * 1_000_000_000)
        #expect(try journal.runs().map(\.id) == [seed(2).id, seed(1).id])
        #expect(try journal.verifyChain().isIntact)
    }
}
