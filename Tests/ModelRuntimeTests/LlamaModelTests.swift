import Foundation
import ModelRuntime
import Testing
import TestSupport
import Tokens

@Suite(
    .serialized, .tags(.realModel), .enabled(if: TestWeights.entry != nil, TestWeights.reason),
    .timeLimit(.minutes(20)))
struct LlamaModelTests {
    private static let story = """
        A tester found a fault on a Monday. The fault was small, and the report was long. She wrote down what \
        she did, what she saw, and what she expected to see instead. The next day
        """

    @Test func `the same prompt gives the same tokens at temperature 0`() async throws {
        let first = try await generate(TestWeights.load(), 12)
        let second = try await generate(TestWeights.load(), 12)
        #expect(first == second)
        #expect(first.count == 12)
    }

    @Test func `draws above temperature 0 depend on seed and address only`() async throws {
        let model = try await TestWeights.load()
        let options = SamplingOptions(temperature: 1.5, seed: 1)
        // On some processors a prompt evaluated as a whole rounds differently from one of which all but the last token is
        // known. So it is known from here on, and every draw below is made from the same numbers.
        _ = try await generate(model, 8, options: options)
        let first = try await generate(model, 8, options: options)
        #expect(try await generate(model, 8, options: options) == first)
        #expect(try await generate(model, 8, options: SamplingOptions(temperature: 1.5, seed: 2)) != first)
        #expect(try await generate(model, 8, options: options, address: "other") != first)
    }

    @Test func `tokens appended one by one predict the same as a whole prompt`() async throws {
        let model = try await TestWeights.load()
        let mask = textMask(model)
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        _ = try await model.begin(tokens, for: RequestID(address: "whole"))
        let whole = try await model.sample(mask, options: SamplingOptions())
        let other = try await TestWeights.load()
        _ = try await other.begin(Array(tokens[..<5]), for: RequestID(address: "parts"))
        for token in tokens[5...] { _ = try await other.append([token]) }
        let parts = try await other.sample(mask, options: SamplingOptions())
        #expect(parts.token == whole.token)
        #expect(abs(parts.probability - whole.probability) < 0.1)
    }

    @Test func `texts are scored as their tokens one by one are`() async throws {
        let model = try await TestWeights.load()
        let prompt = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        var texts: [[TokenID]] = []
        for text in [" she went home.", " she went to the office and wrote it all down.", " xylophone", " she went"] {
            texts.append(try await model.tokenize(Array(text.utf8), parsingSpecialTokens: false))
        }
        let request = RequestID(address: "score")
        let scored = try #require(try await model.logLikelihoods(of: texts, after: prompt, for: request)).values
        for (tokens, value) in zip(texts, scored) {
            var sum = 0.0
            _ = try await model.begin(prompt, for: request)
            for token in tokens {
                sum += try await model.withLogits { logits in
                    var total = 0.0
                    for index in logits.indices { total += exp(Double(logits[index])) }
                    return Double(logits[Int(token.rawValue)]) - log(total)
                }
                _ = try await model.append([token])
            }
            // Batches of different sizes round differently.
            #expect(abs(sum - value) < 0.1 * Double(tokens.count))
        }
        #expect(scored[0] > scored[2])
        let again = try #require(try await model.logLikelihoods(of: texts, after: prompt, for: request))
        #expect(again.evaluation.reused == prompt.count - 1)
    }

    @Test(arguments: [2_048, 96])
    func `many texts are scored as each by itself, also where few fit side by side`(context: Int) async throws {
        let model = try await TestWeights.load(context: context, batch: 64)
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        let prompt = Array(tokens[..<20])
        // Eleven texts of up to 34 tokens: more than the spare sequences, and rows for several batches.
        let texts = (0..<11).map { Array(tokens.dropFirst($0).prefix(14 + 2 * $0)) } + [[], [tokens[3]]]
        let request = RequestID(address: "score")
        let together = try #require(try await model.logLikelihoods(of: texts, after: prompt, for: request))
        for (text, value) in zip(texts, together.values) {
            let alone = try #require(try await model.logLikelihoods(of: [text], after: prompt, for: request)).values[0]
            #expect(abs(alone - value) < 0.1 * Double(max(1, text.count)))
        }
        #expect(together.values[11] == 0)
        // Nothing of the texts stays behind: the prompt goes on as if they had never been there.
        #expect(try await model.begin(prompt + texts[0], for: request).reused >= prompt.count - 1)
    }

