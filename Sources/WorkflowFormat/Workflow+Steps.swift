extension Workflow {
    /// The step with this id, wherever it stands: ids are unique within a file.
    public func step(_ id: String) -> StepDefinition? {
        Self.path(to: id, in: steps)?.last
    }

    /// The steps that enclose the step `id`, the outermost first, and the step itself; empty where there is none.
    public func path(to id: String) -> [StepDefinition] {
        Self.path(to: id, in: steps) ?? []
    }

    /// The largest `parallel` of its loops; 1 where there is none.
    public var widestLoop: Int { Self.widestLoop(in: steps) }

    private static func widestLoop(in steps: [StepDefinition]) -> Int {
        steps.reduce(1) { widest, step in
            var widest = max(widest, step.forEach?.parallel ?? 1)
            if case .group(let parts) = step.kind { widest = max(widest, widestLoop(in: parts)) }
            return widest
        }
    }

    private static func path(to id: String, in steps: [StepDefinition]) -> [StepDefinition]? {
        for step in steps {
            if step.id == id { return [step] }
            if case .group(let parts) = step.kind, let inner = path(to: id, in: parts) { return [step] + inner }
        }
        return nil
    }
}
