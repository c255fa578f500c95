public import JSONSchemas
import PolicyEngine
public import WorkflowFormat

/// A step, or one turn of an agent, in a run's timeline.
public struct StepRow: Hashable, Sendable {
    /// What kind of step it is, as far as its record tells.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A call of a tool.
        case call
        /// A typed value read from data.
        case read
        /// A turn of an agent: what the model proposed, and the call that came of it.
        case turn
        /// A plan that bounds an agent.
        case plan
        /// A whole agent, which ended.
        case agent
        /// A person's gate.
        case gate
        /// Anything else.
        case other
    }

    /// How far it is.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Begun and not ended.
        case running
        /// A person is asked.
        case waiting
        /// Done.
        case done
        /// The policy denied it, or a person did.
        case denied
        /// It failed, in whatever way.
        case failed
        /// The model was too unsure, so that a value is left out; nobody is asked about it.
        case unsure
        /// Begun in an earlier life of the run, and nobody knows whether it had its effect.
        case unknown
    }

    /// The address, such as `triage[3]/file#2`.
    public var address: String
    /// What it is.
    public var kind: Kind
    /// How far it is.
    public var state: State
    /// The tool; empty where it is none.
    public var tool: String
    /// The first of its entries.
    public var firstSequence: Int
    /// The last of its entries so far.
    public var lastSequence: Int
    /// When its first entry was written, as RFC 3339.
    public var started: String
    /// Milliseconds from its first entry to its last so far.
    public var milliseconds: Double
    /// What the policy said last.
    public var decision: PolicyDecision?
    /// The rule that decided; empty where none did.
    public var rule: String
    /// The rule's sentence; empty where there is none.
    public var sentence: String
    /// What a person answered last.
    public var answer: AnswerView?
    /// How it ended: `succeeded`, or the word that the record has for it; empty where it did not end.
    public var outcome: String
    /// Whether what it made or asked holds text that anybody may have written.
    public var isUntrusted: Bool
    /// The beginning of what it made, raw and on several lines; empty where it made nothing.
    public var preview: LongText
    /// What it took.
    public var figures: FiguresView

    /// Makes a row.
    package init(
        address: String, kind: Kind, state: State, tool: String, firstSequence: Int, lastSequence: Int,
        started: String, milliseconds: Double, decision: PolicyDecision?, rule: String, sentence: String,
        answer: AnswerView?, outcome: String, isUntrusted: Bool, preview: LongText, figures: FiguresView
    ) {
        self.address = address
        self.kind = kind
        self.state = state
        self.tool = tool
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.started = started
        self.milliseconds = milliseconds
        self.decision = decision
        self.rule = rule
        self.sentence = sentence
        self.answer = answer
        self.outcome = outcome
        self.isUntrusted = isUntrusted
        self.preview = preview
        self.figures = figures
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "step": .string(address), "kind": .string(kind.rawValue), "state": .string(state.rawValue),
            "tool": .string(tool), "first": .integer(firstSequence), "last": .integer(lastSequence),
            "started": .string(started), "took_ms": .number(milliseconds),
            "decision": decision.map { .string($0.rawValue) } ?? .null, "rule": .string(rule),
            "sentence": .string(sentence), "answer": answer?.toJSON() ?? .null, "outcome": .string(outcome),
            "untrusted": .bool(isUntrusted), "preview": preview.toJSON(), "figures": figures.toJSON(),
        ]
    }
}
