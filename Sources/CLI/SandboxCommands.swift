import ArgumentParser
import Foundation
import JSONSchemas
import SandboxExecution

/// `warrant sandbox`.
struct SandboxCommandGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Check the sandbox, or run a command in it.",
        subcommands: [Doctor.self, Exec.self])

    /// `warrant sandbox doctor`.
    struct Doctor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try every layer of the sandbox by what it does.",
            discussion: "Exit code 78 if one does not hold.")

        @Flag(name: .long, help: "One JSON value a line.")
        var json = false

        func run() async throws {
            let checks = await SandboxExecutor.doctor()
            for check in checks {
                if json {
                    Output.result([
                        "check": .string(check.name), "passed": .bool(check.passed), "detail": .string(check.detail),
                        "fix": .string(check.fix),
                    ])
                } else {
                    Output.result("\(check.passed ? "ok  " : "FAIL") \(check.name): \(check.detail)")
                    if !check.passed { Output.result("     \(check.fix)") }
                }
            }
            guard !checks.isEmpty, checks.allSatisfy(\.passed) else {
                let code = CommandFailure.Code.configuration.rawValue
                if json { Output.verdict("failed", exit: code, reason: "The sandbox doesn't hold.") }
                throw ExitCode(code)
            }
            if json { Output.verdict("done", exit: 0, reason: nil) }
        }
    }

    /// `warrant sandbox exec`.
    struct Exec: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run one command in the sandbox: no network, read-only system, private /tmp.",
            discussion: "Ends with the command's own exit code; 124 when a limit ended it, 126 when it could not start."
        )

        @Option(name: .long, help: ArgumentHelp("The profile; only `test` so far.", valueName: "P"))
        var profile = "test"

        @Option(name: .long, help: ArgumentHelp("A folder, read-only at /workspace.", valueName: "DIR"))
        var workspace: String?

        @Option(name: .long, help: ArgumentHelp("Seconds it may take.", valueName: "T"))
        var wall = 60

        @Argument(parsing: .postTerminator, help: "The command and its arguments.")
        var argv: [String] = []

        func run() async throws {
            try await Output.reporting {
                guard profile == "test" else {
                    throw CommandFailure(.usage, "Can't use profile `\(profile)`: there is only `test`.")
                }
                guard !argv.isEmpty, wall > 0 else {
                    throw CommandFailure(.usage, "Can't run nothing: write `warrant sandbox exec -- COMMAND ...`.")
                }
                let limits = SandboxProfile(
                    name: profile, workingDirectory: workspace.map(Surroundings.absolute),
                    wallLimit: .seconds(wall), cpuLimit: .seconds(wall))
                let input = Terminal.inputIsTerminal ? Data() : (try? FileHandle.standardInput.readToEnd()) ?? Data()
                let command = SandboxCommand(argv: argv, standardInput: Array(input))
                let task = Task { try await SandboxExecutor().run(command, profile: limits) }
                let interruption = Interruption(cancelling: task)
                defer { interruption.stop() }
                let outcome = try await task.value
                try? FileHandle.standardOutput.write(contentsOf: Data(outcome.standardOutput))
                try? FileHandle.standardError.write(contentsOf: Data(outcome.standardError))
                switch outcome.termination {
                case .exited(let code): throw ExitCode(code)
                case .signaled(let number): throw ExitCode(128 + number)
                case .limit(let name, let value):
                    Output.message("warrant: the `\(name)` limit of \(value) ended the command")
                    throw ExitCode(124)
                case .missing(let program, let reason):
                    Output.message("warrant: Can't run `\(program)`: \(reason).")
                    throw ExitCode(126)
                }
            }
        }
    }
}
