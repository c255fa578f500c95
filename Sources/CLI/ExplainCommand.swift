import ArgumentParser
import JSONSchemas
import PolicyEngine
import RunJournal
import WorkflowFormat

/// `warrant explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why a call was allowed, asked about or denied.",
        discussion: """
            Shows the call with its raw values, where each came from and the text around it there, the rule that \
            decided, and what a person answered; for an agent with `plan: locked` its plan too.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Argument(help: "The step's address.")
    var step: String

    @Flag(name: .long, help: "The same facts as one JSON value.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let journal = try Surroundings().journal()
            let summary = try journal.run(matching: run)
            let plan = try PlanText.plan(for: step, of: summary.id, in: journal)
            guard let view = try journal.callView(of: summary.id, at: step) else {
                if let plan {
                    if json { Output.result(["plan": plan.toJSON()]) } else { Output.result(PlanText.text(of: plan)) }
                    return
                }
                throw CommandFailure(
                    .notFound, "Can't explain step `\(step)`: run `\(summary.id)` decided on no call there.")
            }
            if json {
                var facts = view.toJSON().objectValue ?? JSONObject()
                if let plan { facts["plan"] = plan.toJSON() }
                Output.result(.object(facts))
            } else {
                Output.result(QuestionText.explanation(of: view))
                if let plan { Output.result(PlanText.text(of: plan)) }
            }
        }
    }
}
