import ArgumentParser
import Foundation
import JSONSchemas
import PolicyEngine
import RunJournal

/// `warrant approve`.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Say yes to a question; `warrant resume` then goes on.",
        discussion: """
            An answer is good for one call, for as long as the policy says (24 hours unless `approvals: { expire: 8h }` \
            says otherwise); after that the question is asked again. Edited arguments are checked against the tool's \
            schema and decided on at once and again when they are used: a person can't approve what the policy denies.

            --endorse vouches for an argument's exact value in the rest of this run: later calls of the same tool \
            that ask only because of where that value came from don't ask again. A tool that asks about every call \
            (`decision: ask`) goes on asking, and this command says so. `warrant deny` at the same step takes it back.

            What became of a call that was begun when the run stopped is for `warrant settle`: it can't be approved, and \
            `all` leaves it out.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Argument(help: "The step's address, or `all` for every question of the run.")
    var step: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Approve these arguments instead: a JSON object. They are decided on again.", valueName: "FILE"))
    var edit: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Vouch for this argument's value in the rest of the run; may be repeated.", valueName: "ARGUMENT"))
    var endorse: [String] = []

    func run() async throws {
        try await Output.reporting {
            guard step != "all" || endorse.isEmpty else {
                throw CommandFailure(.usage, "Can't endorse a value in all questions at once: name one step.")
            }
            let edited = try edit.map(editedArguments)
            let surroundings = try Surroundings()
            let answering = try Answering(run: run, in: surroundings)
            let chosen = try answering.approvable(at: step)
            let approvals = chosen.map { question in
                Approval(
                    digest: question.digest, decision: .approved, person: Person.name, editedArguments: edited,
                    endorsedArguments: endorse, at: Person.now)
            }
            for (question, approval) in zip(chosen, approvals) { try answering.check(approval, of: question) }
            try answering.recordAloud(zip(chosen, approvals).map { (approval: $1, step: $0.step) })
            if !endorse.isEmpty {
                for remark in chosen.compactMap(answering.remarkOnEndorsement) {
                    Output.message(Terminal.visible(remark))
                }
            }
            answering.sayWhatIsLeft(after: chosen.count)
        }
    }

    private func editedArguments(_ path: String) throws -> JSONObject {
        guard step != "all" else {
            throw CommandFailure(.usage, "Can't edit all questions at once: name one step.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.badData, "Can't read `\(path)`: there is no such file.")
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: Array(data))
        } catch {
            throw CommandFailure(.badData, "Can't read `\(path)`: \(error)")
        }
        guard let object = value.objectValue else {
            throw CommandFailure(.badData, "Can't use `\(path)`: the arguments must be a JSON object.")
        }
        return object
    }
}

/// `warrant deny`.
struct DenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Say no to a question, with a reason for the record.",
        discussion: """
            At a step whose answer endorsed a value it takes the answer and the endorsement back: what was done stays \
            done, and later calls with that value ask again.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Argument(help: "The step's address, or `all` for every question of the run.")
    var step: String

    @Option(name: .long, help: ArgumentHelp("The reason.", valueName: "TEXT"))
    var why: String

    func validate() throws {
        guard !why.allSatisfy(\.isWhitespace) else {
            throw ValidationError("Can't deny without a reason: say why, for the record.")
        }
    }

    func run() async throws {
        try await Output.reporting {
            let answering = try Answering(run: run, in: try Surroundings())
            func rejection(_ digest: String) -> Approval {
                Approval(digest: digest, decision: .rejected, person: Person.name, reason: why, at: Person.now)
            }
            if step != "all", let digest = try answering.endorsingAnswer(at: step) {
                try answering.recordAloud(rejection(digest), at: step)
                Output.message("the endorsement is taken back")
                return
            }
            let chosen = try answering.questions(at: step)
            try answering.recordAloud(chosen.map { (approval: rejection($0.digest), step: $0.step) })
            if let remark = answering.remarkOnDenial(of: chosen) { Output.message(remark) }
            answering.sayWhatIsLeft(after: chosen.count)
        }
    }
}
