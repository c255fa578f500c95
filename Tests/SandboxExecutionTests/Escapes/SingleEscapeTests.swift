import Foundation
import SandboxExecution
import Testing

/// Attacks that need more around them than a table can say.
@Suite(.serialized) struct SingleEscapeTests {
    /// A process of the test gets a terminal of its own, which a command then tries to open.
    @Test func `the caller's terminal cannot be opened`() async throws {
        await #expect(processExitsWith: .success) {
            precondition(OwnTerminal.take())
            let attack = EscapeAttack(38, "the caller's terminal", .withoutLayers([.session]), probe: "open-terminal")
            let without = try await attack.attempt(without: [.session])
            precondition(without.hasWorked, "\(without)")
            let objections = try await attack.objections()
            precondition(objections.isEmpty, "\(objections)")
        }
    }

    @Test func `a killed launcher takes its command with it`() async throws {
        let mark = Leftover.mark()
        await #expect(processExitsWith: .signal(SIGKILL)) { [mark = mark as String] in
            let ground = try EscapeGround()
            var attempt = EscapeAttempt(probe: ["linger", mark, "60"])
            attempt.profile.workingDirectory = ground.workspace.path
            let command = SandboxCommand(argv: attempt.command)
            let profile = attempt.profile
            _ = Task { try await SandboxExecutor().run(command, profile: profile) }
            let seen = try await Leftover.waitFor(1, marked: mark)
            // The ground is not removed when a signal ends this process.
            try? FileManager.default.removeItem(atPath: ground.workspace.path)
            try? FileManager.default.removeItem(atPath: ground.outside.path)
            precondition(seen == 1, "The command runs.")
            kill(getpid(), SIGKILL)
        }
        #expect(try await Leftover.waitFor(0, marked: mark) == 0)
    }

    @Test func `output is kept byte by byte`() async throws {
        let ground = try EscapeGround()
        var attempt = EscapeAttempt(probe: ["all-bytes"])
        attempt.profile.workingDirectory = ground.workspace.path
        let outcome = try await SandboxExecutor().run(
            SandboxCommand(argv: attempt.command), profile: attempt.profile)
        #expect(outcome.standardOutput == Array(0...255))
    }

    /// Somebody outside changes the workspace, as no command can: a folder becomes a link while the command runs.
    @Test func `a folder swapped for a link during a run leads nowhere`() async throws {
        let ground = try EscapeGround()
        let files = FileManager.default
        let data = ground.workspace.path + "/data"
        try files.createDirectory(atPath: data, withIntermediateDirectories: false)
        try Data("old".utf8).write(to: URL(fileURLWithPath: data + "/file"))
        let mark = Leftover.mark()
        var attempt = EscapeAttempt(script: "echo new > data/file; echo x > data/other; $probe linger \(mark) 8")
        attempt.profile.workingDirectory = ground.workspace.path
        attempt.profile.workspaceAccess = .imported
        let command = SandboxCommand(argv: attempt.command)
        let profile = attempt.profile
        let run = Task { try await SandboxExecutor().run(command, profile: profile) }
        // The command waits while it is visible: the copy has been made, and nothing has been brought back.
        #expect(try await Leftover.waitFor(1, marked: mark) == 1)
        try files.moveItem(atPath: data, toPath: ground.workspace.path + "/moved")
        try files.createSymbolicLink(atPath: data, withDestinationPath: ground.outside.path)
        #expect(try await run.value.termination == .exited(0))
        #expect(try files.contentsOfDirectory(atPath: ground.outside.path) == [])
        // Control: the trap was armed.
        try Data("x".utf8).write(to: URL(fileURLWithPath: data + "/other"))
        #expect(try files.contentsOfDirectory(atPath: ground.outside.path) == ["other"])
    }

    @Test func `strange and endless names come to a good end`() async throws {
        let ground = try EscapeGround()
        var attempt = EscapeAttempt(probe: ["odd-names"])
        attempt.profile.workingDirectory = ground.workspace.path
        attempt.profile.workspaceAccess = .imported
        let outcome = try await SandboxExecutor().run(
            SandboxCommand(argv: attempt.command), profile: attempt.profile)
        #expect(outcome.termination == .exited(0))
        #expect(try FolderState(of: ground.outside.path).isEmpty)
        // Names that can't be shown as they are stay inside; deeper than a path can be nothing is looked at.
        let names = try FileManager.default.contentsOfDirectory(atPath: ground.workspace.path)
        #expect(!names.contains { $0.unicodeScalars.contains { $0.value < 32 || $0.value == 0xFFFD } })
    }
}
