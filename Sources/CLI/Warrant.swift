import ArgumentParser
import ModelRuntime

/// The command `warrant`.
@main
struct Warrant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warrant",
        abstract: "Run workflows in which a local language model may act, but never on its own authority.",
        discussion: """
            The model proposes, the policy grants a warrant, the sandbox spends it, the journal remembers.

            Exit codes: 0 done, 1 failed, 2 parked (waiting for a person), 3 denied, 4 budget exhausted, 5 stuck, \
            6 not found, 64 usage, 65 bad workflow or data, 70 a bug, 74 input or output failed, 75 try again, \
            78 sandbox, weights or configuration cannot hold their promise.

            State lives in $WARRANT_HOME (default $XDG_DATA_HOME/warrant), weights in $XDG_CACHE_HOME/warrant/models, \
            trackers in $XDG_CONFIG_HOME/warrant/trackers.yaml, the operator's own policy, which narrows every \
            workflow's, in $XDG_CONFIG_HOME/warrant/policy.yaml.
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, CheckCommand.self, RunsCommand.self, ShowCommand.self, WatchCommand.self,
            ResumeCommand.self, CancelCommand.self, ApprovalsCommand.self, ApproveCommand.self, DenyCommand.self,
            SettleCommand.self,
            ExplainCommand.self, ServeCommand.self, ReplayCommand.self, UndoCommand.self, VerifyCommand.self,
            PruneCommand.self, EvalCommand.self, ModelCommand.self, ToolCommand.self, TrackerCommand.self,
            SandboxCommandGroup.self, PolicyCommand.self,
        ])

    /// Parses and runs; with `--json` a usage error ends in a verdict line too.
    static func main() async {
        do {
            var command = try parseAsRoot()
            // Before anything is opened: it starts the process anew.
            if command is any LoadsWeights { LargePages.adopt() }
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            let options = CommandLine.arguments.prefix { $0 != "--" }
            if options.contains("--json"), !(error is ExitCode), !code.isSuccess {
                Output.verdict("failed", exit: code.rawValue, reason: message(for: error))
            }
            let words = Array(CommandLine.arguments.dropFirst())
            if !(error is ExitCode), !code.isSuccess, words.starts(with: ["sandbox", "exec"]), !words.contains("--") {
                Output.message("Put `--` before the command: `warrant sandbox exec [options] -- COMMAND ...`.")
            }
            exit(withError: error)
        }
    }
}
