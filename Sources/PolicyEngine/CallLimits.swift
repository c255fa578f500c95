import JSONSchemas
import Provenance
import WebAddresses
import WorkflowFormat

/// What a policy denies whatever its rules allow: `forbid` and `only`, made ready for deciding.
struct CallLimits: Sendable {
    private enum Condition: Sendable {
        case oneOf(Set<JSONValue>)
        case pattern(StringPattern)
        case hostIn([HostEntry])
        case untrusted
        case secret
    }

    private struct Forbid: Sendable {
        let id: String
        /// The layer it belongs to: see ``PolicyRule/layer``.
        let layer: Int
        let decision: PolicyDecision
        let reason: String?
        let sink: ForbidRule.Sink?
        let content: ForbidRule.Content?
        let clauses: [(argument: String, conditions: [Condition])]
    }

    /// The rules about one tool, found by a value where they name values, so that a long list costs no more than a
    /// short one.
    private struct Forbids: Sendable {
        var others: [Forbid] = []
        var byValue: [String: [JSONValue: [Forbid]]] = [:]

        mutating func add(_ forbid: Forbid) {
            guard let clause = forbid.clauses.first,
                let values = clause.conditions.lazy.compactMap({ condition -> Set<JSONValue>? in
                    if case .oneOf(let values) = condition { values } else { nil }
                }).first
            else {
                others.append(forbid)
                return
            }
            for value in values { byValue[clause.argument, default: [:]][value, default: []].append(forbid) }
        }
    }

    /// By tool; under the empty name those for every tool.
    private var forbids: [String: Forbids] = [:]
    /// For each layer that has such a list.
    private var lists: [(layer: Int, tools: Set<String>)] = []

    init(_ layers: [PolicyDefinition], tools: [String: ToolDefinition]) throws(PolicyError) {
        for (index, layer) in layers.enumerated() {
            if let only = layer.only { lists.append((index, Set(only))) }
            for rule in layer.forbids {
                let forbid = try Self.compile(rule, layer: index)
                for tool in rule.tools where index == 0 && tools[tool] == nil {
                    throw PolicyError(
                        .badRule, operation: "read the policy rule `forbid.\(rule.id)`",
                        reason: "there is no tool `\(tool)`", position: rule.position)
                }
                for tool in rule.tools.isEmpty ? [""] : rule.tools { forbids[tool, default: Forbids()].add(forbid) }
            }
        }
    }

    private static func prefix(_ layer: Int) -> String { layer > 0 ? "operator." : "" }

    private static func compile(_ rule: ForbidRule, layer: Int) throws(PolicyError) -> Forbid {
        func bad(_ reason: String) -> PolicyError {
            PolicyError(
                .badRule, operation: "read the policy rule `forbid.\(rule.id)`", reason: reason, position: rule.position
            )
        }
        guard rule.decision != .allow else { throw bad("its `decision` must be `ask` or `deny`") }
        var clauses: [(argument: String, conditions: [Condition])] = []
        for clause in rule.clauses {
            var conditions: [Condition] = []
            for condition in clause.conditions {
                switch condition {
                case .oneOf(let values):
                    guard !values.isEmpty else { throw bad("`one_of` lists nothing") }
                    conditions.append(.oneOf(Set(values.map(CallFacts.folded))))
                case .pattern(let source):
                    do throws(PatternError) {
                        conditions.append(.pattern(try StringPattern(parsing: source)))
                    } catch {
                        throw bad("its `pattern` is not usable: \(error.reason)")
                    }
                case .hostIn(let hosts):
                    guard !hosts.isEmpty else { throw bad("`host_in` lists nothing") }
                    conditions.append(.hostIn(hosts))
                case .untrusted: conditions.append(.untrusted)
                case .secret: conditions.append(.secret)
                }
            }
            guard !conditions.isEmpty else { throw bad("the condition on `\(clause.argument)` says nothing") }
            clauses.append((clause.argument, conditions))
        }
        return Forbid(
            id: "\(prefix(layer))forbid.\(rule.id)", layer: layer, decision: rule.decision, reason: rule.reason,
            sink: rule.sink, content: rule.content, clauses: clauses)
    }

    /// What the limits of those layers that `counts` accepts say.
    func findings(on facts: inout CallFacts, counts: (Int) -> Bool) -> [Finding] {
        let tool = facts.call.value.tool
        var findings: [Finding] = []
        for (layer, tools) in lists where counts(layer) && !tools.contains(tool) {
            findings.append(
                Finding(
                    .deny, rule: "\(Self.prefix(layer))only",
                    because: "the tool is not on the list of the only ones; add it there"))
        }
        var seen: Set<String> = []
        for case let list? in [forbids[tool], forbids[""]] {
            var candidates = list.others
            for (argument, values) in list.byValue {
                for value in facts.argument(argument)?.folded ?? [] { candidates += values[value] ?? [] }
            }
            for forbid in candidates where counts(forbid.layer) {
                // Two layers may use one name.
                guard Self.applies(forbid, to: &facts), seen.insert("\(forbid.layer).\(forbid.id)").inserted else {
                    continue
                }
                findings.append(
                    Finding(
                        forbid.decision, rule: forbid.id,
                        because: forbid.reason
                            ?? (forbid.decision == .deny
                                ? "the policy forbids it, whatever else allows it"
                                : "the policy wants a person to look, whatever else allows it")))
            }
        }
        return findings
    }

    private static func applies(_ forbid: Forbid, to facts: inout CallFacts) -> Bool {
        switch forbid.sink {
        case .egress: guard facts.tool.isEgress else { return false }
        case nil: break
        }
        for clause in forbid.clauses {
            guard let known = facts.argument(clause.argument) else { return false }
            for condition in clause.conditions where !holds(condition, of: known) { return false }
        }
        switch forbid.content {
        case .secret: return !facts.secretKinds().isEmpty
        case nil: return true
        }
    }

    /// Whether the condition holds for the value or anything in it. What can't be judged counts as holding.
    private static func holds(_ condition: Condition, of facts: CallFacts.Argument) -> Bool {
        switch condition {
        case .untrusted: facts.isUntrusted
        case .secret: facts.secret != nil
        case .oneOf(let values): facts.folded.contains(where: values.contains)
        case .pattern(let pattern): facts.leaves.contains { leaf in leaf.stringValue.map(pattern.matches) ?? true }
        case .hostIn(let hosts):
            facts.leaves.contains { leaf in
                guard let address = leaf.stringValue.flatMap({ try? WebAddress($0) }) else { return true }
                return hosts.contains { $0.allows(address) }
            }
        }
    }
}
