import Databases
import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import Synchronization
import TestSupport
import Testing

/// Runs whose wall clock is set while they wait. (How old an answer may be is for `ApprovalRunTests`.)
@Suite struct ClockRunTests {
    private static let text = """
        workflow: gated
        description: A gate, then an issue.
        tools: [issue.create]
        policy: { tools: { issue.create: { decision: allow } } }
        steps:
          - { id: gate, approve: { summary: go on? } }
          - { id: file, call: issue.create, with: { project: demo, title: t, body: b } }
        outputs:
          result: { json: "${steps.file.id}", to: result.json }
        """

    private final class Clock: Sendable {
        let seconds = Atomic<Int64>(1_800_000_000)
        func set(by change: Int64) { seconds.wrappingAdd(change, ordering: .relaxed) }
    }

    @Test(arguments: [-3_600, 315_360_000, 0] as [Int64])
    func `a run goes on under a clock that was set, and says so`(change: Int64) async throws {
        let clock = Clock()
        let stage = try Stage(Self.text, now: { clock.seconds.load(ordering: .relaxed) * 1_000_000_000 })
        let parked = try await stage.play()
        #expect(parked.outcome == .parked)
        clock.set(by: change)
        try stage.approveAll(parked.run)
        let done = try await stage.resume(parked.run)
        #expect(done.outcome == .done, "\(done)")
        #expect(try stage.tracker.list().count == 1)
        let entries = try stage.journal.entries(of: parked.run)
        #expect(entries.map(\.sequence) == Array(1...entries.count))
        let notes = entries.filter { $0.kind == .note }.compactMap { $0.body["sentence"]?.stringValue }
        // Set forward it looks like time that passed; only a clock behind the record is strange.
        #expect(notes.contains { $0.contains("clock is 3600 s behind") } == (change < 0))
        #expect(try stage.journal.verifyChain().isIntact)
    }
}
