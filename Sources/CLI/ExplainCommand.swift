import ArgumentParser
import JSONSchemas
import RunJournal

/// `warrant explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why a call was allowed, asked about or denied.")

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Argument(help: "The step's address.")
    var step: String

    func run() async throws {
        try await Output.reporting {
            let journal = try Surroundings().journal()
            let summary = try journal.run(matching: run)
            let entries = try journal.entries(of: summary.id).filter { $0.step == step }
            guard let decided = entries.last(where: { $0.kind == .callDecided }) else {
                throw CommandFailure(
                    .notFound, "Can't explain step `\(step)`: run `\(summary.id)` decided on no call there.")
            }
            if let proposed = entries.last(where: { $0.kind == .callProposed }) {
                let arguments = proposed.body["arguments"]?.serialized(.pretty) ?? ""
                Output.result("call: \(proposed.body["tool"]?.stringValue ?? "") \(Terminal.visible(arguments))")
                Output.result("label: \(proposed.body["label"]?["integrity"]?.stringValue ?? "unknown")")
                for source in proposed.body["label"]?["sources"]?.arrayValue ?? [] {
                    Output.result("  from \(source["step"]?.stringValue ?? "")\(source["pointer"]?.stringValue ?? "")")
                }
            }
            Output.result("decision: \(decided.body["decision"]?.stringValue ?? "")")
            Output.result("rule: \(decided.body["rule"]?.stringValue ?? "")")
            Output.result(Terminal.visible(decided.body["sentence"]?.stringValue ?? ""))
            if let answer = entries.last(where: { $0.kind == .approvalRecorded }) {
                let person = answer.body["person"]?.stringValue ?? ""
                let reason = answer.body["reason"]?.stringValue.map { ": \($0)" } ?? ""
                Output.result(Terminal.visible("\(answer.body["decision"]?.stringValue ?? "") by \(person)\(reason)"))
            }
        }
    }
}
