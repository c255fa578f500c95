import Foundation
import SandboxExecution
import Testing

/// Commands that do not want to stop. All of them run inside the sandbox only.
@Suite struct LimitTests {
    private let short = SandboxProfile(name: "short", wallLimit: .milliseconds(500))

    @Test(arguments: [
        "sleep 1000", "while :; do :; done", "trap '' TERM HUP INT; while :; do sleep 0.01; done",
        "exec >/dev/null 2>&1 </dev/null; sleep 1000", "kill -STOP $$",
        "sleep 1000 & exit_never() { wait; }; exit_never",
    ])
    func `a command that does not end is killed at the wall limit`(script: String) async throws {
        // Control: the same kind of command ends by itself when it may.
        #expect(try await sandboxed("sleep 0.01").termination == .exited(0))
        let outcome = try await sandboxed(script, profile: short)
        #expect(outcome.termination == .limit(name: "wall", value: "500 ms"))
        // Only tells an end from none: the script itself would take a thousand seconds or for ever.
        #expect(outcome.wall < .seconds(60))
    }

    @Test func `output before the wall limit is kept`() async throws {
        let outcome = try await sandboxed(
            "echo early; sleep 1000", profile: SandboxProfile(wallLimit: .seconds(3)))
        #expect(outcome.text == "early\n")
    }

    @Test func `a flood of output is cut short in bounded memory`() async throws {
        let outcome = try await sandboxed(
            "yes 0123456789 | head -c 1000000000", profile: SandboxProfile(wallLimit: .seconds(60)))
        #expect(outcome.termination == .limit(name: "output", value: "16 MiB"))
        #expect(outcome.standardOutput.count < (1 << 20) + 100)
        #expect(outcome.standardOutputByteCount > 16 << 20)
        #expect(outcome.standardOutputByteCount < 64 << 20)
        #expect(outcome.outputTruncated)
    }

    @Test func `a flood on standard error counts as well`() async throws {
        let outcome = try await sandboxed(
            "yes >&2", profile: SandboxProfile(wallLimit: .seconds(60), outputKillByteLimit: 1 << 20))
        #expect(outcome.termination == .limit(name: "output", value: "1 MiB"))
    }

    @Test func `output between the two limits is cut but not fatal`() async throws {
        let outcome = try await sandboxed(
            "printf first; head -c 100000 /dev/zero; printf last",
            profile: SandboxProfile(outputByteLimit: 1000))
        #expect(outcome.termination == .exited(0))
        #expect(outcome.text.hasPrefix("first"))
        #expect(outcome.text.hasSuffix("last"))
        #expect(outcome.text.contains("[... 99009 bytes left out ...]"))
        #expect(outcome.standardOutputByteCount == 100_009)
    }

    @Test func `every process is gone when a limit is reported`() async throws {
        let mark = sleepMark()
        let script = """
            trap '' TERM HUP
            for i in 1 2 3 4 5 6 7 8 9 10; do sleep \(mark) & setsid sleep \(mark) & done
            (setsid sh -c 'sleep \(mark) & sleep \(mark)' &)
            wait
            """
        let run = Task { try await sandboxed(script, profile: SandboxProfile(wallLimit: .seconds(15))) }
        let seen = try await waitForProcesses(marked: mark, count: 22)
        #expect(seen == 22)
        #expect(try await run.value.termination == .limit(name: "wall", value: "15 s"))
        #expect(processCount(marked: mark) == 0)
    }

    @Test func `processes left behind by a command that ended are gone too`() async throws {
        let mark = sleepMark()
        let outcome = try await sandboxed("setsid sleep \(mark) & sleep \(mark) & sleep 0.1; echo main ended")
        #expect(outcome.termination == .exited(0))
        #expect(outcome.wall < .seconds(60))
        #expect(processCount(marked: mark) == 0)
    }

    @Test func `cancelling the task kills the tree before it returns`() async throws {
        let mark = sleepMark()
        let run = Task { try await sandboxed("trap '' TERM; setsid sleep \(mark) & sleep \(mark)") }
        #expect(try await waitForProcesses(marked: mark, count: 2) == 2)
        run.cancel()
        let error = await #expect(throws: SandboxError.self) { try await run.value }
        #expect(error?.code == .cancelled)
        #expect(processCount(marked: mark) == 0)
    }

    @Test func `the tree dies with its launcher`() async throws {
        let mark = sleepMark()
        await #expect(processExitsWith: .signal(SIGKILL)) { [mark = mark as String] in
            _ = Task { try await sandboxed("trap '' TERM; setsid sleep \(mark) & sleep \(mark)") }
            let seen = try await waitForProcesses(marked: mark, count: 2)
            precondition(seen == 2)
            kill(getpid(), SIGKILL)
        }
        #expect(try await waitForProcesses(marked: mark, count: 0) == 0)
    }

    @Test func `a task cancelled before the start runs nothing`() async throws {
        let run = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await sandboxed("sleep 1000")
        }
        run.cancel()
        let error = await #expect(throws: SandboxError.self) { try await run.value }
        #expect(error?.code == .cancelled)
    }

    @Test func `processor time is limited by name`() async throws {
        let outcome = try await sandboxed(
            "while :; do :; done", profile: SandboxProfile(wallLimit: .seconds(60), cpuLimit: .seconds(1)))
        #expect(outcome.termination == .limit(name: "cpu", value: "1 s"))
    }

    @Test func `one file cannot grow past the limit`() async throws {
        let profile = SandboxProfile(wallLimit: .seconds(60), tmpByteLimit: 1 << 20)
        #expect(
            try await sandboxed("head -c 500000 /dev/zero > /tmp/a", profile: profile).termination
                == .exited(0))
        let outcome = try await sandboxed("exec head -c 5000000 /dev/zero > /tmp/a", profile: profile)
        #expect(outcome.termination == .limit(name: "file size", value: "1 MiB"))
    }

    @Test(arguments: ["/tmp", "/dev/shm"])
    func `many files cannot fill more than the limit`(folder: String) async throws {
        let profile = SandboxProfile(wallLimit: .seconds(60), tmpByteLimit: 1 << 20)
        let outcome = try await sandboxed(
            "for i in 1 2 3 4 5; do head -c 500000 /dev/zero > \(folder)/$i || echo full; done 2>/dev/null",
            profile: profile)
        #expect(outcome.text.contains("full"))
    }

    @Test func `processes and descriptors are limited`() async throws {
        let profile = SandboxProfile(openFileLimit: 77, processLimit: 99)
        let outcome = try await sandboxed(
            "ulimit -n; grep 'Max processes' /proc/self/limits | tr -s ' '", profile: profile)
        #expect(outcome.text.hasPrefix("77\nMax processes 99 99 "))
    }

    @Test func `no core file is written`() async throws {
        #expect(try await sandboxed("ulimit -c").text == "0\n")
    }
}
