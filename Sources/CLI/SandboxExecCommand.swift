import ArgumentParser
import Foundation
import SandboxExecution
import WorkflowFormat

/// `warrant sandbox exec`.
struct SandboxExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run one command in the sandbox.",
        discussion: """
            It has no network, a read-only system, a private /tmp, and a copy of DIR at /workspace, where it starts. When it \
            has ended by itself, its changes are brought into DIR without asking; what must not be changed from inside is \
            refused and listed on standard error.

            Ends with the command's own exit code; 124 when a limit ended it (nothing is brought back then), 126 when it \
            could not be started, 65 when the command, the profile or DIR cannot be used, 75 when it was interrupted, 78 \
            when the sandbox cannot hold its promise.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("A profile by name (`test`, `strict` ...) or the path of a profile file.", valueName: "P"))
    var profile = "test"

    @Option(name: .long, help: ArgumentHelp("The folder to work on.", valueName: "DIR"))
    var workspace: String?

    @Option(
        name: .long, help: ArgumentHelp("How long it may take: `90`, `90s`, `2m`, `500ms`.", valueName: "T"))
    var wall: String?

    @Argument(parsing: .postTerminator, help: "The command and its arguments.")
    var argv: [String] = []

    func run() async throws {
        try await Output.reporting {
            guard !argv.isEmpty else {
                throw CommandFailure(.usage, "Can't run nothing: write `warrant sandbox exec -- COMMAND ...`.")
            }
            try Self.checkArguments()
            let limits = try limits()
            let command = SandboxCommand(argv: argv, standardInput: Array(try Self.input()))
            let task = Task { try await SandboxExecutor().run(command, profile: limits) }
            let interruption = Interruption(cancelling: task)
            defer { interruption.stop() }
            let outcome = try await task.value
            try Self.pass(on: outcome.standardOutput, to: .standardOutput, "output")
            try Self.pass(on: outcome.standardError, to: .standardError, "error")
            report(outcome)
            switch outcome.termination {
            case .exited(let code): throw ExitCode(code)
            case .signaled(let number): throw ExitCode(128 + number)
            case .limit: throw ExitCode(124)
            case .missing: throw ExitCode(126)
            }
        }
    }

    private func limits() throws -> SandboxProfile {
        var chosen = try Surroundings().sandboxProfile(profile)
        if let workspace {
            guard !workspace.isEmpty else {
                // It would be the current folder, which nobody named.
                throw CommandFailure(.usage, "Can't use `--workspace`: the folder's name is empty.")
            }
            chosen.workingDirectory = Surroundings.absolute(workspace)
            if chosen.workspaceAccess == .scratch { chosen.workspaceAccess = .imported }
        }
        if let wall {
            let text = wall.allSatisfy(\.isNumber) ? wall + "s" : wall
            guard let duration = DurationParser.parse(text), duration > .zero, duration <= .seconds(86_400) else {
                throw CommandFailure(
                    .usage, "Can't use `--wall \(wall)`: it is no time from 1ms to 24h.",
                    fix: "Write `90s`, `2m` or `500ms`.")
            }
            chosen.wallLimit = duration
            chosen.cpuLimit = max(chosen.cpuLimit, duration)
        }
        return chosen
    }

    /// Arguments are bytes to the system and text here: what isn't UTF-8 would reach the command as something else.
    private static func checkArguments() throws {
        let line = FileManager.default.contents(atPath: "/proc/self/cmdline") ?? Data()
        guard String(validating: line, as: UTF8.self) != nil else {
            throw CommandFailure(.badData, "Can't pass on the command: an argument is not UTF-8.")
        }
    }

    /// Writes what the command wrote. That nobody reads it, or no more of it, is no failure.
    private static func pass(on bytes: [UInt8], to handle: FileHandle, _ name: String) throws {
        guard !isClosed(handle) else { return }
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            let reason = systemError(in: error)
            guard reason.code != EPIPE else { return }
            throw CommandFailure(.ioFailure, "Can't write the command's standard \(name): \(reason.text).")
        }
    }

    /// Foundation wraps what the system said.
    private static func systemError(in error: any Error) -> (code: Int, text: String) {
        let outer = error as NSError
        let error = outer.userInfo[NSUnderlyingErrorKey] as? NSError ?? outer
        return (error.code, error.localizedFailureReason ?? error.localizedDescription)
    }

    /// Whether the caller closed a standard stream. What has its number by now was opened by this program, marked to be
    /// closed by exec(3), which an inherited stream never is.
    private static func isClosed(_ stream: FileHandle) -> Bool {
        let flags = fcntl(stream.fileDescriptor, F_GETFD)
        return flags < 0 || flags & FD_CLOEXEC != 0
    }

    /// What this command was given on standard input, where that is no terminal.
    private static func input() throws -> Data {
        guard !Terminal.inputIsTerminal, !isClosed(.standardInput) else { return Data() }
        let limit = 64 << 20
        let data: Data
        do {
            data = try FileHandle.standardInput.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw CommandFailure(.ioFailure, "Can't read standard input: \(systemError(in: error).text).")
        }
        guard data.count <= limit else {
            throw CommandFailure(.badData, "Can't pass on standard input: it has more than \(limit) bytes.")
        }
        return data
    }

    private func report(_ outcome: SandboxOutcome) {
        switch outcome.termination {
        case .exited, .signaled: break
        case .limit(let name, let value):
            Output.message("warrant: the `\(name)` limit of \(value) ended the command")
        case .missing(let program, let reason):
            Output.message("warrant: Can't run `\(Terminal.visible(program))`: \(Terminal.visible(reason)).")
        }
        if outcome.outputTruncated {
            Output.message("warrant: the output is longer than what is kept; its middle was left out")
        }
        for refused in outcome.imported?.refused ?? [] {
            Output.message("warrant: not brought back: `\(refused.path)`: \(refused.reason)")
        }
    }
}
