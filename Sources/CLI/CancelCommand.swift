import ArgumentParser
import RunJournal

/// `warrant cancel`.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Give up a parked run: its questions are closed and nothing more is done.")

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    func run() async throws {
        try await Output.reporting {
            let journal = try Surroundings().journal()
            let id = try journal.run(matching: run).id
            // Holding the lease proves that no process is in the middle of a step, or ends the run meanwhile.
            let lease = try journal.lease(id)
            defer { lease.release() }
            let summary = try journal.run(id)
            guard summary.state.isOpen else {
                throw CommandFailure(.badData, "Can't cancel run `\(summary.id)`: it is \(summary.state.rawValue).")
            }
            try journal.append(.runCancelled, run: summary.id)
            Output.result("cancelled \(summary.id)")
        }
    }
}
