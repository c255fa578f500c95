import ModelRuntime
import WorkflowFormat

extension WorkflowCheck {
    /// Tokens of what stands in every reading's prompt beside its instruction, about.
    private static let frameTokens = 100
    /// Bytes of plain English that make a token, about.
    private static let tokenBytes = 4

    /// The loops whose `parallel` items may not fit into the context together, before a word of the items is counted;
    /// nothing where all do. A server's context is its own matter.
    static func crowded(_ workflow: Workflow) -> String {
        guard !ServerAddress.names(workflow.model.use) else { return "" }
        let context = workflow.model.context ?? ModelConfiguration.defaultContextTokenLimit
        return workflow.steps.flatMap(loops).map { loop in
            let tokens = loop.parallel * loop.tokens
            guard tokens > context else { return "" }
            return "; \(loop.parallel) items of `\(loop.id)` at once may take \(tokens) tokens and more, and the "
                + "context has \(context): fewer run at once then, unless `model: { context: N }` gives more"
        }.joined()
    }

    /// Each loop with what one of its readings takes at most without the item's text.
    private static func loops(in step: StepDefinition) -> [(id: String, parallel: Int, tokens: Int)] {
        var found: [(id: String, parallel: Int, tokens: Int)] = []
        if let loop = step.forEach, loop.parallel > 1, let tokens = tokens(of: step) {
            found.append((step.id, loop.parallel, tokens))
        }
        if case .group(let parts) = step.kind { found += parts.flatMap(loops) }
        return found
    }

    private static func tokens(of step: StepDefinition) -> Int? {
        switch step.kind {
        case .read(let read):
            frameTokens + read.instruction.text.utf8.count / tokenBytes + (read.maxTokens ?? Run.defaultAnswerLimit)
        // An inner loop's items come one after the other, or are counted on their own.
        case .group(let parts): parts.filter { $0.forEach == nil }.compactMap(tokens).max()
        case .call, .agent, .approve, .render: nil
        }
    }
}
