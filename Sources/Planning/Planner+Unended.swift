import ConstrainedDecoding
import JSONSchemas
import ModelRuntime

extension Planner {
    /// Tries that a turn makes at most.
    private static let mostTries = 3

    /// Lets the model write a call, and again without an optional argument as long as it comes to no end in one.
    ///
    /// - Returns: the call, its usage that of all tries and of what was `spent` before, and the arguments left out.
    /// - Throws: `PlanningError` with the usage of all tries, and as the generator does.
    func call(
        in conversation: Conversation, tools: [OfferedTool], grammar: Grammar, address: String, tokenLimit: Int,
        turnLimit: Int?, spent: TokenUsage
    ) async throws -> (Generation, leftOut: [String]) {
        var tools = tools
        var grammar = grammar
        var spent = spent
        var leftOut: [String] = []
        while true {
            do {
                var generation = try await model.generator(sampling: sampling, memory: memory)
                    .generate(
                        conversation.prompt, grammar: grammar, form: Self.form(of: tools),
                        request: RequestID(
                            address: address, attempt: leftOut.count, keepsSequence: true, copiesData: true),
                        tokenLimit: tokenLimit)
                generation.usage = spent + generation.usage
                return (generation, leftOut)
            } catch let error as PlanningError {
                let isAffordable =
                    turnLimit.map { limit in
                        let next = error.usage.promptTokens + tokenLimit
                        return (spent + error.usage).budgetTokens + next <= limit
                    } ?? true
                let prefix = model.summary.dialect.callPrefix.utf8.count
                guard error.code == .answerTooLong, isAffordable, leftOut.count < Self.mostTries - 1,
                    let argument = UnendedArgument(in: error.written.dropFirst(prefix)),
                    let place = tools.firstIndex(where: { $0.name == argument.tool }),
                    let shorter = tools[place].without(argument.name)
                else { throw error.adding(spent) }
                tools[place] = shorter
                guard let narrower = try? Self.grammar(for: tools, dialect: model.summary.dialect) else {
                    throw error.adding(spent)
                }
                grammar = narrower
                spent = spent + error.usage
                leftOut.append(argument.name)
            }
        }
    }

    private static func form(of tools: [OfferedTool]) -> JSONValue {
        ["tools": .array(tools.map { ["name": .string($0.name), "arguments": $0.arguments.source] })]
    }
}
