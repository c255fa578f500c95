import ModelRuntime
import Testing
import Tokens

/// What a model makes of a text.
@Suite(
    .serialized, .tags(.realModel), .enabled(if: TestWeights.entry != nil, TestWeights.reason),
    .timeLimit(.minutes(20)))
struct EmbeddingTests {
    private func tokens(_ model: LlamaModel, _ text: String) async throws -> [TokenID] {
        try await model.tokenize(
            Array("The text: \"\(text)\"\nWhat it is about, in one word: \"".utf8), parsingSpecialTokens: false)
    }

    private func embedding(_ model: LlamaModel, _ tokens: [TokenID]) async throws -> [Float] {
        try await model.exclusively {
            try #require(try await model.embedding(of: tokens)).values
        }
    }

    private func likeness(_ left: [Float], _ right: [Float]) -> Float {
        func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return product(left, right) / (product(left, left) * product(right, right)).squareRoot()
    }

    @Test func `texts about the same lie nearer than others`() async throws {
        let model = try await TestWeights.load()
        let texts = [
            "The printer prints empty pages.", "Nothing but blank paper comes out of the printer.",
            "How much is a ticket to Paris?", "What does a train to Paris cost?",
        ]
        var found: [[Float]] = []
        for text in texts { found.append(try await embedding(model, tokens(model, text))) }
        #expect(Set(found.map(\.count)).count == 1 && found[0].count > 100)
        for (one, same, other) in [(0, 1, 2), (1, 0, 3), (2, 3, 0), (3, 2, 1)] {
            #expect(likeness(found[one], found[same]) > likeness(found[one], found[other]))
        }
    }

    @Test func `an embedding leaves what was there before, and is the same again`() async throws {
        let model = try await TestWeights.load()
        let prompt = try await tokens(model, "The lamp is broken.")
        let first = try await embedding(model, prompt)
        let other = try await tokens(model, "How do I pay?")
        let request = RequestID(address: "b")
        func top() async throws -> [Float] {
            try await model.withLogits { logits in logits.indices.prefix(500).map { logits[$0] } }
        }
        _ = try await model.begin(other, for: request)
        let before = try await top()
        _ = try await embedding(model, prompt)
        // What is resident needs one token again, and says the same behind it.
        #expect(try await model.begin(other, for: request).evaluated == 1)
        let after = try await top()
        #expect(zip(before, after).allSatisfy { abs($0 - $1) < 0.2 })
        let again = try await model.exclusively {
            try #require(try await model.embedding(of: prompt))
        }
        #expect(likeness(first, again.values) > 0.999)
        #expect(again.evaluation.evaluated == prompt.count && again.evaluation.reused == 0)
    }

    @Test func `embeddings side by side are those of each alone, beside an answer too`() async throws {
        let model = try await TestWeights.load(parallel: 4)
        let texts = try await [
            tokens(model, "The lamp is broken."), tokens(model, "How do I pay?"),
            tokens(model, "Please add a dark theme, as my eyes hurt at night."),
        ]
        var alone: [[Float]] = []
        for text in texts { alone.append(try await embedding(model, text)) }
        let story = try await model.tokenize(Array("She went home and".utf8), parsingSpecialTokens: false)
        @Sendable func read() async throws -> [Float] {
            try await model.exclusively {
                _ = try await model.begin(story, for: RequestID(address: "story"))
                for token in story { _ = try await model.append([token]) }
                return try await model.withLogits { logits in logits.indices.prefix(500).map { logits[$0] } }
            }
        }
        let told = try await read()
        let together = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for (place, text) in texts.enumerated() {
                group.addTask { (place, try await self.embedding(model, text)) }
            }
            group.addTask { (texts.count, try await read()) }
            var all = [[Float]](repeating: [], count: texts.count + 1)
            for try await (place, values) in group { all[place] = values }
            return all
        }
        for (one, other) in zip(alone, together) { #expect(likeness(one, other) > 0.99) }
        // The answer that was written meanwhile is the one that is written alone.
        #expect(zip(told, together[texts.count]).allSatisfy { abs($0 - $1) < 0.2 })
    }

    @Test func `where bits count an embedding changes none`() async throws {
        let model = try await TestWeights.load(isDeterministic: true)
        let story = try await model.tokenize(
            Array(String(repeating: "She went home and read it. ", count: 12).utf8), parsingSpecialTokens: false)
        func read(embedding: [TokenID]?) async throws -> [Float] {
            _ = try await model.begin(story, for: RequestID(address: "story"))
            if let embedding { _ = try await model.embedding(of: embedding) }
            let evaluation = try await model.begin(story + story.prefix(7), for: RequestID(address: "story"))
            // Whole blocks are borrowed, with an embedding between as without.
            #expect(evaluation.reused > story.count / 2)
            return try await model.withLogits { logits in logits.indices.prefix(500).map { logits[$0] } }
        }
        let prompt = try await tokens(model, "The lamp is broken.")
        let plain = try await read(embedding: nil)
        #expect(try await read(embedding: prompt) == plain)
        let first = try #require(try await model.embedding(of: prompt)).values
        _ = try await read(embedding: nil)
        #expect(try #require(try await model.embedding(of: prompt)).values == first)
    }

    @Test func `a text that does not fit names both sizes`() async throws {
        let model = try await TestWeights.load(context: 64, batch: 64)
        let prompt = try await tokens(model, String(repeating: "The lamp is broken. ", count: 20))
        let error = await #expect(throws: ModelError.self) {
            _ = try await model.embedding(of: prompt)
        }
        #expect(error?.description.contains("\(prompt.count) tokens and the context holds 64") == true)
        // Control arm: what just fits.
        let short = try #require(
            try await model.embedding(of: Array(prompt.prefix(64))))
        #expect(short.evaluation.evaluated == 64)
    }
}
