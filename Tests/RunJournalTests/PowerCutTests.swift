import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// Power that is cut at any operation of the storage, in which only what was synchronized is sure to be on the disk.
@Suite struct PowerCutTests {
    /// What one machine acknowledged before it lost power, and what the next one found.
    private struct Trial {
        var acknowledged: [JournalEntry] = []
        var found: [JournalEntry] = []
        var isIntact = false
        var wasCut = false
        var goesOn = false
    }

    /// Appends until power is cut, at the n-th operation after the journal was begun; `before` entries are on the disk
    /// for sure by then.
    private func trial(
        operation: Int, tearing: Bool, seed: UInt64, lying: Bool = false, before: Int = 0
    ) throws -> Trial {
        let place = try TemporaryJournal()
        var result = Trial()
        if before > 0 {
            let journal = try place.open()
            result.acknowledged.append(contentsOf: try begin(journal))
            for number in 1..<before {
                result.acknowledged.append(try journal.append(.note, run: run, body: .integer(number)))
            }
        }
        do {
            let storage = LossyFolder(URL(filePath: place.folder).resolvingSymlinksInPath().path(percentEncoded: false))
            if lying { storage.lie() }
            storage.cutPower(at: operation, tearing: tearing, seed: seed)
            fill(place, &result, isNew: before == 0)
            result.wasCut = storage.isCut
        }
        // The index of the log lives in memory that the machine lost.
        try? FileManager.default.removeItem(atPath: place.path + "-shm")
        // A disk that lied may hold a file that is no journal any more: then nothing was found.
        guard let journal = try? place.open() else { return result }
        result.found = (try? journal.entries(after: 0, limit: 10_000)) ?? []
        result.isIntact = (try? journal.verifyChain().isIntact) ?? false
        if result.found.isEmpty { _ = try? begin(journal) }
        result.goesOn = (try? journal.append(.note, run: run)) != nil
        return result
    }

    private let run = RunJournalTests.seed(1).id

    private func begin(_ journal: Journal) throws -> [JournalEntry] {
        try journal.start(RunJournalTests.seed(1))
        return try journal.entries(after: 0, limit: 1)
    }

    /// Appends until something fails, at most 800 times: single entries, pairs, small and larger ones.
    private func fill(_ place: TemporaryJournal, _ result: inout Trial, isNew: Bool) {
        do {
            let journal = try place.open()
            if isNew { result.acknowledged += try begin(journal) }
            for number in 1...800 {
                let body: JSONValue = [
                    "n": .integer(number), "x": .string(String(repeating: "x", count: number % 9 * 700)),
                ]
                let drafts = (0...(number % 5 == 0 ? 1 : 0)).map { _ in JournalEntryDraft(.note, body: body) }
                result.acknowledged += try journal.append(drafts, run: run)
            }
        } catch {
            // Power is gone; what was acknowledged is in the result.
        }
    }

    @Test(arguments: [false, true])
    func `every acknowledged entry is there after a power cut, and the chain holds`(tearing: Bool) async throws {
        var random = SplitMix(state: tearing ? 31 : 17)
        var cuts = 0
        var lengths: Set<Int> = []
        // 60 moments: a third of them while the file is new, the rest over checkpoints of the log.
        for number in 0..<60 {
            // Gives other tests, which wait for something, a turn.
            await Task.yield()
            let operation = Int.random(in: 1...(number % 3 == 0 ? 200 : 7_000), using: &random)
            let trial = try trial(operation: operation, tearing: tearing, seed: random.next())
            guard trial.wasCut else { continue }
            cuts += 1
            lengths.insert(trial.acknowledged.count)
            #expect(
                trial.found.prefix(trial.acknowledged.count) == trial.acknowledged[...],
                "cut at \(operation): \(trial.acknowledged.count) acknowledged, \(trial.found.count) found")
            // What was in flight, one entry or a pair, may be there too.
            #expect(trial.found.count <= trial.acknowledged.count + 2, "cut at \(operation)")
            #expect(trial.isIntact && trial.goesOn, "cut at \(operation)")
        }
        #expect(cuts > 40, "most moments come before the end")
        #expect(lengths.count > 20, "the moments differ")
    }

    /// The control arm: the same trials on a disk that does not do what `fsync` asks lose entries, so they would notice
    /// a journal that doesn't ask.
    @Test func `a disk that lies about synchronizing loses acknowledged entries`() throws {
        var random = SplitMix(state: 5)
        var losses = 0
        for _ in 0..<10 {
            let operation = Int.random(in: 100...2_000, using: &random)
            let trial = try trial(operation: operation, tearing: false, seed: random.next(), lying: true, before: 5)
            #expect(trial.wasCut && trial.acknowledged.count > 10)
            // What a truthful disk had before is still there.
            #expect(trial.found.prefix(5) == trial.acknowledged.prefix(5))
            if trial.found.count < trial.acknowledged.count { losses += 1 }
        }
        #expect(losses == 10)
    }

    @Test func `each commit is synchronized before it is acknowledged`() throws {
        let place = try TemporaryJournal()
        let storage = LossyFolder(URL(filePath: place.folder).resolvingSymlinksInPath().path(percentEncoded: false))
        let journal = try place.open()
        try journal.start(RunJournalTests.seed(1))
        for number in 1...20 {
            let before = storage.synchronizationCount
            try journal.append(.note, run: run, body: .integer(number))
            #expect(storage.synchronizationCount > before)
        }
        // Control: reading synchronizes nothing.
        let before = storage.synchronizationCount
        _ = try journal.entries(of: run)
        #expect(storage.synchronizationCount == before)
    }
}
