import ConstrainedDecoding
import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import Tokens

/// `call-cost FILE`: what a call costs under the schemas of its functions, against the same call written freely.
///
/// Both have the same weights and the same context, which is evaluated before, and come one after the other, each first
/// every other time. The free one is the very tokens of the call, sampled from all of the vocabulary and evaluated one by
/// one.
enum CallCostCommand {
    static func run(_ arguments: PeerArguments) async throws {
        let cases = try PeerCommands.rows(ofFile: arguments.path).map { try CallCase($0) }
            .filter { !$0.isIrrelevance }
        let count = min(arguments.limit ?? cases.count, cases.count)
        let model = try await PeerCommands.loadedModel(arguments, contextTokenLimit: 8_192)
        var everything = TokenMask(tokenCount: model.trie.vocabulary.count)
        for number in 0..<Int32(everything.tokenCount) { everything.allow(TokenID(rawValue: number)) }
        var ratios: [Double] = []
        var constrained: [Double] = []
        var plain: [Double] = []
        for place in 0..<count {
            let item = cases[place * cases.count / count]
            let pair: (constrained: Double, plain: Double, tokenCount: Int)?
            do {
                pair = try await measure(item, on: model, mask: everything, rounds: arguments.rounds)
            } catch let error as PlanningError where error.code == .answerTooLong {
                // A call that comes to no end has no cost to compare, nor has one that was written again (`measure`).
                pair = nil
            }
            guard let pair else { continue }
            PeerCommands.detail(
                [
                    "id": .string(item.id), "tokens": .integer(pair.tokenCount),
                    "constrained_ms": PeerCommands.rounded(pair.constrained),
                    "plain_ms": PeerCommands.rounded(pair.plain),
                ], arguments)
            ratios.append(pair.constrained / pair.plain)
            constrained.append(pair.constrained)
            plain.append(pair.plain)
        }
        PeerCommands.result([
            "ratio": PeerCommands.rounded(PeerCommands.median(ratios)),
            "constrained_ms": PeerCommands.rounded(PeerCommands.median(constrained)),
            "plain_ms": PeerCommands.rounded(PeerCommands.median(plain)), "n": .integer(ratios.count),
        ])
    }

    /// Medians in milliseconds; nil without rounds, and for a call that was written again without an argument.
    ///
    /// - Throws: `PlanningError` with `answerTooLong` for a call that comes to no end.
    private static func measure(
        _ item: CallCase, on model: LlamaModel, mask: TokenMask, rounds: Int
    ) async throws -> (constrained: Double, plain: Double, tokenCount: Int)? {
        let dialect = model.summary.dialect
        let conversation = Conversation(
            address: item.id, goal: item.request, data: [], tools: item.tools, dialect: dialect)
        let grammar = try Planner.grammar(for: item.tools, dialect: dialect)
        func call(_ model: some LanguageModel) async throws -> Proposal {
            try await Planner(model: model, sampling: SamplingOptions()).propose(
                conversation, tools: item.tools, grammar: grammar, address: item.id, tokenLimit: 256)
        }
        let prompt = try await conversation.prompt.tokens(for: model)
        // Evaluates the prompt and compiles the masks, and tells the tokens.
        let noting = AppendedTokens(base: model)
        let known = try await call(noting)
        guard known.leftOut.isEmpty else { return nil }
        let tokens = try await tokens(of: known, noted: noting.tokens, on: model)
        var constrained: [Double] = []
        var plain: [Double] = []
        for round in 0..<rounds {
            for isPlain in [round % 2 == 1, round % 2 == 0] {
                if isPlain {
                    plain.append(try await write(tokens, after: prompt, on: model, mask: mask, address: item.id))
                } else {
                    let usage = try await call(model).usage
                    constrained.append((usage.promptTime + usage.answerTime).milliseconds)
                }
            }
        }
        _ = await model.dropFinished()
        guard let one = PeerCommands.median(constrained), let other = PeerCommands.median(plain) else { return nil }
        return (one, other, tokens.count)
    }

    /// All tokens of a call. Those behind its last choice were never evaluated.
    private static func tokens(
        of call: Proposal, noted: [TokenID], on model: LlamaModel
    ) async throws -> [TokenID] {
        let said = noted.flatMap { Array(model.trie.vocabulary.bytes(of: $0)) }
        let text = Array(call.text.utf8)
        guard text.starts(with: said) else {
            throw PeerServer.Problem(description: "The tokens of `\(call.text)` aren't its text.")
        }
        guard text.count > said.count else { return noted }
        let rest = try await model.tokenize([Array(text[said.count...])])
        return noted + rest[0]
    }

    /// Samples and evaluates token after token; how long that took, in milliseconds.
    private static func write(
        _ tokens: [TokenID], after prompt: [TokenID], on model: LlamaModel, mask: TokenMask, address: String
    ) async throws -> Double {
        try await model.exclusively {
            let started = ContinuousClock.now
            _ = try await model.begin(prompt, for: RequestID(address: address, keepsSequence: true))
            for (index, token) in tokens.enumerated() {
                _ = try await model.sample(mask, options: SamplingOptions())
                if index + 1 < tokens.count { _ = try await model.append([token]) }
            }
            return (ContinuousClock.now - started).milliseconds
        }
    }
}
