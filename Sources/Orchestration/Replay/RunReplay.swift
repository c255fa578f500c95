import JSONSchemas
import ModelRuntime
import PolicyEngine
public import Redaction
public import RunJournal
public import ToolExecution
public import WorkflowFormat

/// A recorded run played once more from its record alone: no model, no tool, no person, no network, no clock.
///
/// The run's own step loop is played, stretch by stretch, in a world that answers with what the record has. Each entry
/// that comes out is compared with the recorded one to the byte, `measured` members left out: decisions and their
/// contexts, effect identifiers, digests of questions, labels, prompts, hashes of files, and which step comes next.
///
/// Taken from the record as they are: what the model wrote with its costs, what tools gave, what persons answered and
/// when, where paths led, and when an entry was written. Who changes one of those and everything that follows from it
/// leaves a record that fits itself; that is what hash chain and checkpoints are for.
public struct RunReplay: Sendable {
    /// How many entries were compared and are the same.
    public let comparedCount: Int
    /// How many stretches the run was made in.
    public let stretchCount: Int
    /// The first difference; nil where there is none.
    public let difference: RunDifference?
    /// The entries that couldn't be compared because their bodies are gone, in order.
    public let uncompared: [Int]
    /// Whether the record was gone through to its end. It isn't where something is different, or where what is gone is
    /// needed to go on.
    public let isWhole: Bool
    /// Whether the run came to where it parked or ended in its record. It didn't where the process was killed, or is still
    /// at it.
    public let hasEnd: Bool

    /// Whether all of the record came out again.
    public var isIdentical: Bool { difference == nil && uncompared.isEmpty && isWhole }

    /// Plays a run.
    ///
    /// - Parameters:
    ///   - summary: The run.
    ///   - entries: Its entries, all of them.
    ///   - workflow: The run's workflow.
    ///   - registry: The tools there are; none is called.
    ///   - operatorPolicy: The operator's policy of now. Each stretch of the run is decided by the one that the record
    ///     holds; this one is used where it holds no text and names the same file's bytes.
    ///   - redactor: Of the key that the run had. With another one, tokens for what the workflow's own texts hold come
    ///     out otherwise; everything else is as it was recorded.
    /// - Throws: ``DecisionReplayError`` where workflow or tools are others than then, the operator's policy of then is not
    ///   to be had, or the record is older than what a replay needs.
    public init(
        _ summary: RunSummary, entries: [JournalEntry], workflow: Workflow, registry: ToolRegistry,
        operatorPolicy: OperatorPolicy?, redactor: Redactor = .unjoinable()
    ) async throws {
        guard summary.parameters["fingerprint"]?.stringValue == Run.fingerprint(workflow) else {
            throw DecisionReplayError(
                summary.id, "its workflow `\(workflow.file)` was changed since",
                fix: "Put the old files back, or name the policy to decide by with `--policy`.")
        }
        var player = ReplayPlayer(
            run: summary.id, gaps: Set(entries.filter(\.isErased).map(\.sequence)), workflow: workflow,
            registry: registry, currentPolicy: operatorPolicy, redactor: redactor)
        let stretches = RunStretch.all(of: entries)
        guard !stretches.isEmpty else {
            throw DecisionReplayError(summary.id, "its record doesn't begin with a start")
        }
        var isWhole = true
        let places = RecordedPlaces(entries)
        for stretch in stretches {
            isWhole = try await player.play(stretch, places: places)
            if !isWhole { break }
        }
        let cut = isWhole ? Self.missingEnd(summary, entries) : nil
        stretchCount = stretches.count
        comparedCount = player.comparedCount
        difference = player.difference?.adding(player.missingSecrets) ?? cut
        uncompared = player.uncompared
        self.isWhole = isWhole && cut == nil
        hasEnd = player.hasEnd && cut == nil
    }

    /// What is wrong where the record ends before what the run's own row says: entries were removed from its end.
    private static func missingEnd(_ summary: RunSummary, _ entries: [JournalEntry]) -> RunDifference? {
        // A row that was read before the entries may be older, where a process is at work.
        guard summary.entryCount >= entries.count, let last = entries.last,
            let state = RunState(after: entries), state != summary.state
        else { return nil }
        return RunDifference(
            last,
            instead: "the record ends here, where the run is `\(state.rawValue)`, and its own row says "
                + "`\(summary.state.rawValue)`")
    }
}
