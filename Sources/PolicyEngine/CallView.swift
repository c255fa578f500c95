public import JSONSchemas
public import Provenance
public import WorkflowFormat

/// One call as a person is shown it, on a terminal or on a page: what would be done, with which raw values, where each
/// came from, what the policy said and what was answered. It holds facts and no layout.
///
/// Texts in ``Argument/text`` and ``SourceSnippet/text`` are made visible; `value`s are raw.
public struct CallView: Hashable, Sendable {
    /// The run.
    public let run: String
    /// The step's address.
    public let address: String
    /// The tool; `approve` for a person's gate of the workflow.
    public let tool: String
    /// The arguments as they were proposed, in their order.
    public let arguments: [Argument]
    /// What the policy said last; nil for a gate.
    public let decision: PolicyDecision?
    /// The rule that decided.
    public let rule: String
    /// The rule's sentence.
    public let sentence: String
    /// The version of the policy that decided.
    public let policyVersion: String
    /// What an answer must repeat; nil where nobody was asked.
    public let digest: String?
    /// Which attempt it is, from 1.
    public let attempt: Int
    /// When the person was asked, as RFC 3339; nil where that is not known or nobody was asked.
    public let askedAt: String?
    /// For how many seconds an answer counts.
    public let lifetimeSeconds: Int?
    /// The person's answer.
    public let answer: Answer?
    /// What else was recorded about it, such as an answer that came too late.
    public let remarks: [String]

    /// A call that a person is asked about.
    ///
    /// - Parameters:
    ///   - request: The question.
    ///   - ruling: What the policy said after the answer, where that was another word.
    ///   - askedAt: When it was asked.
    ///   - answer: The answer, where there is one.
    ///   - remarks: Sentences that were recorded beside it.
    ///   - source: The value that a source stands for, where the record has it.
    public init(
        _ request: ApprovalRequest, ruling: Ruling? = nil, askedAt: String? = nil, answer: Answer? = nil,
        remarks: [String] = [], source: (Source) -> JSONValue?
    ) {
        self.init(
            request.call.value, label: request.call.label, labels: request.argumentLabels, run: request.run,
            address: request.address, decision: request.isGate ? nil : ruling?.decision ?? .ask,
            rule: ruling?.rule ?? request.rule, sentence: ruling?.sentence ?? request.sentence,
            policyVersion: ruling?.policyVersion ?? request.policyVersion, digest: request.digest,
            attempt: request.attempt, askedAt: askedAt, lifetimeSeconds: request.lifetimeSeconds, answer: answer,
            remarks: remarks, source: source)
    }

    /// A call that the policy decided on by itself.
    public init(
        _ call: ToolCall, label: Label, labels: [String: Label], run: String, address: String, ruling: Ruling,
        remarks: [String] = [], source: (Source) -> JSONValue?
    ) {
        self.init(
            call, label: label, labels: labels, run: run, address: address, decision: ruling.decision,
            rule: ruling.rule, sentence: ruling.sentence, policyVersion: ruling.policyVersion, digest: nil, attempt: 1,
            askedAt: nil, lifetimeSeconds: nil, answer: nil, remarks: remarks, source: source)
    }

    private init(
        _ call: ToolCall, label: Label, labels: [String: Label], run: String, address: String,
        decision: PolicyDecision?, rule: String, sentence: String, policyVersion: String, digest: String?,
        attempt: Int, askedAt: String?, lifetimeSeconds: Int?, answer: Answer?, remarks: [String],
        source: (Source) -> JSONValue?
    ) {
        self.run = run
        self.address = address
        tool = call.tool
        self.decision = decision
        self.rule = rule
        self.sentence = sentence
        self.policyVersion = policyVersion
        self.digest = digest
        self.attempt = attempt
        self.askedAt = askedAt
        self.lifetimeSeconds = lifetimeSeconds
        self.answer = answer
        self.remarks = remarks
        arguments = call.arguments.map { name, value in
            Argument(name: name, value: value, label: labels[name] ?? label, source: source)
        }
    }

    /// Everything as one value, for `--json` and for a page.
    public func toJSON() -> JSONValue {
        var members: JSONObject = [
            "run": .string(run), "step": .string(address), "tool": .string(tool),
            "decision": decision.map { .string($0.rawValue) } ?? .null, "rule": .string(rule),
            "sentence": .string(sentence), "policy": .string(policyVersion),
            "arguments": .array(arguments.map { $0.toJSON() }), "attempt": .integer(attempt),
        ]
        if let digest { members["digest"] = .string(digest) }
        if let askedAt { members["asked"] = .string(askedAt) }
        if let lifetimeSeconds { members["lifetime_s"] = .integer(lifetimeSeconds) }
        if let answer { members["answer"] = answer.toJSON() }
        if !remarks.isEmpty { members["remarks"] = .array(remarks.map { .string($0) }) }
        return .object(members)
    }
}
