import ArgumentParser
import Foundation
import JSONSchemas
import PolicyReplay

/// `warrant policy replay`.
struct PolicyReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play recorded tasks and attacks through policies, without a model.",
        discussion: """
            DIR holds suites in AgentDojo's exported form (`*.json`); the folder with the policies holds one `SUITE.yaml` \
            for each. An honest planner makes a task's recorded calls; a hijacked one makes the attacker's calls as soon as \
            it has read the attack. A pair of task and attack is won when every call of the attacker that has an effect is \
            allowed; a question to a person doesn't count as allowed.
            """)

    @Argument(help: ArgumentHelp("The folder with the recorded tasks.", valueName: "DIR"))
    var folder: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder with the policies (default: Tests/Policies/agentdojo beside Tools).", valueName: "DIR"))
    var policy: String?

    @Flag(name: .long, help: "One JSON value a line; the last one is about the full policies.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let policies = try policy.map(Surroundings.absolute) ?? Self.standardPolicies()
            let replays: [SuiteReplay]
            do {
                replays = try ReplayFolder.load(suites: Surroundings.absolute(folder), policies: policies)
            } catch let error as ReplayError {
                throw CommandFailure(.badData, error.description)
            }
            if !json {
                Output.result(
                    Self.row("policy", "no question", "questions", "won", "with reads", "in part", "by suite"))
            }
            for level in PolicyLevel.allCases {
                let outcome: ReplayOutcome
                do {
                    outcome = try ReplayFolder.play(replays, at: level)
                } catch let error as ReplayError {
                    throw CommandFailure(.badData, error.description)
                }
                show(outcome)
                if level == .full { conclude(outcome) }
            }
        }
    }

    private func show(_ outcome: ReplayOutcome) {
        if json {
            Output.result(outcome.toJSON())
            return
        }
        let suites = outcome.winsBySuite.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        Output.result(
            Self.row(
                outcome.level.title, "\(outcome.tasksWithoutQuestion) of \(outcome.tasks.count)",
                String(format: "%.2f a task", outcome.questionsPerTask),
                "\(outcome.pairsWon.count) of \(outcome.pairs)",
                "\(outcome.pairsWonWithReads.count)", "\(outcome.pairsWonInPart.count)", suites.joined(separator: ", "))
        )
    }

    private func conclude(_ outcome: ReplayOutcome) {
        if json {
            Output.result(outcome.verdict())
            return
        }
        let within = [1, 3].map { "\(outcome.tasks(withQuestionsUpTo: $0)) with at most \($0)" }.joined(separator: ", ")
        Output.result("\nTasks: \(outcome.tasksWithoutQuestion) without a question, \(within).")
        for pair in outcome.pairsWon {
            let reads = outcome.pairsWonWithReads.contains(pair) ? "" : " (its lookups were denied)"
            Output.result("Won: \(pair)\(reads)")
        }
    }

    private static func row(_ columns: String...) -> String {
        let widths = [34, 12, 12, 12, 11, 8]
        return columns.enumerated().map { index, text in
            index < widths.count
                ? text.padding(toLength: max(widths[index], text.count), withPad: " ", startingAt: 0) : text
        }.joined(separator: " ")
    }

    private static func standardPolicies() throws -> String {
        let folder = try Surroundings().share + "/Tests/Policies/agentdojo"
        guard FileManager.default.fileExists(atPath: folder) else {
            throw CommandFailure(
                .usage, "Can't find the policies of the suites beside this program.",
                fix: "Name their folder with `--policy`.")
        }
        return folder
    }
}
