import JSONSchemas
import Provenance
import WorkflowFormat

/// What every policy says about what a call carries, without a rule.
enum ContentCheck {
    /// The rule that asks about what looks like a secret.
    static let secretRule = "content.secret"
    /// The rule that denies what holds a mark of the run's prompts.
    static let canaryRule = "content.canary"

    static func findings(on facts: inout CallFacts) -> [Finding] {
        var findings: [Finding] = []
        let isSink = !facts.tool.sinkControl.isEmpty || !facts.tool.sinkContent.isEmpty
        if isSink || facts.tool.isEgress, !Canary.held(facts.context.canaries, by: facts.call.value.arguments).isEmpty {
            findings.append(
                Finding(
                    .deny, rule: canaryRule,
                    because: "it holds a mark of this run's own prompts, which never leaves them"))
        }
        guard facts.tool.isEgress else { return findings }
        if let (argument, kind) = facts.secretKinds().min(by: { $0.key < $1.key }) {
            findings.append(
                Finding(
                    .ask, rule: secretRule,
                    because: "`\(argument)` holds what looks like \(kind.words), and the call leads outside; take it "
                        + "out, or look whether it may leave"))
        }
        return findings
    }
}

extension ToolDefinition {
    /// Whether its calls lead out of the run's own files, tables and sandboxes.
    ///
    /// A tool in a sandbox has no network, and one whose result comes from its arguments alone works on what they name.
    var isEgress: Bool {
        switch kind {
        case .mcp, .http: return true
        case .builtin, .command: break
        }
        guard sandboxProfile == nil, origin == .outside else { return false }
        return !sinkControl.isEmpty || !sinkContent.isEmpty || !hostArguments.isEmpty || effect != .pure
    }
}
