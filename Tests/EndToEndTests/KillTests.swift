import Foundation
import KillTrials
import Testing

/// Row N1 of the crash matrix. `warrant-bench kills --rounds 10000` is the long form.
@Suite(.timeLimit(.minutes(20))) struct KillTests {
    @Test func `of 300 random kills none loses an entry or an effect, and none doubles one`() async throws {
        let trials = KillTrials(executable: Command.executable, share: Command.repository)
        let tally = try await Self.onOwnThread { try trials.run(kills: 300, seed: 20_261_126) }
        #expect(tally.failures == [])
        #expect(tally.lostEntries == 0)
        #expect(tally.lostEffects == 0)
        #expect(tally.doubledEffects == 0)
        #expect(tally.blindRepeats == 0)
        #expect(tally.kills >= 300)
        // The control arms: readers saw something before the kills, and some kills hit the opaque command.
        #expect(tally.seenEntries > 300)
        #expect(tally.parked > 0)
        #expect(tally.runs > 50)
    }

    /// The control arm: kills without a record to go on from double effects, and the count notices.
    @Test func `runs that are begun anew after a kill double their effects`() async throws {
        var trials = KillTrials(executable: Command.executable, share: Command.repository)
        trials.forgets = true
        trials.killsPerRun = 2
        let tally = try await Self.onOwnThread { [trials] in try trials.run(kills: 2, seed: 20_261_127) }
        #expect(tally.kills > 0)
        // The first life's issue and the second one's, beside the one that may stay.
        #expect(tally.doubledEffects >= 2)
        #expect(!tally.isClean)
    }

    /// A minute of waiting for programs, and not on a thread that other tests share.
    private static func onOwnThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }
}
