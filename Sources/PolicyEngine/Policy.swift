import JSONSchemas
public import Provenance
import WebAddresses
public import WorkflowFormat

/// Decides on tool calls. Pure: no file, no clock, no randomness; the same question gets the same answer.
///
/// Deny by default: a tool without a rule is denied. Several rules are order-free, the strictest decides
/// (deny, then ask, then allow). Anything that cannot be judged is denied.
public struct Policy: Sendable {
    /// Hex SHA-256 over the canonical form of every rule and of the tools they speak about.
    public let version: String
    /// How long a person's answer counts: the shortest that any layer says, at most ``standardApprovalLifetime``
    /// unless the workflow itself says more.
    public let approvalLifetime: Duration
    private let definition: PolicyDefinition
    private let listedTools: Set<String>
    /// By tool, those of all layers.
    let rules: [String: [PolicyRule]]
    private let limits: CallLimits
    private let vouchRules: [String: [VouchRule]]

    /// Reads a policy.
    ///
    /// - Parameters:
    ///   - definition: the workflow's own policy. Tools it does not list are denied.
    ///   - tools: the manifests of the tools. A rule about any other tool is an error.
    ///   - narrowings: further policies, such as the operator's. Their rules apply as well and can only make a
    ///     decision stricter; a tool they do not list is left to `definition`.
    /// - Throws: ``PolicyError`` for a rule that can't be enforced as it is written.
    public init(
        _ definition: PolicyDefinition, tools: [ToolDefinition],
        narrowedBy narrowings: [PolicyDefinition] = []
    ) throws(PolicyError) {
        self.definition = definition
        let known = Dictionary(tools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var rules: [String: [PolicyRule]] = [:]
        var forms: [JSONValue] = []
        for (index, layer) in ([definition] + narrowings).enumerated() {
            for rule in layer.tools {
                guard let tool = known[rule.tool] else {
                    // An operator's policy may speak about tools that this workflow does not have.
                    if index > 0 { continue }
                    throw PolicyError(
                        .badRule, operation: "read the policy rule `\(rule.tool)`",
                        reason: "there is no tool `\(rule.tool)`", position: rule.position)
                }
                let compiled = try PolicyRule(rule, tool: tool, layer: index)
                rules[rule.tool, default: []].append(compiled)
                forms.append([
                    "layer": .integer(min(index, 1)), "rule": rule.canonicalForm, "tool": tool.policyForm,
                ])
            }
            forms += layer.forbids.map { ["layer": .integer(min(index, 1)), "rule": $0.canonicalForm] }
            if let only = layer.only {
                forms.append(["layer": .integer(min(index, 1)), "only": .array(only.sorted().map { .string($0) })])
            }
        }
        approvalLifetime = Self.approvalLifetime(definition, narrowings)
        if let written = Self.approvalForm(definition, narrowings) { forms.append(written) }
        self.rules = rules
        vouchRules = Dictionary(
            definition.tools.map { ($0.tool, (known[$0.tool]?.vouches ?? []) + $0.vouches) }, uniquingKeysWith: +)
        limits = try CallLimits([definition] + narrowings, tools: known)
        listedTools = Set(definition.tools.map(\.tool))
        // Sorted, since the order of rules means nothing.
        version = digest(of: .array(forms.sorted { $0.serialized(.canonical) < $1.serialized(.canonical) }))
    }

    /// The `under` rules of a tool: what the caller must resolve, by rule into ``PolicyContext/roots`` and by
    /// argument into ``PolicyContext/resolvedPaths``.
    public func roots(for tool: String) -> [(rule: String, argument: String, template: ValueTemplate)] {
        (rules[tool] ?? []).flatMap(\.checks).flatMap { check in
            check.predicates.compactMap {
                if case .under(let template) = $0.predicate {
                    ($0.rule, check.argument, template)
                } else {
                    nil
                }
            }
        }
    }

    /// The `commands` rules of a tool: what the caller must look up, by rule into ``PolicyContext/lists``.
    public func lists(for tool: String) -> [(rule: String, template: ValueTemplate)] {
        (rules[tool] ?? []).flatMap(\.checks).flatMap { check in
            check.predicates.compactMap {
                if case .commands(let template) = $0.predicate { ($0.rule, template) } else { nil }
            }
        }
    }

    /// What the results of a tool's calls vouch for, by its manifest and by the workflow's own policy: a narrowing
    /// policy can't vouch for more.
    public func vouches(for tool: String) -> [VouchRule] { vouchRules[tool] ?? [] }

    /// Whether a rule for the tool looks into the run's trusted texts.
    public func looksAtTask(for tool: String) -> Bool {
        (rules[tool] ?? []).contains { rule in
            rule.isTrustedWhenUnaddressed
                || rule.checks.flatMap(\.predicates).contains { predicate in
                    switch predicate.predicate {
                    case .from(let origins): origins.contains(.task)
                    case .links(let rule): rule.allowsTask
                    default: false
                    }
                }
        }
    }

    /// Decides on one call.
    public func decide(_ call: Labelled<ToolCall>, in context: PolicyContext) -> Decision {
        let findings = findings(on: call, in: context)
        let final = call.map { cleaned($0) }
        // Never empty: no rule is itself a finding. If it were, deny.
        guard let first = findings.first else {
            return .deny(
                Denial(Finding(.deny, rule: "default", because: "no rule says anything about it"), []))
        }
        switch first.decision {
        case .allow:
            return .allow(
                Warrant(
                    call: final, context: context, finding: first, policyVersion: version,
                    hosts: hosts(for: call.value.tool)))
        case .ask:
            if let endorsed = endorsedFinding(on: call, madeAs: final.value, in: context) {
                return .allow(
                    Warrant(
                        call: final, context: context, finding: endorsed, policyVersion: version,
                        hosts: hosts(for: call.value.tool)))
            }
            return .ask(
                ApprovalRequest(
                    call: final, context: context, finding: first, policyVersion: version, lifetime: approvalLifetime))
        case .deny:
            return .deny(Denial(first, findings))
        }
    }

    /// What every rule says, strictest first; the first one decides.
    ///
    /// Each layer judges the call as `strip` and `defang` rules leave it: the workflow's own rules as their own leave it,
    /// and once more as those of the narrowing layers do. So a layer that takes something out of a text can hide it from
    /// its own rules, and from nobody else's.
    public func findings(on call: Labelled<ToolCall>, in context: PolicyContext) -> [Finding] {
        guard let rules = rules[call.value.tool], let tool = rules.first?.tool, listedTools.contains(tool.name) else {
            return [
                Finding(
                    .deny, rule: "default",
                    because: "the policy does not list this tool; add it under `policy.tools` with a decision"
                )
            ]
        }
        var findings: [Finding] = []
        for hidden in hiddenLayers(of: call.value.tool) {
            let stage = call.map { cleaned($0, leavingOut: hidden) }
            var facts = CallFacts(stage, context, tool)
            let judgement = CallJudgement(call: stage, context: context)
            for rule in rules where !hidden.contains(rule.layer) { findings += judgement.findings(of: rule) }
            findings += limits.findings(on: &facts) { !hidden.contains($0) }
            findings += ContentCheck.findings(on: &facts)
        }
        return Set(findings).sorted(by: Self.decidesBefore)
    }

    /// Strictest first; among equals the more specific rule, then a fixed order.
    private static func decidesBefore(_ left: Finding, _ right: Finding) -> Bool {
        if left.decision != right.decision { return left.decision.strictness > right.decision.strictness }
        // Whatever else there is to ask, a person has to learn that the call may have been made already.
        let unknown = CallJudgement.repeatRule
        if (left.rule == unknown) != (right.rule == unknown) { return left.rule == unknown }
        let leftDepth = left.rule.utf8.count { $0 == UInt8(ascii: ".") }
        let rightDepth = right.rule.utf8.count { $0 == UInt8(ascii: ".") }
        if leftDepth != rightDepth { return leftDepth > rightDepth }
        return (left.rule, left.sentence) < (right.rule, right.sentence)
    }

    /// The hosts that every rule naming any names.
    func hosts(for tool: String) -> [HostEntry] {
        let lists = (rules[tool] ?? []).flatMap { rule in
            rule.tool.hostArguments.compactMap { rule.check(for: $0)?.hosts }
        }
        guard let first = lists.first else { return [] }
        return first.filter { host in lists.allSatisfy { $0.contains(host) } }.sorted()
    }

    /// The workflow's own rules, for ``runTests(inputs:)``.
    var testedRules: [ToolRule] { definition.tools }
}

extension Denial {
    init(_ first: Finding, _ findings: [Finding]) {
        self.init(rule: first.rule, sentence: first.sentence, findings: findings.isEmpty ? [first] : findings)
    }
}
