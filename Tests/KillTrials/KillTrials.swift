import Foundation
import Synchronization
import TestSupport

/// Many runs of ``EffectWorkflow``, killed at random moments, a few at a time.
package struct KillTrials: Sendable {
    /// The built `warrant`.
    package let executable: String
    /// The folder with its `Tools` and `Sandbox`.
    package let share: String
    /// Kills a run has to survive.
    package var killsPerRun = 5
    /// Whether each life begins without the record of the one before: how it would be without a journal, to show that
    /// the count would notice.
    package var forgets = false
    /// Runs at once.
    package var width = 2

    package init(executable: String, share: String) {
        self.executable = executable
        self.share = share
    }

    /// Kills until there were `kills` of them, and counts what came of it. The moments depend on `seed` and on the
    /// machine. `progress` is told now and then how far it is.
    package func run(
        kills: Int, seed: UInt64, progress: @escaping @Sendable (KillTally) -> Void = { _ in }
    ) throws -> KillTally {
        let tracker = try CountingTracker()
        let clock = ContinuousClock()
        // The first one lives, to learn how long a life is and that it ends well without a kill.
        var whole = try trial(0, killCount: 0, tracker, seed)
        let span = try clock.measure { try whole.run(span: .zero) }
        guard whole.tally.isClean, whole.tally.runs == 1 else { return whole.tally }
        let total = Total(whole.tally, span)
        let ended = DispatchGroup()
        for _ in 0..<width {
            ended.enter()
            // A thread of its own: trials block, and tasks that block would hold up every other one of the process.
            Thread.detachNewThread {
                self.work(until: kills, seed, tracker, total, progress)
                ended.leave()
            }
        }
        ended.wait()
        return total.state.withLock { $0.tally }
    }

    private final class Total: Sendable {
        let state: Mutex<(tally: KillTally, next: Int, span: Duration)>
        init(_ first: KillTally, _ span: Duration) { state = Mutex((tally: first, next: 1, span: span)) }
    }

    private func work(
        until kills: Int, _ seed: UInt64, _ tracker: CountingTracker, _ total: Total,
        _ progress: @Sendable (KillTally) -> Void
    ) {
        while true {
            let next: (number: Int, span: Duration)? = total.state.withLock { state in
                guard state.tally.kills < kills, state.tally.failures.isEmpty else { return nil }
                state.next += 1
                return (state.next - 1, state.span)
            }
            guard let next else { return }
            var tally = KillTally()
            do {
                var trial = try trial(next.number, killCount: killsPerRun, tracker, seed)
                do {
                    try trial.run(span: next.span)
                    tally = trial.tally
                } catch {
                    tally = trial.tally
                    tally.fail("trial \(next.number): \(error)")
                }
            } catch {
                tally.fail("trial \(next.number): \(error)")
            }
            progress(
                total.state.withLock { state in
                    state.tally.add(tally)
                    // How long a life is depends on what else the machine does. Some moments should come too late, so
                    // that the last ones of a life are tried, and most should not.
                    if tally.missed > 0, tally.kills < 2 { state.span = max(state.span * 0.85, .milliseconds(20)) }
                    if tally.missed == 0 { state.span = min(state.span * 1.1, .seconds(5)) }
                    return state.tally
                })
        }
    }

    private func trial(
        _ number: Int, killCount: Int, _ tracker: CountingTracker, _ seed: UInt64
    ) throws -> KillTrial {
        try KillTrial(
            executable: executable, share: share, tracker: tracker, number: number, killCount: killCount,
            forgets: forgets,
            seed: seed)
    }
}
