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
    private let rules: [String: [PolicyRule]]
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
                let compiled = try PolicyRule(rule, tool: tool, prefix: index > 0 ? "operator." : "")
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
        let call = call.map { cleaned($0) }
        let findings = findings(on: call, in: context)
        // Never empty: no rule is itself a finding. If it were, deny.
        guard let first = findings.first else {
            return .deny(
                Denial(Finding(.deny, rule: "default", because: "no rule says anything about it"), []))
        }
        switch first.decision {
        case .allow:
            return .allow(
                Warrant(
                    call: call, context: context, finding: first, policyVersion: version,
                    hosts: hosts(for: call.value.tool)))
        case .ask:
            if let endorsed = endorsedFinding(on: call, in: context) {
                return .allow(
                    Warrant(
                        call: call, context: context, finding: endorsed, policyVersion: version,
                        hosts: hosts(for: call.value.tool)))
            }
            return .ask(
                ApprovalRequest(
                    call: call, context: context, finding: first, policyVersion: version, lifetime: approvalLifetime))
        case .deny:
            return .deny(Denial(first, findings))
        }
    }

    /// What every rule says, strictest first; the first one decides.
    public func findings(on call: Labelled<ToolCall>, in context: PolicyContext) -> [Finding] {
        let tool = call.value.tool
        guard listedTools.contains(tool), let rules = rules[tool] else {
            return [
                Finding(
                    .deny, rule: "default",
                    because: "the policy does not list this tool; add it under `policy.tools` with a decision"
                )
            ]
        }
        let judgement = CallJudgement(call: call, context: context)
        return (rules.flatMap { judgement.findings(of: $0) } + limits.findings(on: call, in: context))
            .sorted(by: Self.decidesBefore)
    }

    /// Strictest first; among equals the more specific rule, then a fixed order.
    private static func decidesBefore(_ left: Finding, _ right: Finding) -> Bool {
        if left.decision != right.decision { return left.decision.strictness > right.decision.strictness }
        let leftDepth = left.rule.utf8.count { $0 == UInt8(ascii: ".") }
        let rightDepth = right.rule.utf8.count { $0 == UInt8(ascii: ".") }
        return leftDepth != rightDepth ? leftDepth > rightDepth : left.rule < right.rule
    }

    /// The call after `strip` and `defang`; a person and every other rule see only this.
    private func cleaned(_ call: ToolCall) -> ToolCall {
        var arguments = call.arguments
        for check in (rules[call.tool] ?? []).flatMap(\.checks)
        where !check.stripped.isEmpty || !check.defanged.isEmpty {
            guard let value = arguments[check.argument] else { continue }
            arguments[check.argument] = TextFeature.cleaned(
                value, stripping: check.stripped, defanging: check.defanged)
        }
        return ToolCall(tool: call.tool, arguments: arguments)
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
