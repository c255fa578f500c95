import JSONSchemas
import ModelRuntime
import Provenance

extension ReadPlanner {
    /// Unicode scalars of an option that are scored: what a text is about is said in its beginning.
    private static let optionLimit = 400

    /// Answers by likelihood; nil from a model that can't score text.
    ///
    /// - Throws: `ModelError`, naming both sizes where data and option don't fit into the context; `CancellationError`.
    func rank(_ ranking: OptionRanking, for request: ReadRequest) async throws -> ReadAnswer? {
        let dialect = model.summary.dialect
        let asked = Self.openedPrompt(for: request, field: ranking.field, data: request.data, dialect: dialect)
        let blank = Self.openedPrompt(for: request, field: ranking.field, data: ranking.blank, dialect: dialect)
        let texts = ranking.options.map { option in
            let text =
                ranking.label.integrity == .trusted ? option.text : NeutralizedText(option.text).text
            return String(text.unicodeScalars.prefix(Self.optionLimit))
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let key = AnswerKey(
            asked, form: ["options": .array(texts.map { .string($0) }), "blank": .string(blank.keyText)],
            model: model.summary, sampling: SamplingOptions(temperature: 0),
            request: RequestID(address: request.address), tokenLimit: 0)
        var usage = TokenUsage()
        let gains: [Double]
        if let key, let known = await memory?.recall(key.text), let found = Self.gains(in: known, count: texts.count) {
            usage.remembered = 1
            gains = found
        } else {
            guard let found = try await weigh(texts, asked: asked, blank: blank, for: request, usage: &usage)
            else { return nil }
            gains = found
            if let key { await memory?.remember(Self.text(of: gains), for: key.text) }
        }
        return Self.answer(OptionRanking.shares(of: gains), to: ranking, asked: asked, usage: usage)
    }

    /// The option with the largest share; nil where there is none.
    static func answer(
        _ shares: [Double], to ranking: OptionRanking, asked: Prompt, usage: TokenUsage
    ) -> ReadAnswer? {
        guard let best = shares.indices.max(by: { shares[$0] < shares[$1] }) else { return nil }
        return ReadAnswer(
            value: .object([ranking.field: .string(ranking.options[best].name)]),
            confidence: [JSONPointer([ranking.field]).description: shares[best]],
            label: asked.label.joined(with: ranking.label), usage: usage, prompts: [asked],
            shares: zip(ranking.options, shares).map { ReadAnswer.Share(option: $0.name, text: $0.text, share: $1) })
    }

    /// What each of `texts` gains by the data; nil from a model that can't score text.
    private func weigh(
        _ texts: [String], asked: Prompt, blank: Prompt, for request: ReadRequest, usage: inout TokenUsage
    ) async throws -> [Double]? {
        let blankText = blank.text
        let generator = model.generator()
        var known: [Double?] = []
        for text in texts { known.append(await priors.value(of: text, after: blankText)) }
        let missing = texts.indices.filter { known[$0] == nil }
        let id = RequestID(address: request.address)
        // The next item of a loop weighs its new options after the very same blank prompt.
        let blankID = RequestID(address: request.address, keepsSequence: true)
        // Options that are evaluated together round together, and which of them are missing hangs on what was asked before.
        let groups = model.summary.isDeterministic ? missing.map { [$0] } : missing.isEmpty ? [] : [missing]
        for group in groups {
            guard let base = try await generator.logLikelihoods(of: group.map { texts[$0] }, after: blank, for: blankID)
            else { return nil }
            usage.count(base.evaluation)
            usage.common += base.evaluation.evaluated + base.evaluation.reused
            for (index, value) in zip(group, base.values) {
                known[index] = value
                await priors.remember(value, of: texts[index], after: blankText)
            }
        }
        guard let result = try await generator.logLikelihoods(of: texts, after: asked, for: id) else { return nil }
        usage.count(result.evaluation)
        let gains = zip(result.values, known).compactMap { after, before in before.map { after - $0 } }
        guard gains.count == texts.count, gains.allSatisfy(\.isFinite) else {
            throw PlanningError(
                .answerInvalid,
                "Can't rank the options of step `\(request.address)`: a likelihood is no number. This is a bug.")
        }
        return gains
    }

    /// Gains as the memory keeps them.
    private static func text(of gains: [Double]) -> String {
        JSONValue.array(gains.map { .number($0) }).serialized(.compact)
    }

    /// Gains from memory; `nil` for a text that is none for so many options.
    private static func gains(in text: String, count: Int) -> [Double]? {
        guard let list = (try? JSONValue(parsing: text))?.arrayValue else { return nil }
        let gains = list.compactMap(\.doubleValue)
        return gains.count == count && list.count == count && gains.allSatisfy(\.isFinite) ? gains : nil
    }

    /// The prompt up to where the model would write the option.
    static func openedPrompt(
        for request: ReadRequest, field: String, data: [DataItem], dialect: ChatDialect
    ) -> Prompt {
        let opening = "{" + JSONValue.string(field).serialized(.spaced) + ": \""
        var prompt = Self.prompt(for: request.asking(about: data, options: []), dialect: dialect)
        prompt.append(
            PromptSegment(
                .instruction, opening, label: .trusted(Source(step: request.address, tool: nil, pointer: ""))))
        return prompt
    }
}