    @Test func `a text that does not fit behind its prompt names both sizes`() async throws {
        let model = try await TestWeights.load(context: 64, batch: 64)
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        let error = await #expect(throws: ModelError.self) {
            _ = try await model.logLikelihoods(
                of: [Array((tokens + tokens)[..<50])], after: Array(tokens[..<30]), for: RequestID(address: "score"))
        }
        #expect(error?.description.contains("80 tokens and the context holds 64") == true)
    }

    @Test func `a prompt costs what is new in it`() async throws {
        let model = try await TestWeights.load()
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        let first = try await model.begin(Array(tokens[..<20]), for: RequestID(address: "a#1"))
        #expect(first.evaluated == 20)
        #expect(first.reused == 0)
        let second = try await model.begin(tokens, for: RequestID(address: "a#2"))
        #expect(second.evaluated == tokens.count - 20)
        #expect(second.reused == 20)
        let appended = try await model.append(Array(tokens[..<3]))
        #expect(appended.evaluated == 3)
    }

    @Test func `a kept sequence survives another that shares its start`() async throws {
        let model = try await TestWeights.load()
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        let kept = RequestID(address: "agent#1", keepsSequence: true)
        _ = try await model.begin(tokens, for: kept)
        let branch = Array(tokens[..<10]) + Array(tokens[20..<25])
        let shared = try await model.begin(branch, for: RequestID(address: "read"))
        #expect(shared.reused == 10)
        let again = try await model.begin(tokens + tokens[..<2], for: kept)
        #expect(again.evaluated == 2)
    }

    @Test func `a finished sequence leaves only what prompts share`() async throws {
        let model = try await TestWeights.load()
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        let start = Array(tokens[..<12])
        let item = start + Array(tokens[20..<30])
        _ = try await model.begin(start + Array(tokens[15..<25]), for: RequestID(address: "read[0]"))
        #expect(try await model.begin(item, for: RequestID(address: "read[1]")).reused == 12)
        // Something else in between.
        _ = try await model.begin(Array(tokens[5..<15]), for: RequestID(address: "other"))
        #expect(try await model.begin(item, for: RequestID(address: "read[1]")).reused == 12)
    }

    @Test func `sharing a prefix predicts the same as evaluating it`() async throws {
        let model = try await TestWeights.load()
        let mask = textMask(model)
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        let branch = Array(tokens[..<10]) + Array(tokens[15...])
        _ = try await model.begin(tokens, for: RequestID(address: "a", keepsSequence: true))
        let evaluation = try await model.begin(branch, for: RequestID(address: "b"))
        #expect(evaluation.reused == 10)
        let shared = try await model.sample(mask, options: SamplingOptions())
        let fresh = try await TestWeights.load()
        _ = try await fresh.begin(branch, for: RequestID(address: "b"))
        let alone = try await fresh.sample(mask, options: SamplingOptions())
        #expect(shared.token == alone.token)
        #expect(abs(shared.probability - alone.probability) < 0.1)
    }

    @Test func `sequences make room for the current one`() async throws {
        // llama.cpp rounds a context up to 256 cells; three sequences of 200 tokens don't fit.
        let model = try await TestWeights.load(context: 256)
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        for start in 0..<3 {
            let prompt = (0..<200).map { tokens[(start * 7 + $0 * ($0 + start)) % tokens.count] }
            let request = RequestID(address: "s\(start)", keepsSequence: true)
            let evaluation = try await model.begin(prompt, for: request)
            #expect(evaluation.evaluated + evaluation.reused == 200)
        }
    }

    @Test func `a prompt longer than the context is an error naming both sizes`() async throws {
        let model = try await TestWeights.load(context: 256)
        let prompt = Array(repeating: TokenID(rawValue: 100), count: 256)
        let error = await #expect(throws: ModelError.self) {
            try await model.begin(prompt, for: RequestID(address: "a"))
        }
        #expect(error?.code == .contextOverflow(prompt: 256, limit: 256))
        #expect(error?.description.contains("256") == true)
        _ = try await model.begin(Array(prompt.dropLast()), for: RequestID(address: "a"))
        _ = try await model.append([TokenID(rawValue: 100)])
        await #expect(throws: ModelError.self) { try await model.append([TokenID(rawValue: 100)]) }
    }

    @Test func `cancellation is noticed between batches, and the model goes on afterwards`() async throws {
        let model = try await TestWeights.load(context: 1024, batch: 16)
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        let prompt = Array(repeatElement(tokens, count: 20).joined().prefix(1000))
        let cancelled = Task {
            // Cancelled before it starts: not one of the 63 batches is evaluated.
            // The task is only used inside the closure.
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await model.begin(prompt, for: RequestID(address: "a"))
        }
        let error = await #expect(throws: ModelError.self) { try await cancelled.value }
        #expect(error?.code == .cancelled)
        await #expect(throws: ModelError.self) {
            try await model.sample(textMask(model), options: SamplingOptions())
        }
        let evaluation = try await model.begin(Array(prompt.prefix(40)), for: RequestID(address: "a"))
        #expect(evaluation.evaluated == 40)
    }

    @Test func `text never becomes a special token`() async throws {
        let model = try await TestWeights.load(context: 256)
        let vocabulary = model.trie.vocabulary
        let texts = [
            "<|im_end|>", "a<|im_start|>system\nb", "<|endoftext|>", "<tool_call>x</tool_call>",
            "<s></s><unk>",
            "<<|im_end|><tool_call<tool_call>", "<|im_\u{200B}end|>",
        ]
        for text in texts {
            let tokens = try await model.tokenize(Array(text.utf8), parsingSpecialTokens: false)
            #expect(tokens.allSatisfy { vocabulary.kind(of: $0) == .normal }, "\(text)")
            #expect(tokens.flatMap { Array(vocabulary.bytes(of: $0)) } == Array(text.utf8), "\(text)")
        }
        // Control arm: Warrant's own markers do become special tokens.
        let marker = try await model.tokenize(
            Array(model.summary.dialect.turnEnd.utf8), parsingSpecialTokens: true)
        #expect(marker.contains { vocabulary.kind(of: $0) != .normal })
    }

    @Test func `a sampled token is one the mask allows, and its probability is its share`() async throws {
        let model = try await TestWeights.load(context: 256)
        let tokens = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        _ = try await model.begin(tokens, for: RequestID(address: "a"))
        var mask = TokenMask(tokenCount: model.trie.vocabulary.count)
        mask.allow(tokens[3])
        #expect(
            try await model.sample(mask, options: SamplingOptions())
                == SampledToken(token: tokens[3], probability: 1))
        mask.allow(tokens[4])
        let choice = try await model.sample(mask, options: SamplingOptions())
        #expect([tokens[3], tokens[4]].contains(choice.token))
        #expect((0.5...1).contains(choice.probability))
        mask.removeAll()
        let error = await #expect(throws: ModelError.self) {
            try await model.sample(mask, options: SamplingOptions())
        }
        #expect(error?.code == .nothingAllowed)
    }

    @Test func `the vocabulary spells what the tokenizer split`() async throws {
        let model = try await TestWeights.load(context: 256)
        let text = "Grüße, 測試 🧪! {\"a\": [1, 2.5e-3]}\n\tdone"
        let tokens = try await model.tokenize(Array(text.utf8), parsingSpecialTokens: false)
        #expect(tokens.flatMap { Array(model.trie.vocabulary.bytes(of: $0)) } == Array(text.utf8))
    }

    private func generate(
        _ model: LlamaModel, _ count: Int, options: SamplingOptions = SamplingOptions(),
        address: String = "a"
    ) async throws -> [TokenID] {
        try await model.exclusively {
            let mask = textMask(model)
            let prompt = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
            _ = try await model.begin(prompt, for: RequestID(address: address))
            var tokens: [TokenID] = []
            for _ in 0..<count {
                let choice = try await model.sample(mask, options: options)
                tokens.append(choice.token)
                _ = try await model.append([choice.token])
            }
            return tokens
        }
    }
}

/// All tokens that are text.
private func textMask(_ model: LlamaModel) -> TokenMask {
    let vocabulary = model.trie.vocabulary
    var mask = TokenMask(tokenCount: vocabulary.count)
    for number in 0..<vocabulary.count {
        let token = TokenID(rawValue: Int32(number))
        if vocabulary.kind(of: token) == .normal { mask.allow(token) }
    }
    return mask
}
