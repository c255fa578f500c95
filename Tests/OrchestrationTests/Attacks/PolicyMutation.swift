import JSONSchemas
import WorkflowFormat

/// A workflow's policy without one of its rules, or with a manifest that demands less.
struct PolicyMutation {
    let tool: String
    /// The rule that is gone.
    let rule: String
    let workflow: ShippedWorkflow

    /// Every rule that restricts something, each taken out alone.
    static func all(of workflow: ShippedWorkflow) throws -> [PolicyMutation] {
        try ofPolicy(workflow) + ofManifests(workflow)
    }

    private static func ofPolicy(_ workflow: ShippedWorkflow) throws -> [PolicyMutation] {
        let rules = workflow.definition.tools
        return try rules.enumerated().flatMap { place, rule in
            try changes(of: rule).map { id, changed in
                var others = rules
                others[place] = changed
                return PolicyMutation(
                    tool: rule.tool, rule: id,
                    workflow: try workflow.with(workflow.definition.replacing(tools: others)))
            }
        }
    }

    private static func changes(of rule: ToolRule) -> [(id: String, rule: ToolRule)] {
        var changes: [(id: String, rule: ToolRule)] = []
        if rule.decision == .ask { changes.append((rule.tool, rule.replacing(decision: .allow))) }
        if rule.max != nil {
            let unbounded = ToolRule(
                tool: rule.tool, decision: rule.decision, otherwise: rule.otherwise, arguments: rule.arguments,
                isTrustedWhenUnaddressed: rule.isTrustedWhenUnaddressed, vouches: rule.vouches)
            changes.append(("\(rule.tool).max", unbounded))
        }
        for (place, argument) in rule.arguments.enumerated() {
            for (index, predicate) in argument.predicates.enumerated() {
                guard let kind = name(of: predicate) else { continue }
                var predicates = argument.predicates
                predicates.remove(at: index)
                var arguments = rule.arguments
                arguments[place] = ArgumentRule(argument: argument.argument, predicates: predicates)
                changes.append(("\(rule.tool).\(argument.argument).\(kind)", rule.replacing(arguments: arguments)))
            }
        }
        return changes
    }

    /// The name of a predicate that says what a value must be like; nil for one that permits or changes something.
    private static func name(of predicate: ArgumentPredicate) -> String? {
        switch predicate {
        case .oneOf, .oneOfInput: "one_of"
        case .maxLength: "max_length"
        case .under: "under"
        case .hostIn: "host_in"
        case .pattern: "pattern"
        case .max: "max"
        case .from: "from"
        case .commands: "commands"
        case .links: "links"
        default: nil
        }
    }

    /// Manifests whose schema takes everything, and such whose control arguments are none.
    private static func ofManifests(_ workflow: ShippedWorkflow) throws -> [PolicyMutation] {
        try workflow.listed.flatMap { tool in
            var changed = [("\(tool.name).arguments", tool.replacing(arguments: .anything))]
            for argument in tool.sinkControl where argument == "workspace" && tool.name.hasPrefix("test.") {
                let others = tool.sinkControl.filter { $0 != argument }
                changed.append(("\(tool.name).\(argument).untrusted", tool.replacing(sinkControl: others)))
            }
            return try changed.map { id, other in
                PolicyMutation(
                    tool: tool.name, rule: id,
                    workflow: try workflow.with(tools: workflow.tools.map { $0.name == tool.name ? other : $0 }))
            }
        }
    }
}

extension ToolDefinition {
    /// The same tool with some of its manifest replaced.
    fileprivate func replacing(arguments: JSONSchema? = nil, sinkControl: [String]? = nil) -> ToolDefinition {
        ToolDefinition(
            name: name, summary: summary, arguments: arguments ?? self.arguments, result: result, labels: labels,
            effect: effect, sinkControl: sinkControl ?? self.sinkControl, sinkContent: sinkContent,
            sinkAudience: sinkAudience, leastDecision: leastDecision, hostArguments: hostArguments,
            sandboxProfile: sandboxProfile, kind: kind, identifiers: identifiers, handles: handles, vouches: vouches,
            origin: origin)
    }
}
