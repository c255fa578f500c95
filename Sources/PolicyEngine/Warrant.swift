public import Provenance
public import WebAddresses
public import WorkflowFormat

/// The right to make one exact call, once.
///
/// Only this room makes one, and it cannot be copied: whoever carries the call out takes it as `consuming`, so
/// making an undecided call, or the same call twice, does not compile:
/// ```swift
/// try await executor.execute(warrant)
/// try await executor.execute(warrant)  // error: 'warrant' consumed more than once
/// ```
public struct Warrant: ~Copyable, Sendable {
    /// The call, as it must be made: `strip` and `defang` rules have been applied.
    public let call: Labelled<ToolCall>
    /// The label of each argument; one that is missing has the call's label.
    public let argumentLabels: [String: Label]
    /// The run.
    public let run: String
    /// The step's address.
    public let address: String
    /// The rule that allowed it, or that asked.
    public let rule: String
    /// One sentence for a person.
    public let sentence: String
    /// The version of the policy that decided.
    public let policyVersion: String
    /// The hosts that the policy names for this tool; a tool that asks URLs asks no others, redirects included.
    public let hosts: [HostEntry]
    /// The person who approved it, or nil when the policy alone did.
    public let approvedBy: String?
    /// ``ApprovalRequest/digest`` of the question that was answered, or nil when the policy alone decided.
    public let approval: String?

    init(
        call: Labelled<ToolCall>, context: PolicyContext, finding: Finding, policyVersion: String,
        hosts: [HostEntry], approvedBy person: String? = nil, approval: String? = nil
    ) {
        self.call = call
        argumentLabels = context.argumentLabels
        run = context.run
        address = context.address
        rule = finding.rule
        sentence = finding.sentence
        self.policyVersion = policyVersion
        self.hosts = hosts
        approvedBy = person
        self.approval = approval
    }
}
