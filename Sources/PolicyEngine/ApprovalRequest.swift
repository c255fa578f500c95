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
    /// Hex SHA-256 over the canonical call, its labels, the policy version, the run and the address. An answer
    /// repeats it, so that it fits no other call.
    public let digest: String

    init(call: Labelled<ToolCall>, context: PolicyContext, finding: Finding, policyVersion: String) {
        self.init(
            call: call, argumentLabels: context.argumentLabels, run: context.run, address: context.address,
            rule: finding.rule, sentence: finding.sentence, policyVersion: policyVersion)
    }

    private init(
        call: Labelled<ToolCall>, argumentLabels: [String: Label], run: String, address: String, rule: String,
        sentence: String, policyVersion: String
    ) {
        self.call = call
        self.argumentLabels = argumentLabels
        self.run = run
        self.address = address
        self.rule = rule
        self.sentence = sentence
        self.policyVersion = policyVersion
        digest = PolicyEngine.digest(of: [
            "call": call.value.toJSON(), "label": call.label.toJSON(), "labels": Label.toJSON(argumentLabels),
            "policy": .string(policyVersion), "run": .string(run), "address": .string(address),
            // An approval of the first attempt is none for doing it again.
            "again": .bool(rule == CallJudgement.repeatRule),
        ])
    }

    /// Everything, as it is journaled.
    public func toJSON() -> JSONValue {
        [
            "digest": .string(digest), "call": call.value.toJSON(), "label": call.label.toJSON(),
            "labels": Label.toJSON(argumentLabels), "run": .string(run), "address": .string(address),
            "rule": .string(rule), "sentence": .string(sentence), "policy": .string(policyVersion),
        ]
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
            rule: rule,
            sentence: sentence, policyVersion: policy)
        guard digest == value["digest"]?.stringValue else { return nil }
    }
}

extension ApprovalRequest {
    /// A person's gate in a workflow: no tool is called, what is approved is the summary in `call`.
    public init(gate call: Labelled<ToolCall>, run: String, address: String, policyVersion: String) {
        self.init(
            call: call, argumentLabels: [:], run: run, address: address, rule: "approve",
            sentence: "The workflow asks a person at this step.", policyVersion: policyVersion)
    }
}
