public import JSONSchemas
import PolicyEngine
import Provenance
public import RunJournal
public import ToolExecution
public import WorkflowFormat

/// The decisions of a recorded run, made again by another policy: no model, no tool, no clock, no disk.
///
/// Everything that a decision was made from stands in the journal: the call and its labels with `callProposed`, the
/// rest with `callDecided`. Answers of persons are no decisions and are left alone.
public struct DecisionReplay: Sendable {
    /// One decision that is another one now.
    public struct Change: Hashable, Sendable {
        /// The entry that holds the recorded decision.
        public let sequence: Int
        /// The step's address.
        public let step: String
        /// The tool.
        public let tool: String
        /// The recorded decision.
        public let before: PolicyDecision
        /// The rule that made it.
        public let ruleBefore: String
        /// The decision now.
        public let after: PolicyDecision
        /// The rule that makes it.
        public let rule: String
        /// Its sentence.
        public let sentence: String

        /// The change as one value.
        public func toJSON() -> JSONValue {
            [
                "type": "decision", "entry": .integer(sequence), "step": .string(step), "tool": .string(tool),
                "before": .string(before.rawValue), "rule_before": .string(ruleBefore),
                "after": .string(after.rawValue), "rule": .string(rule), "sentence": .string(sentence),
            ]
        }
    }

    /// How many decisions were made again.
    public let decisionCount: Int
    /// The ones that are another word now, in the order of the journal.
    public let changes: [Change]

    /// Makes all decisions of a run again.
    ///
    /// - Parameters:
    ///   - summary: The run.
    ///   - entries: Its entries, all of them.
    ///   - definition: The policy in place of the workflow's.
    ///   - registry: The tools there are.
    ///   - operatorPolicy: The operator's policy, which narrows it.
    /// - Throws: ``DecisionReplayError`` where the record or the policy can't be used.
    public init(
        _ summary: RunSummary, entries: [JournalEntry], by definition: PolicyDefinition, registry: ToolRegistry,
        operatorPolicy: OperatorPolicy?
    ) throws(DecisionReplayError) {
        var record = DecisionRecord(run: summary.id, parameters: summary.parameters)
        var policy: Policy?
        var count = 0
        var changes: [Change] = []
        for entry in entries {
            if try record.take(entry) { policy = nil }
            // What a locked plan refused never came before the policy.
            guard entry.kind == .callDecided, entry.body["rule"]?.stringValue != Run.planRule else { continue }
            let current: Policy
            if let policy {
                current = policy
            } else {
                current = try Self.policy(definition, of: record, registry, operatorPolicy)
                policy = current
            }
            let decided = try record.decision(entry)
            count += 1
            let again = current.decide(decided.call, in: record.context(of: decided, for: current))
            guard again.outcome != decided.decision else { continue }
            changes.append(
                Change(
                    sequence: entry.sequence, step: entry.step, tool: decided.call.value.tool,
                    before: decided.decision, ruleBefore: decided.rule, after: again.outcome, rule: again.rule,
                    sentence: again.sentence))
        }
        decisionCount = count
        self.changes = changes
    }

    private static func policy(
        _ definition: PolicyDefinition, of record: DecisionRecord, _ registry: ToolRegistry,
        _ operatorPolicy: OperatorPolicy?
    ) throws(DecisionReplayError) -> Policy {
        do {
            return try Run.policy(
                definition, values: record.values, registry: registry, operatorPolicy: operatorPolicy)
        } catch {
            throw DecisionReplayError(record.run, "the policy does not fit it: \(error)")
        }
    }
}

/// Why a run's decisions can't be made again. Nothing is guessed in their place.
public struct DecisionReplayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `Can't replay run ...: ...`, and a line that says what to do where that is known.
    public let description: String

    init(_ run: RunID, _ reason: String, fix: String? = nil) {
        description = "Can't replay run `\(run)`: \(reason)." + (fix.map { "\n" + $0 } ?? "")
    }
}
