import JSONSchemas
import ModelRuntime
import Provenance

extension ReadPlanner {
    /// Unicode scalars of a text that are embedded, two thirds of them its beginning and one its end: what it is about is
    /// said there.
    private static let embeddedLimit = 600
    /// Tokens of a text that are embedded: rare scripts have several for a character.
    private static let embeddedTokenLimit = 1_024
    /// Raised when the same examples could teach something else.
    private static let revision = 2

    /// The choices of `request`, those with examples with what these say of its text; as they are from a model that has no
    /// embeddings.
    ///
    /// - Throws: `ModelError`, `CancellationError`.
    func taught(_ request: ReadRequest) async throws -> (choices: [ClosedChoice], usage: TokenUsage) {
        var usage = TokenUsage()
        guard request.choices.contains(where: { $0.examples?.counts == true }) else { return (request.choices, usage) }
        let generator = model.generator()
        let own = try await embeddedPrompt(
            request.data.map(\.text), label: Label.joining(request.data.map(\.label)), of: request, generator)
        let key = memory.flatMap { _ in
            AnswerKey(
                own, form: Self.lessons(of: request), model: model.summary, sampling: SamplingOptions(temperature: 0),
                request: RequestID(address: request.address), tokenLimit: 0)
        }
        if let key, let known = await memory?.recall(key.text), let all = Self.shares(in: known, for: request.choices) {
            return (zip(request.choices, all).map { $0.counting($1) }, usage)
        }
        guard let text = try await generator.embedding(of: own) else { return (request.choices, usage) }
        Self.count(text, in: &usage)
        var all: [[Double]] = []
        for choice in request.choices {
            guard let examples = choice.examples, examples.counts else {
                all.append([])
                continue
            }
            let lesson = TextEmbeddings.Lesson(examples, optionCount: choice.options.count)
            if let known = await embeddings.classifier(of: lesson) {
                all.append(known?.shares(of: text.values) ?? [])
                continue
            }
            var prompts: [Prompt] = []
            for example in examples.lesson {
                prompts.append(
                    try await embeddedPrompt([example.text], label: examples.label, of: request, generator))
            }
            guard try await embed(prompts, with: generator, usage: &usage) else { return (request.choices, usage) }
            all.append(await embeddings.learn(lesson, from: prompts.map(\.text))?.shares(of: text.values) ?? [])
        }
        if let key { await memory?.remember(Self.text(of: all), for: key.text) }
        return (zip(request.choices, all).map { $0.counting($1) }, usage)
    }

    /// Makes the embeddings of `prompts` known, together with readings that run beside this one; false from a model that has
    /// none.
    private func embed(
        _ prompts: [Prompt], with generator: any Generator, usage: inout TokenUsage
    ) async throws -> Bool {
        var byText: [String: Prompt] = [:]
        for prompt in prompts { byText[prompt.text] = prompt }
        let texts = prompts.map(\.text)
        while let next = await embeddings.next(of: texts), let prompt = byText[next] {
            guard let found = try await generator.embedding(of: prompt) else { return false }
            Self.count(found, in: &usage)
            await embeddings.remember(found.values, of: next)
        }
        return true
    }

    /// Examples are shared by all readings, and what a text comes to is remembered for others that begin and end alike: which
    /// of them pays hangs on what runs before or beside it, and where a budget ends must not.
    private static func count(_ found: Embedding, in usage: inout TokenUsage) {
        usage.count(found.evaluation)
        usage.common += found.evaluation.evaluated + found.evaluation.reused
    }

    /// Texts before the place where the model would say in a word what they are about; the state there is what it made of the
    /// whole (Jiang et al., "Scaling Sentence Embeddings with Large Language Models", Findings of EMNLP 2024).
    private func embeddedPrompt(
        _ texts: [String], label: Label, of request: ReadRequest, _ generator: any Generator
    ) async throws -> Prompt {
        let own = Label.trusted(Source(step: request.address, tool: nil, pointer: ""))
        // What is hidden in a text pushes nothing out of what is read of it.
        let shown = texts.map { label.integrity == .trusted ? $0 : NeutralizedText($0).text }
        var limit = Self.embeddedLimit / max(1, texts.count)
        while true {
            let prompt = Prompt([
                PromptSegment(.instruction, "The text: \"", label: own),
                PromptSegment(.data, shown.map { Self.ends($0, limit: limit) }.joined(separator: "\n"), label: label),
                PromptSegment(.instruction, "\"\nWhat it is about, in one word: \"", label: own),
            ])
            let room = min(Self.embeddedTokenLimit, model.summary.contextTokenLimit)
            guard limit > 0, try await generator.tokenCount(of: prompt) > room else { return prompt }
            limit /= 2
        }
    }

    /// The beginning and the end of a text of more than `limit` Unicode scalars.
    private static func ends(_ text: String, limit: Int) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > limit else { return text }
        return String(scalars.prefix(limit - limit / 3)) + " ... " + String(scalars.suffix(limit / 3))
    }

    /// What the memory tells other lessons by.
    private static func lessons(of request: ReadRequest) -> JSONValue {
        [
            "lessons": .array(
                request.choices.map { choice in
                    [
                        "options": .array(choice.options), "counts": .bool(choice.examples?.counts == true),
                        // What is untrusted is neutralized first.
                        "trusted": .bool(choice.examples?.label.integrity == .trusted),
                        "examples": .array(
                            (choice.examples?.lesson ?? []).map { [.string($0.text), .integer($0.option)] }),
                    ]
                }), "revision": .integer(revision),
        ]
    }

    private static func text(of all: [[Double]]) -> String {
        JSONValue.array(all.map { .array($0.map { .number($0) }) }).serialized(.compact)
    }

    /// Shares from memory; nil for a text that holds none for these choices.
    private static func shares(in text: String, for choices: [ClosedChoice]) -> [[Double]]? {
        guard let lists = (try? JSONValue(parsing: text))?.arrayValue, lists.count == choices.count else { return nil }
        let all = lists.compactMap { $0.arrayValue?.map { $0.doubleValue ?? .nan } }
        guard all.count == lists.count else { return nil }
        for (shares, choice) in zip(all, choices) {
            guard shares.isEmpty || shares.count == choice.options.count, shares.allSatisfy({ (0...1).contains($0) }),
                shares.isEmpty || abs(shares.reduce(0, +) - 1) < 1e-6
            else { return nil }
        }
        return all
    }
}
