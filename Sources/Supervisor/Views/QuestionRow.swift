public import JSONSchemas
public import RunJournal

/// A question that waits, in short.
public struct QuestionRow: Hashable, Sendable {
    /// What is asked.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Whether a call may be made.
        case call
        /// Whether the run may pass a gate of its workflow.
        case gate
        /// What became of a call that was begun and of which nobody knows the end: it is settled, not approved.
        case outcome
        /// Its record is damaged: it can only be denied.
        case damaged
    }

    /// The entry that asks, which names the question everywhere here.
    public let sequence: Int
    /// The run.
    public let run: RunID
    /// The step's address.
    public let address: String
    /// The digest of the exact question, which an answer repeats.
    public let digest: String
    /// What is asked.
    public let kind: Kind
    /// The tool; empty for a gate.
    public let tool: String
    /// The sentence of the rule that asks.
    public let sentence: String
    /// The rule that asks.
    public let rule: String
    /// When it was asked, as RFC 3339.
    public let asked: String
    /// The workflow of the run.
    public let workflow: String
    /// The arguments on one line, the beginning of each.
    public let preview: String
    /// Whether an argument comes from where anybody may write.
    public let isUntrusted: Bool

    /// Makes it.
    public init(
        sequence: Int, run: RunID, address: String, digest: String, kind: Kind, tool: String, sentence: String,
        rule: String, asked: String, workflow: String, preview: String, isUntrusted: Bool
    ) {
        self.sequence = sequence
        self.run = run
        self.address = address
        self.digest = digest
        self.kind = kind
        self.tool = tool
        self.sentence = sentence
        self.rule = rule
        self.asked = asked
        self.workflow = workflow
        self.preview = preview
        self.isUntrusted = isUntrusted
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "question": .integer(sequence), "run": .string(run.description), "step": .string(address),
            "digest": .string(digest), "kind": .string(kind.rawValue), "tool": .string(tool),
            "sentence": .string(sentence), "rule": .string(rule), "asked": .string(asked),
            "workflow": .string(workflow), "preview": .string(preview), "untrusted": .bool(isUntrusted),
        ]
    }
}
