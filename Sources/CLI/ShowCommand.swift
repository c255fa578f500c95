import ArgumentParser
import JSONSchemas
import RunJournal

/// `warrant show`.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the record of a run.",
        discussion: "Without --step one line an entry; with it the entries of that step in full.")

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Option(
        name: .long, help: ArgumentHelp("Only this step's entries, such as triage[3]/file#2.", valueName: "ADDRESS"))
    var step: String?

    @Flag(name: .long, help: "One JSON value a line: every entry, whole.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let journal = try Surroundings().journal()
            let summary = try journal.run(matching: run)
            let entries = try journal.entries(of: summary.id).filter { step == nil || $0.step == step }
            guard step == nil || !entries.isEmpty else {
                throw CommandFailure(
                    .notFound, "Can't show step `\(step ?? "")`: run `\(summary.id)` has none of that address.")
            }
            if !json {
                Output.result("run \(summary.id)  \(summary.workflow)  \(summary.state.rawValue)  \(summary.directory)")
            }
            for entry in entries {
                if json {
                    Output.result([
                        "sequence": .integer(entry.sequence), "time": .string(entry.timestamp),
                        "step": .string(entry.step), "kind": .string(entry.kind.rawValue), "body": entry.body,
                        "hash": .string(entry.hash),
                    ])
                } else if step == nil {
                    let text = Terminal.line(entry.body.serialized(.compact), width: 90)
                    Output.result("\(entry.sequence)  \(entry.kind.rawValue)  \(entry.step)  \(text)")
                } else {
                    Output.result("\(entry.sequence)  \(entry.timestamp)  \(entry.kind.rawValue)")
                    for line in LabelText.lines(for: entry) { Output.result("  " + Terminal.visible(line)) }
                    Output.result(Terminal.visible(entry.body.serialized(.pretty)))
                }
            }
        }
    }
}
