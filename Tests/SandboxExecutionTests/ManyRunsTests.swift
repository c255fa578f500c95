import Foundation
import SandboxExecution
import Testing

@Suite(.serialized) struct ManyRunsTests {
    /// Other tests of this process open descriptors as well, so a count is taken in a child of its own.
    @Test func `runs leave no descriptor behind`() async {
        await #expect(processExitsWith: .success) {
            let executor = SandboxExecutor()
            func count() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            // Closing the last ones may wait for a thread, so what counts is the least of a second; what is left behind
            // stays.
            func settledCount() async throws -> Int {
                var least = try count()
                for _ in 0..<100 {
                    try await Task.sleep(for: .milliseconds(10))
                    least = min(least, try count())
                }
                return least
            }
            func runOnce(_ index: Int) async throws {
                let argv: [[String]] = [
                    ["true"], ["no-such-program"], ["sh", "-c", "sleep 100"], ["sh", "-c", "yes"],
                ]
                let profile = SandboxProfile(wallLimit: .milliseconds(100), outputKillByteLimit: 100_000)
                _ = try await executor.run(
                    SandboxCommand(argv: argv[index % 4], standardInput: [1, 2, 3]), profile: profile)
            }
            // The first runs open what is kept for good: event queues and their threads.
            for index in 0..<4 { try await runOnce(index) }
            let before = try await settledCount()
            // The control arm: the count sees a descriptor that is left open.
            let extra = try #require(FileHandle(forReadingAtPath: "/dev/null"))
            let withExtra = try await settledCount()
            precondition(withExtra == before + 1)
            try extra.close()
            for index in 0..<40 { try await runOnce(index) }
            let after = try await settledCount()
            precondition(after == before, "\(after - before) descriptors were left open")
        }
    }

    @Test func `a thousand runs work`() async throws {
        let system = SystemUnderTest(argv: ["cat"], workspace: nil)
        let inputs = (0..<1000).map { Array("\($0)".utf8) }
        let runs = try await system.runAll(inputs: inputs, parallel: 2)
        #expect(runs.map(\.outcome) == inputs.map { .accepted(value: $0) })
    }
}
