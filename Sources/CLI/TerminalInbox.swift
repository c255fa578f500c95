import Foundation
import JSONSchemas
import PolicyEngine

/// Asks the person at the terminal.
struct TerminalInbox: ApprovalInbox {
    let display: ProgressDisplay

    func answer(to request: ApprovalRequest) async throws -> Approval? {
        display.clear()
        Output.message("\n" + QuestionText.text(for: request))
        while true {
            Output.raw("approve? [y]es, [n]o, [l]ater: ")
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
            case "l", "later": return nil
            default: continue
            }
        }
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
