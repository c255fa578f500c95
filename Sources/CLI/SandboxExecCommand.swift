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
            refused and listed on standard error. With the profiles `strict` and `sql`, which may only read DIR, nothing is \
            brought back. Version control and files that hold passwords by their names are not copied.

            Standard input, where it is no terminal, is read to its end first, for at most the time of `--wall`. Both output \
            streams are passed on as they come, up to the profile's limit `output`.

            Ends with the command's own exit code; 124 when a limit ended it (nothing is brought back then), 126 when it \
            could not be started, 64 for a wrong option, 65 when the command, the profile or DIR cannot be used, 74 when \
            input or output fails, 75 when it was interrupted, 78 when the sandbox cannot hold its promise.
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
            guard let input = try Self.input(within: limits.wallLimit) else {
                Output.message(
                    "warrant: standard input did not end within the `wall` limit of \(limits.wallLimit.readable)")
                throw ExitCode(124)
            }
            let command = SandboxCommand(argv: argv, standardInput: input)
            let passing = PassedOutput()
            let task = Task { try await SandboxExecutor().run(command, profile: limits, reader: passing.write) }
            let interruption = Interruption(cancelling: task)
            defer { interruption.stop() }
            let outcome = try await task.value
            report(outcome)
            if case .limit = outcome.termination { throw ExitCode(124) }
            try passing.check()
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

    /// What this command was given on standard input, where that is no terminal; nil when it did not end in time.
    private static func input(within wall: Duration) throws -> [UInt8]? {
        guard !Terminal.inputIsTerminal, !StandardStream.isClosed(0) else { return [] }
        let limit = 64 << 20
        switch StandardStream.readInput(byteLimit: limit, within: wall) {
        case .read(let bytes): return bytes
        case .late: return nil
        case .tooLong:
            throw CommandFailure(.badData, "Can't pass on standard input: it has more than \(limit) bytes.")
        case .failed(let reason): throw CommandFailure(.ioFailure, "Can't read standard input: \(reason).")
        }
    }

    private func report(_ outcome: SandboxOutcome) {
        switch outcome.termination {
        case .exited, .signaled: break
        case .limit(let name, let value):
            Output.message("warrant: the `\(name)` limit of \(value) ended the command")
        case .missing(let program, let reason):
            Output.message("warrant: Can't run `\(Terminal.visible(program))`: \(Terminal.visible(reason)).")
        }
        let leftOut = outcome.leftOut.map { "`\($0.path)`" }
        if !leftOut.isEmpty, outcome.termination != .exited(0) {
            Output.message("warrant: not copied into the sandbox: \(Self.list(leftOut))")
        }
        let refused = outcome.imported?.refused ?? []
        for refusal in refused.prefix(Self.shownLimit) {
            Output.message("warrant: not brought back: `\(refusal.path)`: \(refusal.reason)")
        }
        if refused.count > Self.shownLimit {
            Output.message("warrant: not brought back: \(refused.count - Self.shownLimit) more")
        }
    }

    /// How many refusals are listed one by one.
    private static let shownLimit = 100

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(10).joined(separator: ", ")
        return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
    }
}
