import ArgumentParser
import JSONSchemas
import PolicyEngine
import RunJournal

/// `warrant watch`.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow a run while it goes on: its record as it is written.",
        discussion: """
            First what is recorded already, then each entry as it comes, a question with its raw values and where they \
            came from. Ends when the run parks or ends, or when no process works on it any more.
            """)

    @Argument(help: "The run, or the beginning or end of its identifier.")
    var run: String

    @Flag(name: .long, help: "One JSON value an entry, as `warrant show --json` has it, and a verdict at the end.")
    var json = false

    private static let pageLimit = 200

    func run() async throws {
        try await Output.reporting(json: json) {
            let journal = try Surroundings().journal()
            let id = try journal.run(matching: run).id
            let task = Task { [json] in try await Self.follow(id, in: journal, json: json) }
            let interruption = Interruption(cancelling: task)
            defer { interruption.stop() }
            do {
                try await task.value
            } catch is CancellationError {
                // Whoever stops watching is told where the run stands, too.
            }
            if json { try Self.showVerdict(id, in: journal) }
        }
    }

    /// The last line: where the run stands when it is not followed any more.
    private static func showVerdict(_ id: RunID, in journal: Journal) throws {
        let run = try journal.run(id)
        let waiting = try journal.pendingApprovals(run: id).map { JSONValue.string($0.step) }
        Output.result([
            "type": "verdict", "run": .string(id.description), "outcome": .string(run.state.rawValue), "exit": 0,
            "output": .string(run.directory), "waiting": .array(waiting), "reason": .null,
        ])
    }

    private static func follow(_ id: RunID, in journal: Journal, json: Bool) async throws {
        var last = 0
        var problem: JournalError?
        while true {
            // Who works on it before its state, since a process that ends a run lets go of it afterwards; and the state
            // before the entries: what was written when it was left is then all shown.
            let isHeld = journal.leaseHolder(of: id) != nil
            let state = try journal.run(id).state
            while true {
                let records = try journal.records(of: id, after: last, limit: pageLimit)
                for record in records { show(record, in: journal, json: json) }
                problem = problem ?? records.lazy.compactMap(\.problem).first
                last = records.last?.entry.sequence ?? last
                if records.count < pageLimit { break }
            }
            guard state == .running, isHeld else {
                if !json { Output.message(end(state, id)) }
                if let problem { throw problem }
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func end(_ state: RunState, _ id: RunID) -> String {
        switch state {
        case .running: "no process works on it; go on with: warrant resume \(id)"
        case .parked: "parked, waiting for a person: warrant approvals \(id)"
        default: "ended: \(state.rawValue)"
        }
    }

    private static func show(_ record: EntryRecord, in journal: Journal, json: Bool) {
        let entry = record.entry
        if json {
            var line = EntryLine.json(entry).objectValue ?? JSONObject()
            line["kind"] = .string(record.kind)
            if let problem = record.problem { line["problem"] = .string(problem.description) }
            return Output.result(.object(line))
        }
        let text = record.problem?.description ?? (entry.isErased ? "(removed)" : entry.facts.serialized(.compact))
        let address = Terminal.line(entry.step, width: 1024)
        let kind = Terminal.line(record.kind, width: 90)
        Output.result("\(entry.sequence)  \(kind)  \(address)  \(Terminal.line(text, width: 90))")
        guard entry.kind == .approvalRequested, let request = ApprovalRequest(fromJSON: entry.body) else { return }
        let view = CallView(request, askedAt: entry.timestamp) { try? journal.recordedValue(of: $0, in: entry.run) }
        Output.result(QuestionText.text(for: view))
    }
}
