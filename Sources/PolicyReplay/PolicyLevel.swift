import WorkflowFormat

/// How much of a policy is in force: the levels of the design's table.
public enum PolicyLevel: String, CaseIterable, Sendable {
    /// Every call is allowed.
    case none
    /// Every call of the task's own tools is allowed.
    case toolList = "tool-list"
    /// Arguments that say where a call lands have to be written in the task.
    case literal
    /// The same, or be handles that lookups of the run vouch for.
    case handles
    /// The same, and rules on links and on calls that name nobody.
    case content
    /// The tool list and handles.
    case toolListAndHandles = "tool-list+handles"
    /// Everything: the tool list, handles and content.
    case full

    /// For a table.
    public var title: String {
        switch self {
        case .none: "none"
        case .toolList: "tool list"
        case .literal: "provenance (literal)"
        case .handles: "provenance + handles"
        case .content: "provenance + handles + content"
        case .toolListAndHandles: "tool list + provenance"
        case .full: "tool list + provenance + content"
        }
    }

    /// Whether only the tools of the task may be called.
    var limitsTools: Bool { self == .toolList || self == .toolListAndHandles || self == .full }

    /// Whether lookups vouch for handles.
    var usesHandles: Bool { self != .none && self != .toolList && self != .literal }

    private var checksOrigins: Bool { self != .none && self != .toolList }
    private var checksContent: Bool { self == .content || self == .full }

    /// The policy with the rules that this level has, and no others.
    func rules(of policy: PolicyFile) -> PolicyDefinition {
        guard checksOrigins else {
            return PolicyDefinition(
                tools: policy.tools.map { tool in
                    ToolRule(
                        tool: tool.name, decision: .allow,
                        arguments: (tool.sinkControl + tool.sinkContent).map {
                            ArgumentRule(argument: $0, predicates: [.allowUntrusted])
                        })
                })
        }
        guard !checksContent else { return policy.definition }
        return policy.definition.replacing(
            tools: policy.definition.tools.map { rule in
                rule.replacing(
                    arguments: rule.arguments.map { argument in
                        ArgumentRule(
                            argument: argument.argument,
                            predicates: argument.predicates.filter {
                                if case .links = $0 { false } else { true }
                            }, position: argument.position)
                    }, isTrustedWhenUnaddressed: false)
            })
    }
}
