import JSONSchemas
import WebAddresses
public import WorkflowFormat

/// What a policy does with untrusted data in one argument.
public struct FlowBarrier: Hashable, Sendable {
    /// What becomes of the call at best: `deny`, `ask`, or `allow` within the limits.
    public let decision: PolicyDecision
    /// The rule that decides.
    public let rule: String
    /// What else holds for the argument, such as `strip links, mentions`.
    public let limits: [String]

    /// What stands between untrusted data and `argument`.
    ///
    /// `isClosedChoice`: whether the argument is exactly one of a closed list, as a `read` chose it.
    init(_ policy: PolicyDefinition, tool: ToolDefinition, argument: String, isClosedChoice: Bool) {
        guard let rule = policy.tools.first(where: { $0.tool == tool.name }),
            policy.only.map({ $0.contains(tool.name) }) ?? true
        else {
            decision = .deny
            self.rule = "default"
            limits = []
            return
        }
        var findings: [(decision: PolicyDecision, rule: String)] = [(rule.decision, tool.name)]
        var limits: [String] = []
        if let input = rule.decidedBy { limits.append("`\(input)` decides") }
        if tool.leastDecision != .allow { findings.append((tool.leastDecision, "\(tool.name).manifest")) }
        let place = "\(tool.name).\(argument)"
        let predicates = rule.arguments.filter { $0.argument == argument }.flatMap(\.predicates)
        let isAccepted = isClosedChoice && predicates.contains(.acceptEnum)
        if !isAccepted, !predicates.contains(where: Self.settlesTrust) {
            findings.append((.ask, "\(place).untrusted"))
        }
        for predicate in predicates {
            guard case .from(let origins) = predicate else {
                limits.append(Self.words(for: predicate))
                continue
            }
            if isAccepted { continue }
            let exceptions = Self.exceptions(of: origins, predicates)
            if exceptions.isEmpty {
                findings.append((rule.otherwise, "\(place).from"))
            } else {
                limits.append("only \(exceptions.joined(separator: " or ")), else \(rule.otherwise.rawValue)")
            }
        }
        if tool.hostArguments.contains(argument), !predicates.contains(where: Self.namesHosts) {
            findings.append((.deny, "\(place).host_in"))
        }
        if let most = rule.max { limits.append("at most \(most) calls") }
        for forbid in policy.forbids where forbid.tools.isEmpty || forbid.tools.contains(tool.name) {
            let isAboutWhole = forbid.sink != nil || forbid.content != nil
            if !isAboutWhole,
                forbid.clauses.allSatisfy({ $0.argument == argument && $0.conditions == [.untrusted] })
            {
                findings.append((forbid.decision, forbid.id))
            } else if (isAboutWhole && forbid.clauses.isEmpty)
                || forbid.clauses.contains(where: { $0.argument == argument })
            {
                limits.append("forbid \(forbid.id)")
            }
        }
        let first = findings.max { Self.rank($0) < Self.rank($1) }
        decision = first?.decision ?? .deny
        self.rule = first?.rule ?? "default"
        self.limits = limits
    }

    /// `asks a person (issue.create), strip links, mentions`
    public var description: String {
        let word =
            switch decision {
            case .deny: "denied"
            case .ask: "asks a person"
            case .allow: "passes"
            }
        return (["\(word) (\(rule))"] + limits).joined(separator: ", ")
    }

    /// The strictest decides; among equals the rule that says more.
    private static func rank(_ finding: (decision: PolicyDecision, rule: String)) -> (Int, Int, String) {
        let strictness =
            switch finding.decision {
            case .allow: 0
            case .ask: 1
            case .deny: 2
            }
        return (strictness, finding.rule.utf8.count { $0 == UInt8(ascii: ".") }, finding.rule)
    }

    private static func settlesTrust(_ predicate: ArgumentPredicate) -> Bool {
        switch predicate {
        case .allowUntrusted, .oneOf, .oneOfInput, .from, .commands: true
        default: false
        }
    }

    /// Which untrusted values `from` lets through all the same: those that something trusted holds too.
    private static func exceptions(of origins: [String], _ predicates: [ArgumentPredicate]) -> [String] {
        var exceptions = origins.contains("task") ? ["what a trusted text holds"] : []
        for case .handle(let kind) in predicates where origins.contains("endorsed") {
            exceptions.append("a known handle of \(kind)")
        }
        return exceptions
    }

    private static func namesHosts(_ predicate: ArgumentPredicate) -> Bool {
        if case .hostIn = predicate { true } else { false }
    }
}

extension FlowBarrier {
    /// A predicate as the workflow file writes it, shortened.
    static func words(for predicate: ArgumentPredicate) -> String {
        switch predicate {
        case .oneOf(let values): "one_of \(values.count) values"
        case .oneOfInput(let name): "one_of \(name)"
        case .maxLength(let limit): "max_length \(limit)"
        case .under(let template): "under \(text(template))"
        case .hostIn(let hosts): "host_in " + hosts.map(\.description).joined(separator: ", ")
        case .pattern(let pattern): "pattern \(pattern)"
        case .max(let limit): "max \(limit)"
        case .from(let names): "from " + names.joined(separator: ", ")
        case .allowUntrusted: "allow: untrusted"
        case .acceptEnum: "accept: enum"
        case .commands(let template): "commands \(text(template))"
        case .strip(let names): "strip " + names.joined(separator: ", ")
        case .defang(let names): "defang " + names.joined(separator: ", ")
        case .form(let form): "is \(form.rawValue)"
        case .handle(let kind): "handle \(kind)"
        case .links: "links"
        }
    }

    private static func text(_ template: ValueTemplate) -> String {
        let value = template.evaluate { .string($0.text) }
        return value.stringValue ?? (value.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", ")
    }
}
