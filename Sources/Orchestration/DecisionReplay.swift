public import JSONSchemas
import PolicyEngine
import Provenance
public import RunJournal
public import ToolExecution
public import WorkflowFormat

/// The decisions of a recorded run, made again by the same or by another policy: no model, no tool, no clock, no disk.
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
    ///   - definition: Another policy in place of the workflow's; nil for the workflow's own, which must be the one
    ///     that decided then.
    ///   - registry: The tools there are.
    ///   - operatorPolicy: The operator's policy, which narrows either.
    /// - Throws: ``DecisionReplayError`` where the record, the workflow or the policy can't be used.
    public init(
        _ summary: RunSummary, entries: [JournalEntry], by definition: PolicyDefinition?, registry: ToolRegistry,
        operatorPolicy: OperatorPolicy?
    ) throws(DecisionReplayError) {
        let own = definition == nil ? try Self.recordedDefinition(of: summary, registry: registry) : nil
        guard let chosen = definition ?? own else { throw DecisionReplayError(summary.id, "there is no policy") }
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
                current = try Self.policy(chosen, of: record, registry, operatorPolicy)
                policy = current
            }
            let decided = try record.decision(entry)
            if definition == nil, decided.policyVersion != current.version {
                throw DecisionReplayError(
                    summary.id,
                    "entry \(entry.sequence), step `\(entry.step)`, was decided by the policy "
                        + "`\(decided.policyVersion.prefix(12))`, and the one of now is `\(current.version.prefix(12))`: "
                        + "the operator's policy or a tool's manifest was changed since",
                    fix: "Put the old files back, or name the policy to decide by with `--policy`.")
            }
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

    /// The policy of the run's workflow, if that is still what it was.
    private static func recordedDefinition(
        of summary: RunSummary, registry: ToolRegistry
    ) throws(DecisionReplayError) -> PolicyDefinition {
        let fix = "Put the old files back, or name the policy to decide by with `--policy`."
        guard let path = summary.parameters["workflow"]?.stringValue else {
            throw DecisionReplayError(summary.id, "its record names no workflow", fix: fix)
        }
        let workflow: Workflow
        do throws(WorkflowErrors) {
            workflow = try Workflow.load(path: path, tools: registry.definitions)
        } catch {
            throw DecisionReplayError(
                summary.id, "its workflow `\(path)` can't be read (\(error.description))", fix: fix)
        }
        guard summary.parameters["fingerprint"]?.stringValue == Run.fingerprint(workflow) else {
            throw DecisionReplayError(summary.id, "its workflow `\(path)` was changed since", fix: fix)
        }
        return workflow.policy
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
