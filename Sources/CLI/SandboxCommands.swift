import ArgumentParser
import JSONSchemas
import SandboxExecution

/// `warrant sandbox`.
struct SandboxCommandGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Check the sandbox, or run a command in it.",
        subcommands: [Doctor.self, SandboxExecCommand.self])

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
}
