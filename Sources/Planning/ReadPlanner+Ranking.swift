import JSONSchemas
import ModelRuntime
import Provenance
import Tokens

extension ReadPlanner {
    /// Characters of an option that are scored: what a text is about is said in its beginning.
    private static let optionLimit = 400

    /// Answers by likelihood; nil from a model that can't score text.
    ///
    /// - Throws: `ModelError`, naming both sizes where data and option don't fit into the context; `CancellationError`.
    func rank(_ ranking: OptionRanking, for request: ReadRequest) async throws -> ReadAnswer? {
        let asked = openedPrompt(for: request, field: ranking.field, data: request.data)
        let blank = openedPrompt(for: request, field: ranking.field, data: ranking.blank)
        let blankText = blank.text
        var texts: [String] = []
        var tokens: [[TokenID]] = []
        for option in ranking.options {
            let words = option.text.prefix(Self.optionLimit).split(whereSeparator: \.isWhitespace)
            let text = words.joined(separator: " ")
            texts.append(text)
            tokens.append(try await model.tokenize(Array(text.utf8), parsingSpecialTokens: false))
        }
        var known: [Double?] = []
        for text in texts { known.append(await priors.value(of: text, after: blankText)) }
        let missing = texts.indices.filter { known[$0] == nil }
        let address = request.address
        let request = RequestID(address: address)
        let askedTokens = try await asked.tokens(for: model)
        let blankTokens = try await blank.tokens(for: model)
        var usage = TokenUsage()
        let found: [Double]? = try await model.exclusively {
            if !missing.isEmpty {
                guard
                    let base = try await model.logLikelihoods(
                        of: missing.map { tokens[$0] }, after: blankTokens, for: request)
                else { return nil }
                usage.count(base.evaluation)
                for (index, value) in zip(missing, base.values) { known[index] = value }
            }
            guard let result = try await model.logLikelihoods(of: tokens, after: askedTokens, for: request)
            else { return nil }
            usage.count(result.evaluation)
            return result.values
        }
        guard let found else { return nil }
        let gains = zip(found, known).compactMap { after, before in before.map { after - $0 } }
        guard gains.count == texts.count, gains.allSatisfy(\.isFinite) else {
            throw PlanningError(
                .answerInvalid, "Can't rank the options of step `\(address)`: a likelihood is no number. This is a bug."
            )
        }
        for index in missing {
            if let prior = known[index] { await priors.remember(prior, of: texts[index], after: blankText) }
        }
        let shares = OptionRanking.shares(of: gains)
        guard let best = shares.indices.max(by: { shares[$0] < shares[$1] }) else { return nil }
        return ReadAnswer(
            value: .object([ranking.field: .string(ranking.options[best].name)]),
            confidence: [JSONPointer([ranking.field]).description: shares[best]],
            label: asked.label.joined(with: ranking.label), usage: usage, prompts: [asked],
            shares: zip(ranking.options, shares).map { ReadAnswer.Share(option: $0.name, text: $0.text, share: $1) })
    }

    /// The prompt up to where the model would write the option.
    private func openedPrompt(for request: ReadRequest, field: String, data: [DataItem]) -> Prompt {
        let opening = "{" + JSONValue.string(field).serialized(.spaced) + ": \""
        var prompt = Self.prompt(for: request.asking(about: data, options: []), dialect: model.summary.dialect)
        prompt.append(
            PromptSegment(
                .instruction, opening, label: .trusted(Source(step: request.address, tool: nil, pointer: ""))))
        return prompt
    }
}
