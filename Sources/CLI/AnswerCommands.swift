import ArgumentParser
import Foundation
import JSONSchemas
import PolicyEngine
import RunJournal

/// `warrant approve`.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Say yes to a question; `warrant resume` then goes on.")

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Argument(help: "The step's address, or `all` for every question of the run.")
    var step: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Approve these arguments instead: a JSON object. They are decided on again.", valueName: "FILE"))
    var edit: String?

    func run() async throws {
        try await Output.reporting {
            var edited: JSONObject?
            if let edit {
                guard step != "all" else {
                    throw CommandFailure(.usage, "Can't edit all questions at once: name one step.")
                }
                guard let data = FileManager.default.contents(atPath: edit) else {
                    throw CommandFailure(.badData, "Can't read `\(edit)`: there is no such file.")
                }
                do {
                    edited = try JSONValue(parsing: Array(data)).objectValue
                } catch {
                    throw CommandFailure(.badData, "Can't read `\(edit)`: \(error)")
                }
                guard edited != nil else {
                    throw CommandFailure(.badData, "Can't use `\(edit)`: the arguments must be a JSON object.")
                }
            }
            try Answering.answer(run: run, step: step) { digest in
                Approval(
                    digest: digest, decision: .approved, person: Person.name, editedArguments: edited, at: Person.now)
            }
        }
    }
}

/// `warrant deny`.
struct DenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Say no to a question, with a reason for the record.")

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Argument(help: "The step's address, or `all` for every question of the run.")
    var step: String

    @Option(name: .long, help: ArgumentHelp("The reason.", valueName: "TEXT"))
    var why: String

    func run() async throws {
        try await Output.reporting {
            try Answering.answer(run: run, step: step) { digest in
                Approval(digest: digest, decision: .rejected, person: Person.name, reason: why, at: Person.now)
            }
        }
    }
}

/// Records answers to waiting questions.
enum Answering {
    static func answer(run: String, step: String, _ make: (String) -> Approval) throws {
        let journal = try Surroundings().journal()
        let summary = try journal.run(matching: run)
        if let holder = journal.leaseHolder(of: summary.id) {
            throw CommandFailure(
                .tryAgain, "Can't answer for run `\(summary.id)`: process \(holder) is working on it.",
                fix: "Answer there, or wait until it parks.")
        }
        let pending = try journal.pendingApprovals(run: summary.id)
        let chosen = step == "all" ? pending : pending.filter { $0.step == step }
        guard !chosen.isEmpty else {
            let open = pending.map { "`\($0.step)`" }.joined(separator: ", ")
            throw CommandFailure(
                .notFound, "Can't answer step `\(step)` of run `\(summary.id)`: nothing waits there.",
                fix: pending.isEmpty ? nil : "What waits: \(open).")
        }
        for question in chosen {
            let approval = make(question.digest)
            try journal.append(.approvalRecorded, run: summary.id, step: question.step, body: approval.toJSON())
            Output.result("\(approval.decision.rawValue) \(summary.id) \(question.step)")
        }
        let left = pending.count - chosen.count
        Output.message(
            left == 0 ? "go on with: warrant resume \(summary.id)" : "\(left) more question\(left == 1 ? "" : "s") wait"
        )
    }
}
