import JSONSchemas
import SandboxExecution
import Synchronization

/// What the sandboxed commands of a run used since it was asked last.
final class SandboxUse: Sendable {
    private struct Sum {
        var runs = 0
        var wall: Duration = .zero
        var memoryPeak = 0
    }

    private let sum = Mutex(Sum())

    func add(_ outcome: SandboxOutcome) {
        sum.withLock { sum in
            sum.runs += 1
            sum.wall += outcome.wall
            sum.memoryPeak = max(sum.memoryPeak, outcome.memoryPeakByteCount ?? 0)
        }
    }

    /// The sum so far as members of `measured`; none where nothing was run.
    func take() -> JSONObject {
        let taken = sum.withLock { sum in
            defer { sum = Sum() }
            return sum
        }
        guard taken.runs > 0 else { return [:] }
        return [
            "sandbox_runs": .integer(taken.runs), "sandbox_us": .integer(taken.wall.microseconds),
            "sandbox_peak_bytes": .integer(taken.memoryPeak),
        ]
    }
}
