import JSONSchemas
import Provenance
import WorkflowFormat

/// What the workflow itself puts into its calls.
extension ShippedWorkflow {
    /// The workflow's agents.
    var agents: [AgentStep] {
        func agents(in steps: [StepDefinition]) -> [AgentStep] {
            steps.flatMap { step -> [AgentStep] in
                switch step.kind {
                case .agent(let agent): [agent]
                case .group(let parts): agents(in: parts)
                default: []
                }
            }
        }
        return agents(in: workflow.steps)
    }

    /// What the workflow itself settles in its calls of a tool: literals and inputs, with their labels. Arguments that
    /// hang on what was read are left out. One of each kind.
    func bindings(of tool: String) -> [ShippedCall] {
        func templates(in steps: [StepDefinition]) -> [[(name: String, value: ValueTemplate)]] {
            steps.flatMap { step -> [[(name: String, value: ValueTemplate)]] in
                switch step.kind {
                case .call(let call): call.tool == tool ? [call.arguments] : []
                case .agent(let agent): agent.tools.filter { $0.tool == tool }.map(\.bound)
                case .group(let parts): templates(in: parts)
                default: []
                }
            }
        }
        let calls = templates(in: workflow.steps).map { arguments in
            arguments.reduce(ShippedCall(tool)) { call, argument in
                guard let value = settled(argument.value) else { return call }
                return call.setting(argument.name, to: value.value, value.label)
            }
        }
        // The policy tells them apart by what they bind and from where.
        return Dictionary(calls.map { ($0.labels, $0) }) { first, _ in first }.values.sorted {
            $0.arguments.keys.sorted().lexicographicallyPrecedes($1.arguments.keys.sorted())
        }
    }

    /// A template's value where it is made of inputs and literals alone; nil where there is none.
    private func settled(_ template: ValueTemplate) -> (value: JSONValue, label: Label)? {
        var label = Label(integrity: .trusted)
        for reference in template.references {
            guard case .input(let name) = reference.root else { return nil }
            label = label.joined(with: self.label(ofInput: name))
        }
        let value = template.evaluate { reference in
            if case .input(let name) = reference.root { inputs[name] ?? .null } else { .null }
        }
        if template.references.isEmpty { label = .trusted(.workflow()) }
        return value.isNull ? nil : (value, label)
    }
}
