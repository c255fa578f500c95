import ArgumentParser
import Foundation
import JSONSchemas
import PolicyEngine
import RunJournal

/// `warrant settle`.
struct SettleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle",
        abstract: "Say what became of a call whose outcome is unknown; `warrant resume` then goes on.",
        discussion: """
            A call that was begun when the run stopped may have had its effect. `warrant approvals` shows what is known. \
            Look, then say it: what happened is not done again, what did not is done once. Where the step makes another \
            call now than the one that was begun, --happened takes that one as made in its place, and --did-not-happen \
            has the new one made. `warrant deny` leaves it undone and unsaid.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Argument(help: "The step's address.")
    var step: String

    @Flag(name: .long, help: "It had its effect; it is not made again.")
    var happened = false

    @Flag(name: .long, help: "It had no effect; it is made once more.")
    var didNotHappen = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --happened: the call's result, a JSON value as `warrant tool show` describes it.", valueName: "FILE"))
    var result: String?

    func run() async throws {
        try await Output.reporting {
            guard happened != didNotHappen else {
                throw CommandFailure(.usage, "Can't settle step `\(step)`: say --happened or --did-not-happen.")
            }
            guard happened || result == nil else {
                throw CommandFailure(.usage, "Can't settle step `\(step)`: what did not happen has no result.")
            }
            let observed = try result.map(Self.value)
            let answering = try Answering(run: run, in: try Surroundings())
            let chosen = try answering.questions(at: step)
            let approvals = chosen.map { question in
                Approval(
                    digest: question.digest, decision: happened ? .happened : .approved, person: Person.name,
                    observedResult: observed, at: Person.now)
            }
            for (question, approval) in zip(chosen, approvals) {
                try answering.check(approval, of: question, isSettling: true)
            }
            for (question, approval) in zip(chosen, approvals) {
                try answering.recordAloud(approval, at: question.step)
            }
            answering.sayWhatIsLeft(after: chosen.count)
        }
    }

    private static func value(_ path: String) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.badData, "Can't read `\(path)`: there is no such file.")
        }
        do {
            return try JSONValue(parsing: Array(data))
        } catch {
            throw CommandFailure(.badData, "Can't read `\(path)`: \(error)")
        }
    }
}
