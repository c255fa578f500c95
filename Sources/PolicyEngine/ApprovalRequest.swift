public import JSONSchemas
public import Provenance
public import WorkflowFormat

/// A question to a person about one exact call.
public struct ApprovalRequest: Hashable, Sendable {
    /// The call as it would be made.
    public let call: Labelled<ToolCall>
    /// The label of each argument, to show where each value came from.
    public let argumentLabels: [String: Label]
    /// The run that asks.
    public let run: String
    /// The step that asks.
    public let address: String
    /// The rule that asks.
    public let rule: String
    /// One sentence for the person.
    public let sentence: String
    /// The version of the policy that asks.
    public let policyVersion: String
    /// Which attempt at the call this is about, from 1: see ``PolicyContext/attempt``.
    public let attempt: Int
    /// For how many seconds an answer counts, as the policy said when it asked; nil in records from before there was
    /// such a limit. To be shown: the policy itself holds the limit.
    public let lifetimeSeconds: Int?
    /// Hex SHA-256 over the canonical call, its labels, the policy version, the run, the address and the attempt. An
    /// answer repeats it, so that it fits no other call.
    public let digest: String

    init(
        call: Labelled<ToolCall>, context: PolicyContext, finding: Finding, policyVersion: String, lifetime: Duration
    ) {
        self.init(
            call: call, argumentLabels: context.argumentLabels, run: context.run, address: context.address,
            rule: finding.rule, sentence: finding.sentence, policyVersion: policyVersion, attempt: context.attempt,
            lifetimeSeconds: Int(lifetime.components.seconds))
    }

    private init(
        call: Labelled<ToolCall>, argumentLabels: [String: Label], run: String, address: String, rule: String,
        sentence: String, policyVersion: String, attempt: Int, lifetimeSeconds: Int?
    ) {
        self.call = call
        self.argumentLabels = argumentLabels
        self.run = run
        self.address = address
        self.rule = rule
        self.sentence = sentence
        self.policyVersion = policyVersion
        self.attempt = attempt
        self.lifetimeSeconds = lifetimeSeconds
        var covered: JSONObject = [
            "call": call.value.toJSON(), "label": call.label.toJSON(), "labels": Label.toJSON(argumentLabels),
            "policy": .string(policyVersion), "run": .string(run), "address": .string(address),
            // An approval of the first attempt is none for doing it again.
            "again": .bool(rule == CallJudgement.repeatRule),
        ]
        if attempt > 1 { covered["attempt"] = .integer(attempt) }
        digest = PolicyEngine.digest(of: .object(covered))
    }

    /// Everything, as it is journaled.
    public func toJSON() -> JSONValue {
        var members: JSONObject = [
            "digest": .string(digest), "call": call.value.toJSON(), "label": call.label.toJSON(),
            "labels": Label.toJSON(argumentLabels), "run": .string(run), "address": .string(address),
            "rule": .string(rule), "sentence": .string(sentence), "policy": .string(policyVersion),
        ]
        if attempt > 1 { members["attempt"] = .integer(attempt) }
        if let lifetimeSeconds { members["lifetime_s"] = .integer(lifetimeSeconds) }
        return .object(members)
    }

    /// The request that ``toJSON()`` wrote; nil for anything else, and where the digest does not fit the rest.
    public init?(fromJSON value: JSONValue) {
        guard let call = value["call"].flatMap(ToolCall.init(fromJSON:)),
            let label = value["label"].flatMap(Label.init(fromJSON:)),
            let written = value["labels"]?.objectValue, let run = value["run"]?.stringValue,
            let address = value["address"]?.stringValue, let rule = value["rule"]?.stringValue,
            let sentence = value["sentence"]?.stringValue, let policy = value["policy"]?.stringValue
        else { return nil }
        var labels: [String: Label] = [:]
        for (argument, value) in written {
            guard let label = Label(fromJSON: value) else { return nil }
            labels[argument] = label
        }
        self.init(
            call: Labelled(call, label: label), argumentLabels: labels, run: run, address: address,
            rule: rule, sentence: sentence, policyVersion: policy, attempt: value["attempt"]?.intValue ?? 1,
            lifetimeSeconds: value["lifetime_s"]?.intValue)
        guard digest == value["digest"]?.stringValue else { return nil }
    }
}

extension ApprovalRequest {
    /// The name that stands in place of a tool in a person's gate.
    static let gateTool = "approve"

    /// A person's gate in a workflow: no tool is called, what is approved is the summary in `call`.
    public init(
        gate call: Labelled<ToolCall>, run: String, address: String, policyVersion: String, lifetime: Duration? = nil
    ) {
        self.init(
            call: call, argumentLabels: [:], run: run, address: address, rule: Self.gateTool,
            sentence: "The workflow asks a person at this step.", policyVersion: policyVersion, attempt: 1,
            lifetimeSeconds: lifetime.map { Int($0.components.seconds) })
    }

    /// Whether the call was begun before and nobody knows whether it had its effect: an answer may say that it
    /// happened.
    public var isAboutUnknownOutcome: Bool { rule == CallJudgement.repeatRule }

    /// Whether this is a gate of the workflow and no call.
    public var isGate: Bool { rule == Self.gateTool && call.value.tool == Self.gateTool }
}
