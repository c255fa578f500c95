import ArgumentParser
import JSONSchemas
import RunJournal

/// `warrant runs`.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "runs", abstract: "List runs, newest first.")

    @Option(name: .long, help: ArgumentHelp("Only runs in this state, such as parked.", valueName: "STATE"))
    var state: String?

    @Option(name: .long, help: ArgumentHelp("Only runs of this workflow.", valueName: "NAME"))
    var workflow: String?

    @Option(name: .long, help: "How many at most.")
    var limit = 30

    @Flag(name: .long, help: "One JSON value a line.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let wanted = try state.map { text in
                guard let known = RunState(rawValue: text) else {
                    let all = RunState.allCases.map(\.rawValue).joined(separator: ", ")
                    throw CommandFailure(.usage, "Can't list runs: `\(text)` is no state; there are \(all).")
                }
                return known
            }
            let runs = try Surroundings().journal().runs(limit: limit, state: wanted, workflow: workflow)
            for run in runs {
                let started = JournalEntry.timestamp(nanoseconds: run.startedNanoseconds)
                if json {
                    Output.result([
                        "run": .string(run.id.description), "workflow": .string(run.workflow),
                        "state": .string(run.state.rawValue), "started": .string(started),
                        "waiting": .integer(run.waitingCount), "output": .string(run.directory),
                    ])
                } else {
                    let waiting = run.waitingCount > 0 ? "  \(run.waitingCount) waiting" : ""
                    Output.result("\(run.id)  \(started)  \(run.state.rawValue)  \(run.workflow)\(waiting)")
                }
            }
            if runs.isEmpty, !json { Output.message("no runs") }
        }
    }
}
