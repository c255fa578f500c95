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
    }

    private struct Forbid: Sendable {
        let id: String
        let reason: String?
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
    /// For each layer that has such a list, with the prefix of its rule's id.
    private var lists: [(prefix: String, tools: Set<String>)] = []

    init(_ layers: [PolicyDefinition], tools: [String: ToolDefinition]) throws(PolicyError) {
        for (index, layer) in layers.enumerated() {
            let prefix = index > 0 ? "operator." : ""
            if let only = layer.only { lists.append((prefix, Set(only))) }
            for rule in layer.forbids {
                let forbid = try Self.compile(rule, prefix: prefix)
                for tool in rule.tools where index == 0 && tools[tool] == nil {
                    throw PolicyError(
                        .badRule, operation: "read the policy rule `forbid.\(rule.id)`",
                        reason: "there is no tool `\(tool)`", position: rule.position)
                }
                for tool in rule.tools.isEmpty ? [""] : rule.tools { forbids[tool, default: Forbids()].add(forbid) }
            }
        }
    }

    private static func compile(_ rule: ForbidRule, prefix: String) throws(PolicyError) -> Forbid {
        func bad(_ reason: String) -> PolicyError {
            PolicyError(
                .badRule, operation: "read the policy rule `forbid.\(rule.id)`", reason: reason, position: rule.position
            )
        }
        var clauses: [(argument: String, conditions: [Condition])] = []
        for clause in rule.clauses {
            var conditions: [Condition] = []
            for condition in clause.conditions {
                switch condition {
                case .oneOf(let values):
                    guard !values.isEmpty else { throw bad("`one_of` lists nothing") }
                    conditions.append(.oneOf(Set(values.map(folded))))
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
                }
            }
            guard !conditions.isEmpty else { throw bad("the condition on `\(clause.argument)` says nothing") }
            clauses.append((clause.argument, conditions))
        }
        return Forbid(id: "\(prefix)forbid.\(rule.id)", reason: rule.reason, clauses: clauses)
    }

    func findings(on call: Labelled<ToolCall>, in context: PolicyContext) -> [Finding] {
        var findings: [Finding] = []
        for (prefix, tools) in lists where !tools.contains(call.value.tool) {
            findings.append(
                Finding(
                    .deny, rule: "\(prefix)only", because: "the tool is not on the list of the only ones; add it there")
            )
        }
        // Taken apart once: there may be many rules about one argument.
        var facts: [String: Facts] = [:]
        var seen: Set<String> = []
        func judge(_ forbid: Forbid) {
            guard applies(forbid, to: call, in: context, &facts), seen.insert(forbid.id).inserted else { return }
            findings.append(
                Finding(
                    .deny, rule: forbid.id, because: forbid.reason ?? "the policy forbids it, whatever else allows it"))
        }
        for case let list? in [forbids[call.value.tool], forbids[""]] {
            for forbid in list.others { judge(forbid) }
            for (argument, values) in list.byValue {
                for value in known(argument, of: call, in: context, &facts)?.folded ?? [] {
                    for forbid in values[value] ?? [] { judge(forbid) }
                }
            }
        }
        return findings
    }

    /// What conditions look at in one argument.
    private struct Facts {
        let isUntrusted: Bool
        let leaves: [JSONValue]
        /// The leaves and the value itself, in one letter case.
        let folded: [JSONValue]
    }

    private func applies(
        _ forbid: Forbid, to call: Labelled<ToolCall>, in context: PolicyContext, _ facts: inout [String: Facts]
    ) -> Bool {
        for clause in forbid.clauses {
            guard let known = known(clause.argument, of: call, in: context, &facts) else { return false }
            for condition in clause.conditions where !Self.holds(condition, of: known) { return false }
        }
        return true
    }

    /// What is known of an argument; nil where the call doesn't set it.
    private func known(
        _ argument: String, of call: Labelled<ToolCall>, in context: PolicyContext, _ facts: inout [String: Facts]
    ) -> Facts? {
        if let known = facts[argument] { return known }
        guard let value = call.value.arguments[argument] else { return nil }
        let leaves = value.leaves
        let isOne = leaves.count == 1 && leaves.first == value
        let known = Facts(
            isUntrusted: (context.argumentLabels[argument] ?? call.label).integrity == .untrusted,
            leaves: leaves, folded: (isOne ? leaves : leaves + [value]).map(Self.folded))
        facts[argument] = known
        return known
    }

    /// Whether the condition holds for the value or anything in it. What can't be judged counts as holding.
    private static func holds(_ condition: Condition, of facts: Facts) -> Bool {
        switch condition {
        case .untrusted: facts.isUntrusted
        case .oneOf(let values): facts.folded.contains(where: values.contains)
        case .pattern(let pattern): facts.leaves.contains { leaf in leaf.stringValue.map(pattern.matches) ?? true }
        case .hostIn(let hosts):
            facts.leaves.contains { leaf in
                guard let address = leaf.stringValue.flatMap({ try? WebAddress($0) }) else { return true }
                return hosts.contains { $0.allows(address) }
            }
        }
    }

    /// In one letter case.
    private static func folded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text.lowercased())
        case .array(let elements): .array(elements.map(folded))
        default: value
        }
    }
}
