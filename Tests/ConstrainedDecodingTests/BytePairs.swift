import Tokens

/// A byte-pair encoding learnt from texts: every token is made of two that were learnt before it.
struct BytePairs: Sendable {
    let trie: TokenTrie
    private let ranks: [[UInt8]: Int]

    /// Learns `count` tokens beside the single bytes.
    init(texts: [[UInt8]], count: Int) {
        var tokens: [[UInt8]] = (0...255).map { [UInt8($0)] }
        var known: [[UInt8]: Int] = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, $0) })
        var splits = texts.map { text in text.map { [$0] } }
        while tokens.count < 256 + count {
            var counts: [[UInt8]: Int] = [:]
            for split in splits {
                for (left, right) in zip(split, split.dropFirst()) where known[left + right] == nil {
                    counts[left + right, default: 0] += 1
                }
            }
            // The commonest, and of equally common ones the first in the alphabet: the same on every machine.
            let best = counts.max {
                $0.value != $1.value ? $0.value < $1.value : $1.key.lexicographicallyPrecedes($0.key)
            }
            guard let best else { break }
            known[best.key] = tokens.count
            tokens.append(best.key)
            splits = splits.map { Self.merged($0, into: best.key) }
        }
        ranks = known
        trie = TokenTrie(
            Vocabulary(tokens: tokens.map { ($0, .normal) } + [([], .endOfGeneration)]))
    }

    private static func merged(_ split: [[UInt8]], into token: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for part in split {
            if let last = result.last, last + part == token {
                result[result.count - 1] = token
            } else {
                result.append(part)
            }
        }
        return result
    }

    /// The tokens of `text`: the pair that was learnt first is merged first.
    func tokens(of text: [UInt8]) -> [TokenID] {
        var split = text.map { [$0] }
        while true {
            let pairs = zip(split, split.dropFirst()).compactMap { ranks[$0 + $1] }
            guard let first = pairs.min() else { break }
            let token = Array(trie.vocabulary.bytes(of: TokenID(Int32(first))))
            split = Self.mergedPairs(split, into: token, rank: first, ranks: ranks)
        }
        return split.compactMap { ranks[$0].map { TokenID(Int32($0)) } }
    }

    private static func mergedPairs(
        _ split: [[UInt8]], into token: [UInt8], rank: Int, ranks: [[UInt8]: Int]
    ) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var index = 0
        while index < split.count {
            if index + 1 < split.count, split[index] + split[index + 1] == token {
                result.append(token)
                index += 2
            } else {
                result.append(split[index])
                index += 1
            }
        }
        return result
    }
}
