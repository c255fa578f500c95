import ModelRuntime
import Testing
import Tokens

/// Tokens evaluated in advance: kept when they come, gone without a trace when others do.
@Suite(
    .serialized, .tags(.realModel), .enabled(if: TestWeights.entry != nil, TestWeights.reason),
    .timeLimit(.minutes(20)))
struct DraftTests {
    private static let text = "The first of them was red, the second was blue, and the third one was green."

    private func tokens(_ model: LlamaModel) async throws -> [TokenID] {
        try await model.tokenize(Array(Self.text.utf8), parsingSpecialTokens: false)
    }

    /// The logits of the tokens that a choice is made of, rounded differently by batches of different sizes.
    private func top(_ model: LlamaModel) async throws -> [Float] {
        try await model.withLogits { logits in logits.indices.prefix(2_000).map { logits[$0] } }
    }

    private func difference(_ left: [Float], _ right: [Float]) -> Float {
        zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test func `drafts change neither the logits nor the place of a draw`() async throws {
        let model = try await TestWeights.load()
        let tokens = try await tokens(model)
        let request = RequestID(address: "draft")
        let options = SamplingOptions(temperature: 1.5, seed: 3)
        var mask = TokenMask(tokenCount: model.trie.vocabulary.count)
        for number in 0..<Int32(mask.tokenCount) { mask.allow(TokenID(number)) }
        _ = try await model.begin(Array(tokens[..<4]), for: request)
        _ = try await model.append(Array(tokens[4..<6]))
        let plain = try await top(model)
        let choice = try await model.sample(mask, options: options)
        _ = try await model.begin(Array(tokens[..<4]), for: request)
        let cost = try await model.append(Array(tokens[4..<6]), drafts: Array(tokens[6..<9]))
        #expect(cost.evaluated == 2)
        #expect(difference(plain, try await top(model)) < 0.5)
        #expect(try await model.sample(mask, options: options).token == choice.token)
    }

    @Test func `drafts that come true cost nothing more`() async throws {
        let model = try await TestWeights.load()
        let tokens = try await tokens(model)
        let request = RequestID(address: "draft")
        _ = try await model.begin(tokens, for: request)
        let whole = try await top(model)
        let last = tokens.count - 1
        _ = try await model.begin(
            Array(tokens[..<(last - 3)]), opening: [], drafts: Array(tokens[(last - 3)..<last]), for: request)
        let first = try await model.append(Array(tokens[(last - 3)..<(last - 1)]))
        #expect((first.evaluated, first.reused) == (0, 2))
        // One more comes true, and one that nobody foretold follows.
        let second = try await model.append(Array(tokens[(last - 1)...last]))
        #expect((second.evaluated, second.reused) == (1, 1))
        #expect(difference(whole, try await top(model)) < 0.5)
    }

    @Test func `a wrong draft leaves no trace`() async throws {
        let model = try await TestWeights.load()
        let tokens = try await tokens(model)
        let request = RequestID(address: "draft")
        _ = try await model.begin(tokens, for: request)
        let whole = try await top(model)
        let wrong = [tokens[0], tokens[1], tokens[0]]
        _ = try await model.begin(Array(tokens[..<4]), opening: [tokens[4]], drafts: wrong, for: request)
        for token in tokens[5...] {
            let cost = try await model.append([token], drafts: wrong)
            #expect((cost.evaluated, cost.reused) == (1, 0))
        }
        #expect(difference(whole, try await top(model)) < 0.5)
        // Nor does one that nothing was appended after: the next prompt shares what was really said.
        _ = try await model.begin(Array(tokens[..<6]), opening: [], drafts: wrong, for: request)
        #expect(try await model.begin(tokens, for: request).reused == 6)
        #expect(difference(whole, try await top(model)) < 0.5)
    }

    @Test func `drafts that don't fit into the context are left out`() async throws {
        let model = try await TestWeights.load(context: 32, batch: 32)
        let tokens = try await tokens(model)
        let prompt = Array((tokens + tokens + tokens)[..<30])
        _ = try await model.begin(
            prompt, opening: [tokens[0]], drafts: Array(tokens[..<8]), for: RequestID(address: "draft"))
        #expect(try await model.append([tokens[0]]).reused == 1)
        let error = await #expect(throws: ModelError.self) { _ = try await model.append([tokens[1]]) }
        #expect(error?.description.contains("32") == true)
    }
}
