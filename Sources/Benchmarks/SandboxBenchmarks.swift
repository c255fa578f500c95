import Foundation
import SandboxExecution

/// What a sandbox costs: `/bin/true` from start to reaped, behind every layer and without any.
enum SandboxBenchmarks {
    /// Both sides take turns, 200 times unless `--rounds` says otherwise, so that both meet the same machine.
    static func start(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        let rounds = arguments.isDefaultRounds ? 200 : arguments.rounds
        let executor = SandboxExecutor()
        let command = SandboxCommand(argv: ["true"])
        let profile = SandboxProfile()
        let clock = ContinuousClock()
        var plain: [Double] = []
        var sandboxed: [Double] = []
        for round in 0..<(rounds + 3) {
            let plainTime = try clock.measure { try spawn() }
            let start = clock.now
            let outcome = try await executor.run(command, profile: profile)
            let time = clock.now - start
            guard outcome.termination == .exited(0) else { throw Failed(ending: "\(outcome.termination)") }
            // The first rounds fill the kernel's caches.
            guard round >= 3 else { continue }
            plain.append(plainTime.milliseconds)
            sandboxed.append(time.milliseconds)
        }
        let base = Measurement("plain", "ms", plain).median
        let above = sandboxed.map { $0 - base }
        return [
            Measurement("plain spawn", "ms", plain),
            Measurement("above plain spawn", "ms", above, goal: 25),
            Measurement("above plain spawn, 99th percentile", "ms", [percentile(above, 0.99)], goal: 60),
        ]
    }

    private static func spawn() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(ending: "\(process.terminationStatus)") }
    }

    private static func percentile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
    }

    private struct Failed: Error, CustomStringConvertible {
        let ending: String
        var description: String { "Can't measure the sandbox: `/bin/true` ended with \(ending)." }
    }
}
