import ArgumentParser
import JSONSchemas
import Orchestration
import RunJournal

/// `warrant show`.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the record of a run and what it took.",
        discussion: """
            Without --step one line an entry, then tokens, time by room, memory and questions, as a whole and by step; \
            with it the entries of that step in full. --json gives a line for the run, a line a step and a line an \
            entry; --schema prints their JSON Schema.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String?

    @Option(
        name: .long, help: ArgumentHelp("Only this step's entries, such as triage[3]/file#2.", valueName: "ADDRESS"))
    var step: String?

    @Flag(name: .long, help: "One JSON value a line: every entry, whole.")
    var json = false

    @Flag(name: .long, help: "Print the JSON Schema of the lines of --json.")
    var schema = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let surroundings = try Surroundings()
            if schema { return Output.result(try surroundings.schemaText("show")) }
            guard let run else { throw CommandFailure(.usage, "Can't show a run: none is named.") }
            let journal = try surroundings.journal()
            let summary = try journal.run(matching: run)
            let all = try journal.entries(of: summary.id)
            let entries = all.filter { step == nil || $0.step == step }
            guard step == nil || !entries.isEmpty else {
                throw CommandFailure(
                    .notFound, "Can't show step `\(step ?? "")`: run `\(summary.id)` has none of that address.")
            }
            let metrics = RunMetrics(all)
            if json {
                showJSON(summary, entries, metrics)
            } else {
                showText(summary, entries, metrics, removals: Self.removals(all))
                if step == nil { Self.showWaiting(try journal.pendingApprovalsInShort(run: summary.id)) }
            }
        }
    }

    private func showJSON(_ summary: RunSummary, _ entries: [JournalEntry], _ metrics: RunMetrics) {
        var line = RunLine.json(summary)
        line["model"] = summary.parameters["weights"]?["name"] ?? .null
        if let first = summary.parameters[Run.firstMember]?["name"] { line["first_model"] = first }
        line["dry_run"] = .bool(summary.parameters["dry_run"]?.boolValue ?? false)
        line["metrics"] = metrics.total.toJSON()
        Output.result(.object(line))
        for (address, figures) in metrics.steps where step == nil || step == address {
            Output.result(["type": "step", "step": .string(address), "metrics": figures.toJSON()])
        }
        for entry in entries { Output.result(EntryLine.json(entry)) }
    }

    /// What waits for a person, oldest first: how long it was waited for is known of what was answered alone.
    private static func showWaiting(_ questions: [PendingApproval]) {
        guard let first = questions.first else { return }
        let words = questions.count == 1 ? "1 question waits" : "\(questions.count) questions wait"
        let since = JournalEntry.timestamp(nanoseconds: first.requestedNanoseconds)
        Output.result("\(words) for a person since \(since)")
    }

    /// Who removed the bodies of which entries, as the record says it.
    private static func removals(_ entries: [JournalEntry]) -> [Int: String] {
        var removals: [Int: String] = [:]
        for entry in entries where entry.kind == .blobErased {
            guard let sequence = entry.body["entry"]?.intValue else { continue }
            let person = entry.body["person"]?.stringValue ?? "somebody"
            removals[sequence] = "(removed by \(person), entry \(entry.sequence), \(entry.timestamp))"
        }
        return removals
    }

    private func showText(
        _ summary: RunSummary, _ entries: [JournalEntry], _ metrics: RunMetrics, removals: [Int: String]
    ) {
        // Whoever wrote the journal chose all of these texts: each stays on its line.
        let workflow = Terminal.line(summary.workflow, width: 200)
        let directory = Terminal.line(summary.directory, width: 4096)
        Output.result("run \(summary.id)  \(workflow)  \(summary.state.rawValue)  \(directory)")
        for entry in entries {
            let removal = entry.isErased ? removals[entry.sequence] ?? "(removed)" : nil
            if step == nil {
                let text = Terminal.line(removal ?? entry.facts.serialized(.compact), width: 90)
                let address = Terminal.line(entry.step, width: 1024)
                Output.result("\(entry.sequence)  \(entry.kind.rawValue)  \(address)  \(text)")
            } else {
                Output.result("\(entry.sequence)  \(entry.timestamp)  \(entry.kind.rawValue)")
                for line in LabelText.lines(for: entry) { Output.result("  " + Terminal.line(line, width: 4096)) }
                let text = removal.map { Terminal.line($0, width: 200) }
                Output.result(text ?? Terminal.visible(entry.body.serialized(.pretty)))
            }
        }
        for line in MetricsText.lines(metrics, step: step) { Output.result(Terminal.line(line, width: 4096)) }
    }
}
