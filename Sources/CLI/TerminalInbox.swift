import Foundation
import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import ToolExecution

/// Asks the person at the terminal.
struct TerminalInbox: ApprovalInbox {
    let display: ProgressDisplay
    /// Where the texts lie that the values came from.
    let journal: Journal
    let registry: ToolRegistry

    func answer(to request: ApprovalRequest) async throws -> Approval? {
        display.clear()
        let view = CallView(request) { source in
            RunID(request.run).flatMap { try? journal.recordedValue(of: source, in: $0) }
        }
        Output.message("\n" + QuestionText.text(for: view))
        if request.isAboutUnknownOutcome { return try await outcome(of: request) }
        // A gate of the workflow has no decision, and no value to be used again.
        let names = view.decision == nil ? [] : view.arguments.map(\.name)
        while true {
            Output.raw("approve? [y]es, [n]o, \(names.isEmpty ? "" : "[e]ndorse a value and approve, ")[l]ater: ")
            guard let line = try await Self.line() else { return nil }
            switch line.trimmingCharacters(in: .whitespaces).lowercased() {
            case "y", "yes":
                return Approval(
                    digest: request.digest, decision: .approved, person: Person.name, at: Person.now)
            case "n", "no":
                Output.raw("why (may be empty): ")
                let why = try await Self.line() ?? ""
                return Approval(
                    digest: request.digest, decision: .rejected, person: Person.name, reason: Terminal.visible(why),
                    at: Person.now)
            case "e", "endorse":
                guard !names.isEmpty, let name = try await Self.name(among: names) else { continue }
                return Approval(
                    digest: request.digest, decision: .approved, person: Person.name, endorsedArguments: [name],
                    at: Person.now)
            case "l", "later": return nil
            default: continue
            }
        }
    }

    /// What the person says became of a call that was begun; a yes or a no to the call itself would not say it.
    private func outcome(of request: ApprovalRequest) async throws -> Approval? {
        let needsResult = registry.unobservedResult(of: request.call.value) == nil
        if needsResult {
            Output.message(
                Terminal.visible(
                    "that it happened is said later, with its result: "
                        + "warrant settle \(request.run) \(request.address) --happened --result FILE"))
        }
        while true {
            Output.raw("what became of it? \(needsResult ? "" : "it [h]appened, ")it [d]id not happen, [l]ater: ")
            guard let line = try await Self.line() else { return nil }
            let decision: Approval.Answer
            switch line.trimmingCharacters(in: .whitespaces).lowercased() {
            case "h", "happened":
                guard !needsResult else { continue }
                decision = .happened
            case "d", "did not happen": decision = .approved
            case "l", "later": return nil
            default: continue
            }
            return Approval(digest: request.digest, decision: decision, person: Person.name, at: Person.now)
        }
    }

    /// The argument whose value is to be endorsed; nil for a name that the call doesn't have.
    private static func name(among names: [String]) async throws -> String? {
        Output.raw(
            "which value is good for the rest of this run (\(Terminal.visible(names.joined(separator: ", ")))): ")
        let name = try await line()?.trimmingCharacters(in: .whitespaces) ?? ""
        guard names.contains(name) else {
            Output.message("the call has no argument of that name")
            return nil
        }
        return name
    }

    /// A line from standard input, read so that a cancelled task does not wait for it.
    private static func line() async throws -> String? {
        while true {
            try Task.checkCancellation()
            var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            // A fifth of a second at most between Ctrl-C and the end of the wait. The pointer lives through the call.
            let ready = unsafe poll(&descriptor, 1, 200)
            if ready > 0 { return readLine() }
            await Task.yield()
        }
    }
}
