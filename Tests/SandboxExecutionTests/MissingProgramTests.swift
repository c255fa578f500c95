import Foundation
import SandboxExecution
import Testing

@Suite struct MissingProgramTests {
    private func termination(_ argv: [String], profile: SandboxProfile = SandboxProfile()) async throws
        -> SandboxOutcome.Termination
    {
        try await SandboxExecutor().run(SandboxCommand(argv: argv), profile: profile).termination
    }

    private func isMissing(_ termination: SandboxOutcome.Termination) -> Bool {
        if case .missing = termination { true } else { false }
    }

    @Test(arguments: ["no-such-program-here", "/usr/bin/no-such-program-here", "./nope", "/usr"])
    func `a program that is not there is missing, not exit 127`(program: String) async throws {
        #expect(isMissing(try await termination([program])))
    }

    @Test func `a program in the workspace is found by relative and by host path`() async throws {
        let scratch = try Scratch()
        let path = try scratch.write("tool", "#!/bin/sh\necho \"$0\"\n", executable: true)
        let profile = SandboxProfile(workingDirectory: scratch.path)
        for name in ["./tool", path, "/workspace/tool"] {
            let outcome = try await SandboxExecutor().run(SandboxCommand(argv: [name]), profile: profile)
            #expect(outcome.termination == .exited(0), "\(name)")
        }
    }

    @Test func `a program outside is missing until its folder is named`() async throws {
        let scratch = try Scratch()
        let tool = try scratch.write("tool", "#!/bin/sh\nexit 5\n", executable: true)
        #expect(isMissing(try await termination([tool])))
        let shown = SandboxProfile(readOnlyPaths: [scratch.path])
        #expect(try await termination([tool], profile: shown) == .exited(5))
    }

    @Test func `a workspace link that leads outside is missing`() async throws {
        let outside = try Scratch()
        let tool = try outside.write("tool", "#!/bin/sh\nexit 0\n", executable: true)
        let scratch = try Scratch()
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/tool", withDestinationPath: tool)
        #expect(
            isMissing(
                try await termination(["./tool"], profile: SandboxProfile(workingDirectory: scratch.path))))
    }

    @Test func `a script whose interpreter is missing is missing, with the reason`() async throws {
        let scratch = try Scratch()
        try scratch.write("tool", "#!/no/such/interpreter\n", executable: true)
        let result = try await termination(
            ["./tool"], profile: SandboxProfile(workingDirectory: scratch.path))
        guard case .missing(_, let reason) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("first line"))
    }

    @Test func `a file that is not executable is missing`() async throws {
        let scratch = try Scratch()
        try scratch.write("tool", "#!/bin/sh\n")
        #expect(
            isMissing(
                try await termination(["./tool"], profile: SandboxProfile(workingDirectory: scratch.path))))
    }

    @Test(arguments: [
        "/", "/home", "/root", "/run", "/proc/self", "/etc", "/usr/../", "relative", "/no/such/folder",
    ])
    func `a profile cannot show what is too wide`(path: String) async throws {
        for profile in [SandboxProfile(workingDirectory: path), SandboxProfile(readOnlyPaths: [path])] {
            let error = await #expect(throws: SandboxError.self) {
                try await termination(["true"], profile: profile)
            }
            #expect(error?.code == .invalidProfile)
        }
    }
}
