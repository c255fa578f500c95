public import WorkflowFormat

extension Workflow {
    /// The texts of all files that steps and outputs include, in order.
    var includedTexts: [String] {
        steps.flatMap(Self.texts)
            + outputs.compactMap { output in
                if case .render(let template, _) = output.kind { template.text } else { nil }
            }
    }

    /// Whether any step asks a model.
    public var usesModel: Bool {
        func uses(_ step: StepDefinition) -> Bool {
            switch step.kind {
            case .read, .agent: true
            case .group(let parts): parts.contains(where: uses)
            case .call, .approve, .render: false
            }
        }
        return steps.contains(where: uses)
    }

    /// Whether any step lets a value pass only where the model was sure of it.
    public var hasConfidenceLimits: Bool {
        func limits(_ step: StepDefinition) -> Bool {
            switch step.kind {
            case .read(let read): (read.minConfidence + read.minMargin).contains { $0.threshold > 0 }
            case .group(let parts): parts.contains(where: limits)
            case .call, .agent, .approve, .render: false
            }
        }
        return steps.contains(where: limits)
    }

    /// Whether any agent weighs first whether to call.
    public var weighsCalls: Bool {
        func weighs(_ step: StepDefinition) -> Bool {
            switch step.kind {
            case .agent(let agent): agent.declineBelow != nil
            case .group(let parts): parts.contains(where: weighs)
            case .call, .read, .approve, .render: false
            }
        }
        return steps.contains(where: weighs)
    }

    private static func texts(of step: StepDefinition) -> [String] {
        switch step.kind {
        case .call: []
        case .read(let read): [read.instruction.text]
        case .agent(let agent): [agent.goal.text]
        case .approve(let gate): [gate.summary.text]
        case .render(let render): [render.template.text]
        case .group(let parts): parts.flatMap(texts)
        }
    }
}
