import ArgumentParser
import JSONSchemas
import Orchestration
import RunJournal

/// `warrant runs`.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List runs, newest first.",
        discussion: "Filters add up. --schema prints the JSON Schema of a line of --json.")

    @Option(name: .long, help: ArgumentHelp("Only runs in this state, such as parked.", valueName: "STATE"))
    var state: String?

    @Option(name: .long, help: ArgumentHelp("Only runs of this workflow.", valueName: "NAME"))
    var workflow: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only runs that started then or later: 2026-11-26, 2026-11-26T03:00:00Z, or an age such as 90m, 2h, 7d.",
            valueName: "TIME"))
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Only runs that started before.", valueName: "TIME"))
    var until: String?

    @Flag(name: .long, help: "Only runs with a question that waits for a person.")
    var waiting = false

    @Option(name: .long, help: "How many at most, 1 to 100000.")
    var limit = 30

    @Flag(name: .long, help: "One JSON value a line.")
    var json = false

    @Flag(name: .long, help: "Print the JSON Schema of the lines of --json.")
    var schema = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let surroundings = try Surroundings()
            if schema { return Output.result(try surroundings.schemaText("runs")) }
            let filter = try filter()
            let runs = try surroundings.journal().runs(filter)
            for run in runs {
                if json {
                    Output.result(.object(RunLine.json(run)))
                } else {
                    let started = JournalEntry.timestamp(nanoseconds: run.startedNanoseconds)
                    let waiting = run.waitingCount > 0 ? "  \(run.waitingCount) waiting" : ""
                    // Whoever wrote the journal chose the name.
                    let workflow = Terminal.line(run.workflow, width: 200)
                    Output.result("\(run.id)  \(started)  \(run.state.rawValue)  \(workflow)\(waiting)")
                }
            }
            if runs.isEmpty, !json { Output.message("no runs") }
        }
    }

    private func filter() throws -> RunFilter {
        var filter = RunFilter(workflow: workflow, isWaiting: waiting, limit: limit)
        if let state {
            guard let known = RunState(rawValue: state) else {
                let all = RunState.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure(.usage, "Can't list runs: `\(state)` is no state; there are \(all).")
            }
            filter.state = known
        }
        guard (1...100_000).contains(limit) else {
            throw CommandFailure(.usage, "Can't list runs: `--limit \(limit)` is not between 1 and 100000.")
        }
        filter.since = try since.map { try Moment.option("since", $0) }
        filter.until = try until.map { try Moment.option("until", $0) }
        if let from = filter.since, let to = filter.until, from >= to {
            throw CommandFailure(.usage, "Can't list runs: `--since` is not before `--until`.")
        }
        return filter
    }
}
