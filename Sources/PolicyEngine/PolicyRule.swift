import JSONSchemas
import WorkflowFormat

/// One tool rule made ready for deciding: every pattern compiled, every name checked against the tool.
struct PolicyRule: Sendable {
    let id: String
    /// Which policy it belongs to: 0 for the workflow's own, then the narrowing ones.
    let layer: Int
    let tool: ToolDefinition
    let decision: PolicyDecision
    let otherwise: PolicyDecision
    let maxCalls: Int?
    let checks: [ArgumentCheck]
    /// Whether it belongs to a policy that only narrows: what it says nothing about is the workflow's matter, so it need
    /// not settle again what the workflow's own rule settles.
    var isNarrowing: Bool { layer > 0 }
    let isTrustedWhenUnaddressed: Bool

    /// The ids of rules of a narrowing policy begin with `operator.`.
    init(_ rule: ToolRule, tool: ToolDefinition, layer: Int) throws(PolicyError) {
        self.layer = layer
        id = (layer > 0 ? "operator." : "") + rule.tool
        self.tool = tool
        decision = rule.decision
        otherwise = rule.otherwise
        maxCalls = rule.max
        isTrustedWhenUnaddressed = rule.isTrustedWhenUnaddressed
        let operation = "read the policy rule `\(id)`"
        // A rule that allows what it was meant to catch would be worse than none.
        guard rule.otherwise != .allow else {
            throw PolicyError(
                .badRule, operation: operation, reason: "`otherwise` must be `ask` or `deny`",
                position: rule.position)
        }
        if let max = rule.max, max < 0 {
            throw PolicyError(
                .badRule, operation: operation, reason: "`max` must not be negative", position: rule.position)
        }
        let known = Set(tool.arguments.rootNode.properties.map(\.name))
        var checks: [ArgumentCheck] = []
        for argument in rule.arguments {
            guard known.isEmpty || known.contains(argument.argument) else {
                throw PolicyError(
                    .badRule, operation: operation,
                    reason: "`\(tool.name)` has no argument `\(argument.argument)`; it has "
                        + known.sorted().map { "`\($0)`" }.joined(separator: ", "),
                    position: argument.position)
            }
            checks.append(try ArgumentCheck(argument, of: tool, rule: id))
        }
        self.checks = checks
    }

    /// Whether it takes something out of a text or makes it inert.
    var cleans: Bool { checks.contains { !$0.stripped.isEmpty || !$0.defanged.isEmpty } }

    /// The checks on one argument, or nil when the rule says nothing about it.
    func check(for argument: String) -> ArgumentCheck? { checks.first { $0.argument == argument } }
}
