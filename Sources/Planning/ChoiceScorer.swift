import Foundation
import JSONSchemas
import ModelRuntime
import Tokens

/// Weighs the options of closed choices in a finished answer.
///
/// All options of a choice are one tree of tokens behind what the answer has before them, which is still resident, so a
/// choice costs one batch.
struct ChoiceScorer {
    let model: any LanguageModel
    let prompt: [TokenID]
    /// The answer's tokens.
    let answer: [TokenID]
    let bytes: [UInt8]
    let request: RequestID

    /// The shares of each of `choices` that the answer has, by pointer; nil from a model that can't score text.
    func shares(
        of choices: [ClosedChoice], usage: inout TokenUsage
    ) async throws -> [String: ChoiceShares]? {
        let ranges = ValueSpans.ranges(in: bytes)
        let present = choices.compactMap { choice in ranges[choice.pointer].map { (choice: choice, range: $0) } }
        var all: [String: ChoiceShares] = [:]
        // From the last to the first: what stands before a choice is then part of what is resident.
        for (choice, range) in present.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            guard let logarithms = try await logarithms(of: choice.options, at: range.lowerBound, usage: &usage) else {
                return nil
            }
            all[choice.pointer] = ChoiceShares(options: choice.options, logarithms: logarithms)
        }
        return all
    }

    /// The log probability of each option at `place` of the answer.
    private func logarithms(
        of options: [JSONValue], at place: Int, usage: inout TokenUsage
    ) async throws -> [Double]? {
        var start = 0
        var count = 0
        while count < answer.count {
            let length = model.trie.vocabulary.bytes(of: answer[count]).count
            guard start + length <= place else { break }
            start += length
            count += 1
        }
        // Without its end, as the token of a closing quote reaches beyond it.
        let texts = options.map { option in
            let text = option.serializedBytes(.spaced)
            return option.stringValue == nil ? text : Array(text.dropLast())
        }
        let spelled = try await model.tokenize(texts.map { Array(bytes[start..<place]) + $0 })
        var continuations: [[TokenID]] = []
        var owners: [Int] = []
        for (index, text) in texts.enumerated() {
            // Where another option goes on from this one, what goes on is no part of it.
            let isStart = texts.contains { $0.count > text.count && $0.starts(with: text) }
            let ended =
                isStart ? endings(of: spelled[index], isString: options[index].stringValue != nil) : [spelled[index]]
            continuations += ended
            owners += Array(repeating: index, count: ended.count)
        }
        guard
            let found = try await model.logLikelihoods(
                of: continuations, after: prompt + answer[..<count], for: request)
        else { return nil }
        usage.count(found.evaluation)
        var logarithms = Array(repeating: -Double.infinity, count: options.count)
        for (owner, value) in zip(owners, found.values) {
            logarithms[owner] = Self.sum(logarithms[owner], value)
        }
        return logarithms
    }

    /// `tokens` with every token of the vocabulary behind them that ends the value, whatever it has behind that end, and
    /// with every one in the place of the last that is both its text and the end. No two are the same text in the
    /// same tokens, so that their probabilities add up.
    private func endings(of tokens: [TokenID], isString: Bool) -> [[TokenID]] {
        let vocabulary = model.trie.vocabulary
        let ends = Array((isString ? "\"" : ",}] \n\r\t").utf8)
        let last = tokens.last.map { Array(vocabulary.bytes(of: $0)) } ?? []
        var result: [[TokenID]] = []
        for number in 0..<Int32(vocabulary.count) {
            let token = TokenID(rawValue: number)
            let bytes = vocabulary.bytes(of: token)
            guard let first = bytes.first, vocabulary.kind(of: token) == .normal else { continue }
            if ends.contains(first) { result.append(tokens + [token]) }
            if !last.isEmpty, bytes.count > last.count, bytes.starts(with: last),
                ends.contains(bytes[bytes.startIndex + last.count])
            {
                result.append(tokens.dropLast() + [token])
            }
        }
        return result
    }

    /// log(e^a + e^b).
    private static func sum(_ left: Double, _ right: Double) -> Double {
        let top = max(left, right)
        return top.isFinite ? top + log(exp(left - top) + exp(right - top)) : top
    }
}
