import ModelRuntime
import Testing
import Tokens

/// Runs that agree in every bit.
@Suite(
    .serialized, .tags(.realModel), .enabled(if: TestWeights.entry != nil, TestWeights.reason),
    .timeLimit(.minutes(20)))
struct DeterminismTests {
    private static let story = """
        A tester found a fault on a Monday. The fault was small, and the report was long. She wrote down what \
        she did, what she saw, and what she expected to see instead. The next day
        """

    private func logits(_ model: LlamaModel) async throws -> [UInt32] {
        try await model.withLogits { logits in logits.indices.map { logits[$0].bitPattern } }
    }

    @Test func `logits are the same bits whatever was evaluated before`() async throws {
        let model = try await TestWeights.load(isDeterministic: true)
        let story = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        let prompt = Array(repeatElement(story, count: 6).joined().prefix(200))
        let answer = Array(story[5..<9])
        let request = RequestID(address: "a", keepsSequence: true)

        func turn() async throws -> (bits: [[UInt32]], reused: Int) {
            let cost = try await model.begin(prompt, opening: [story[2]], drafts: [story[3]], for: request)
            var bits = [try await logits(model)]
            for token in answer {
                _ = try await model.append([token], drafts: [story[0], story[1]])
                bits.append(try await logits(model))
            }
            return (bits, cost.reused)
        }

        let cold = try await turn()
        #expect(cold.reused == 0)
        // The next turn of the same conversation, and a prompt that shares some of it, and one that shares nothing.
        let next = prompt + [story[2]] + answer + story
        _ = try await model.begin(next, for: request)
        let nextBits = try await logits(model)
        _ = try await model.begin(Array(prompt[..<150] + story), for: request)
        let warm = try await turn()
        #expect(warm.reused == 128)
        #expect(warm.bits == cold.bits)
        _ = try await model.begin(Array(story.reversed()), for: request)
        #expect(try await turn().bits == cold.bits)
        // A resumed run evaluates as a prompt what an unbroken one had said itself.
        let fresh = try await TestWeights.load(isDeterministic: true)
        _ = try await fresh.begin(next, for: request)
        #expect(try await logits(fresh) == nextBits)
    }

    @Test func `generations take turns`() async throws {
        let model = try await TestWeights.load(parallel: 4, isDeterministic: true)
        let story = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        @Sendable func say(_ number: Int) async throws -> [UInt32] {
            try await model.exclusively {
                _ = try await model.begin(story + story[number...], for: RequestID(address: "\(number)"))
                _ = try await model.append([story[0]])
                return try await logits(model)
            }
        }
        let alone = [try await say(1), try await say(2), try await say(3)]
        async let first = say(1)
        async let second = say(2)
        async let third = say(3)
        #expect(try await [first, second, third] == alone)
    }
}
