import ArgumentParser
import JSONSchemas
import PolicyEngine
import RunJournal

/// `warrant approvals`.
struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "Show the questions that wait for a person.",
        discussion: """
            Each with the raw values, where they came from, the text around them there, and the rule that asks. Answer \
            with `warrant approve` or `warrant deny`; what became of a call of unknown outcome is said with \
            `warrant settle`.
            """)

    @Argument(help: "Only those of this run.")
    var run: String?

    @Flag(name: .long, help: "One JSON value a line.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let journal = try Surroundings().journal()
            let wanted = try run.map { try journal.run(matching: $0).id }
            let pending = try journal.pendingApprovals(run: wanted)
            for question in pending {
                if json {
                    Output.result([
                        "run": .string(question.run.description), "step": .string(question.step),
                        "digest": .string(question.digest), "request": question.body,
                        "view": journal.callView(of: question)?.toJSON() ?? .null,
                    ])
                } else if let view = journal.callView(of: question) {
                    Output.result("run \(question.run)  step \(question.step)\n\(QuestionText.text(for: view))\n")
                } else {
                    Output.result(
                        "run \(question.run)  step \(question.step)  (the record of this question is damaged)")
                }
            }
            if pending.isEmpty, !json { Output.message("nothing waits") }
        }
    }
}
