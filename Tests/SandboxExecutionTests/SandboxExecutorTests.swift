import Foundation
import SandboxExecution
import Testing

@Suite struct SandboxExecutorTests {
    @Test(arguments: [0, 1, 2, 126, 127] as [Int32])
    func `a command's own exit status is reported`(status: Int32) async throws {
        let outcome = try await sandboxed("exit \(status)")
        #expect(outcome.termination == .exited(status))
    }

    @Test(arguments: [9, 11, 15] as [Int32])
    func `a signal is reported as a signal`(signal: Int32) async throws {
        let outcome = try await sandboxed("kill -\(signal) $$")
        #expect(outcome.termination == .signaled(signal))
    }

    @Test func `both streams are kept apart and exact`() async throws {
        let outcome = try await sandboxed(#"printf 'a\000\377'; printf 'b' >&2"#)
        #expect(outcome.standardOutput == [0x61, 0, 0xFF])
        #expect(outcome.standardError == [0x62])
        #expect(outcome.standardErrorByteCount == 1)
        #expect(!outcome.outputTruncated)
    }

    @Test func `arguments are passed on untouched`() async throws {
        let arguments = ["$HOME", "a b", "'", "", "-x", "*", "`id`", "ü"]
        let outcome = try await SandboxExecutor().run(
            SandboxCommand(argv: ["printf", "%s|"] + arguments), profile: SandboxProfile())
        #expect(outcome.text == arguments.map { $0 + "|" }.joined())
    }

    @Test(arguments: [0, 1, 65_536, 3_000_000])
    func `all of standard input arrives`(count: Int) async throws {
        let outcome = try await sandboxed("wc -c", input: [UInt8](repeating: 0x78, count: count))
        #expect(outcome.text.trimmingCharacters(in: .whitespacesAndNewlines) == "\(count)")
    }

    @Test func `a command that never reads its input ends normally`() async throws {
        let outcome = try await sandboxed("exit 3", input: [UInt8](repeating: 0x78, count: 8_000_000))
        #expect(outcome.termination == .exited(3))
    }

    @Test func `standard input cannot be written to`() async throws {
        let outcome = try await sandboxed(
            "echo x >> /proc/self/fd/0 || echo refused; cat", input: Array("in".utf8))
        #expect(outcome.text == "refused\nin")
    }

    @Test func `the workspace is the working folder`() async throws {
        let scratch = try Scratch()
        try scratch.write("file.txt", "content")
        let outcome = try await sandboxed(
            "pwd; cat file.txt", profile: SandboxProfile(workingDirectory: scratch.path))
        #expect(outcome.text == "/workspace\ncontent")
    }

    @Test func `a command's own variables are set beside the fixed ones`() async throws {
        let outcome = try await sandboxed(
            #"echo "$CASE $LANG $HOME $PATH""#, environment: ["CASE": "a b", "LANG": "C"])
        #expect(outcome.text == "a b C /tmp /usr/local/bin:/usr/bin:/bin\n")
    }

    @Test func `without bubblewrap nothing runs and the error says how to get it`() async throws {
        let executor = SandboxExecutor(bubblewrapPath: nil)
        let error = await #expect(throws: SandboxError.self) {
            try await executor.run(SandboxCommand(argv: ["true"]), profile: SandboxProfile())
        }
        #expect(error?.code == .unavailable)
        #expect(error?.exitCode == 78)
        #expect(error?.description.contains("apt-get install bubblewrap") == true)
    }

    @Test(arguments: ["exit 1", "echo 'bwrap: No permissions' >&2; exit 1", "exit 0"])
    func `a sandbox that is not finished is never taken for the command`(script: String) async throws {
        let scratch = try Scratch()
        let fake = try scratch.write("bwrap", "#!/bin/sh\n\(script)\n", executable: true)
        let executor = SandboxExecutor(bubblewrapPath: fake)
        let error = await #expect(throws: SandboxError.self) {
            try await executor.run(SandboxCommand(argv: ["true"]), profile: SandboxProfile())
        }
        #expect(error?.code == .setUpFailed)
        #expect(error?.exitCode == 78)
    }

    @Test func `bubblewrap's own message is in the error`() async throws {
        let scratch = try Scratch()
        // Root may read everything, so the failing mount is made by removing the folder after the check.
        let fake = try scratch.write(
            "bwrap", "#!/bin/sh\nexec /usr/bin/bwrap --ro-bind /nowhere /x \"$@\"\n", executable: true)
        let executor = SandboxExecutor(bubblewrapPath: fake)
        let error = await #expect(throws: SandboxError.self) {
            try await executor.run(SandboxCommand(argv: ["true"]), profile: SandboxProfile())
        }
        #expect(error?.reason.contains("/nowhere") == true)
    }

    @Test(arguments: [[], [""], ["a\u{0}b"]] as [[String]])
    func `a command that cannot be passed on is refused`(argv: [String]) async throws {
        let error = await #expect(throws: SandboxError.self) {
            try await SandboxExecutor().run(SandboxCommand(argv: argv), profile: SandboxProfile())
        }
        #expect(error?.code == .invalidCommand)
    }

    @Test func `too long an argument is refused by name`() async throws {
        let argument = String(repeating: "x", count: 300_000)
        let error = await #expect(throws: SandboxError.self) {
            try await SandboxExecutor().run(
                SandboxCommand(argv: ["echo", argument]), profile: SandboxProfile())
        }
        #expect(error?.code == .invalidCommand)
    }
}
