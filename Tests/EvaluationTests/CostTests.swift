import Evaluation
import JSONSchemas
import RunJournal
import Synchronization
import TestSupport
import Testing

/// What a run cost by its record.
@Suite struct CostTests {
    /// A clock that ticks one second per reading.
    private final class Ticks: Sendable {
        private let seconds = Atomic<Int64>(1_700_000_000)
        func next() -> Int64 { seconds.wrappingAdd(1, ordering: .relaxed).newValue * 1_000_000_000 }
        func pass(_ more: Int64) { seconds.wrappingAdd(more, ordering: .relaxed) }
    }

    private static func usage(_ evaluated: Int, _ forced: Int, _ sampled: Int) -> JSONValue {
        [
            "evaluated": .integer(evaluated), "reused": 900, "forced": .integer(forced), "sampled": .integer(sampled),
        ]
    }

    @Test func `what was spent before a stop counts, and the wait doesn't`() throws {
        let folder = try TemporaryFolder()
        let ticks = Ticks()
        let journal = try Journal(
            path: folder.path("journal.db"),
            options: JournalOptions(preparedLogByteCount: 0, now: { ticks.next() }))
        let run = RunID.generate()
        try journal.start(RunSeed(id: run, workflow: "w", directory: folder.path, parameters: [:]))
        try journal.append(
            .stepFinished, run: run, step: "read", body: ["written": [:], "usage": Self.usage(10, 2, 3)])
        // Killed here; an hour later it is gone on with.
        ticks.pass(3_600)
        try journal.append(.runResumed, run: run)
        try journal.append(.valueProduced, run: run, step: "agent#1", body: ["usage": Self.usage(20, 0, 5)])
        // The agent's end sums up its turns.
        try journal.append(
            .stepFinished, run: run, step: "agent", body: ["result": [:], "usage": Self.usage(20, 0, 5)])
        try journal.append(.runParked, run: run, body: ["exit": 2])
        let cost = Cost(entries: try journal.entries(of: run), questions: 4)
        #expect(cost.tokens == 40 && cost.seconds == 4 && cost.questions == 4 && cost.runs == 1)
        #expect(Cost(entries: [], questions: 0).seconds == 0)
    }

    @Test func `what a smaller model said in vain counts too`() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal(path: folder.path("journal.db"), options: JournalOptions(preparedLogByteCount: 0))
        let run = RunID.generate()
        try journal.start(RunSeed(id: run, workflow: "w", directory: folder.path, parameters: [:]))
        try journal.append(
            .stepFinished, run: run, step: "read",
            body: [
                "written": [:], "usage": Self.usage(10, 2, 3),
                "first": ["model": "small", "failed": "Too long.", "usage": Self.usage(7, 1, 4)],
            ])
        #expect(Cost(entries: try journal.entries(of: run), questions: 0).tokens == 27)
    }

    @Test func `a call that came to no end counts too`() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal(path: folder.path("journal.db"), options: JournalOptions(preparedLogByteCount: 0))
        let run = RunID.generate()
        try journal.start(RunSeed(id: run, workflow: "w", directory: folder.path, parameters: [:]))
        try journal.append(
            .stepFinished, run: run, step: "agent",
            body: ["result": [:], "usage": Self.usage(20, 0, 5), "unended": Self.usage(7, 1, 4)])
        #expect(Cost(entries: try journal.entries(of: run), questions: 0).tokens == 12)
    }
}
