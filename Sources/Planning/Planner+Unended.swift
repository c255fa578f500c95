import ConstrainedDecoding
import JSONSchemas
import ModelRuntime

/// Calls that come to no end. What a small model goes on with for ever is nearly always something that nobody asked for,
/// such as all cards of a deck.
extension Planner {
    /// How many arguments one call may be written again without.
    static let leftOutLimit = 2

    /// Lets the model write a call, and the same tool's again without an optional argument as long as it comes to no end
    /// in one.
    ///
    /// `turnLimit`: tokens that all tries together may take, prompts included; a further try that might take more isn't
    /// made. Nil for no limit.
    /// `spent`: what the turn took before.
    ///
    /// Returns the call, the arguments that were left out, and what the turn took in all.
    ///
    /// - Throws: `PlanningError` with what the turn took in all, `ModelError`, `CancellationError`.
    func call(
        in conversation: Conversation, tools: [OfferedTool], grammar: Grammar, address: String, tokenLimit: Int,
        turnLimit: Int?, spent: TokenUsage
    ) async throws -> (generation: Generation, leftOut: [String], usage: TokenUsage) {
        var (tools, grammar, spent) = (tools, grammar, spent)
        var leftOut: [String] = []
        func unended() -> PlanningError {
            .answerTooLong(address, limit: tokenLimit, without: leftOut, usage: spent)
        }
        while true {
            do {
                let generation = try await model.generator(sampling: sampling, memory: memory)
                    .generate(
                        conversation.prompt, grammar: grammar, form: Self.form(of: tools),
                        request: RequestID(
                            address: address, attempt: leftOut.count, keepsSequence: true, copiesData: true),
                        tokenLimit: tokenLimit)
                return (generation, leftOut, spent + generation.usage)
            } catch let error as PlanningError {
                guard error.code == .answerTooLong else { throw error.adding(spent) }
                spent = spent + error.usage
                let next = error.usage.promptTokens + tokenLimit
                guard leftOut.count < Self.leftOutLimit, turnLimit.map({ spent.budgetTokens + next <= $0 }) ?? true,
                    let shorter = shorter(error.written, among: tools)
                else { throw unended() }
                leftOut.append(shorter.argument)
                (tools, grammar) = ([shorter.tool], shorter.grammar)
            } catch let error as ModelError where !leftOut.isEmpty && error.code == .scriptEnded {
                // A script that holds no further call says nothing against the one before.
                leftOut.removeLast()
                throw unended()
            }
        }
    }

    /// The tool that `text` was to call, without the argument that the text broke off in; nil where it can't be.
    private func shorter(
        _ text: [UInt8], among tools: [OfferedTool]
    ) -> (tool: OfferedTool, argument: String, grammar: Grammar)? {
        let dialect = model.summary.dialect
        guard let argument = UnendedArgument(in: text.dropFirst(dialect.callPrefix.utf8.count)),
            let tool = tools.first(where: { $0.name == argument.tool })?.without(argument.name),
            // Something else in the schema may want it after all.
            let grammar = try? Self.grammar(for: [tool], dialect: dialect)
        else { return nil }
        return (tool, argument.name, grammar)
    }

    private static func form(of tools: [OfferedTool]) -> JSONValue {
        ["tools": .array(tools.map { ["name": .string($0.name), "arguments": $0.arguments.source] })]
    }
}
