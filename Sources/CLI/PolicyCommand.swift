import ArgumentParser

/// `warrant policy`.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Check policies without a model.",
        subcommands: [PolicyTestCommand.self, PolicyReplayCommand.self])
}
