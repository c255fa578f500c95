import ArgumentParser

/// `warrant eval`: without the name of a command it runs a suite.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Run a suite with known answers, or add to its gold what persons decided.",
        usage: """
            warrant eval SUITE [--model M] [--data DIR] [--output DIR] [--calibrate] [--json]
            warrant eval collect --to FILE [--run RUN]
            """,
        discussion: "`warrant help eval run` tells all options of the first one.",
        subcommands: [EvalRunCommand.self, EvalCollectCommand.self], defaultSubcommand: EvalRunCommand.self)
}
