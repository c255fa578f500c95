import JSONSchemas
import ModelRuntime

extension Planner {
    /// Weighs how well the functions on offer fit what is wanted.
    ///
    /// The examples of the question are the same every time, so that only the functions and the request are evaluated.
    ///
    /// - Parameters:
    ///   - question: what is asked.
    ///   - usage: what the answer cost is added to it.
    /// - Returns: the fit; nil from a model that can't tell how probable a text is.
    /// - Throws: `ModelError`, also where the question doesn't fit into the context; `PlanningError`, `CancellationError`.
    public func fit(_ question: FitQuestion, usage: inout TokenUsage) async throws -> CallFit? {
        let (prompt, examples) = question.prompt(dialect: model.summary.dialect)
        let options = JSONValue.array(FitQuestion.answers.map { .string($0) })
        let key = AnswerKey(
            prompt, form: ["options": options, "words": .number(question.wordShare)], model: model.summary,
            sampling: SamplingOptions(temperature: 0), request: RequestID(address: question.address), tokenLimit: 0)
        if let key, let text = await memory?.recall(key.text),
            let known = CallFit(json: try? JSONValue(parsing: text))
        {
            usage.remembered += 1
            return known
        }
        let generator = model.generator()
        // Kept, since the next request has the same examples; the conversation would take its place else, as both begin
        // with the same few tokens.
        let id = RequestID(
            address: question.address, keepsSequence: true,
            fixedTokenCount: try await generator.tokenCount(of: examples))
        guard let found = try await generator.logLikelihoods(of: FitQuestion.answers, after: prompt, for: id) else {
            return nil
        }
        usage.count(found.evaluation)
        guard found.values.count == FitQuestion.answers.count, found.values.allSatisfy({ !$0.isNaN }) else {
            throw PlanningError(
                .answerInvalid,
                "Can't weigh whether to call in `\(question.address)`: a likelihood is no number. This is a bug.")
        }
        let fit = CallFit(logarithms: found.values, words: question.wordShare)
        if let key { await memory?.remember(fit.json.serialized(.compact), for: key.text) }
        return fit
    }

    /// The same, and nil too where the question doesn't fit into the context: with its examples it may be longer than the
    /// conversation, which then may fit all the same.
    func fitIfItFits(_ question: FitQuestion, usage: inout TokenUsage) async throws -> CallFit? {
        do {
            return try await fit(question, usage: &usage)
        } catch let error as ModelError {
            guard case .contextOverflow = error.code else { throw error }
            return nil
        }
    }

    /// The turn that makes no call, as if the model had written the one that stands for that.
    func declined(
        _ declining: Declining, _ fit: CallFit, usage: TokenUsage, in conversation: Conversation, tools: [OfferedTool],
        address: String
    ) throws(PlanningError) -> Proposal {
        let dialect = model.summary.dialect
        let call: JSONValue = ["name": .string(declining.tool), "arguments": .object(declining.arguments)]
        let text = dialect.callPrefix + call.serialized(.spaced) + dialect.callSuffix
        return try Self.proposal(
            from: Array(text.utf8), confidence: [:], usage: usage, answerer: nil, in: conversation, tools: tools,
            dialect: dialect, address: address, fit: fit)
    }
}
