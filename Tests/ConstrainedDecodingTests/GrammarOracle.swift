import ConstrainedDecoding
import Testing
import Tokens

/// All documents of a grammar as a tree of bytes, which knows every mask without a grammar.
struct GrammarOracle {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Node {
        var children: [(byte: UInt8, node: Int)] = []
        var isEnd = false
        var parent = 0
        var byte: UInt8 = 0
    }

    private var nodes = [Node()]

    init(documents: some Sequence<[UInt8]>) {
        for document in documents {
            var node = 0
            for byte in document {
                if let next = child(of: node, byte) {
                    node = next
                } else {
                    nodes.append(Node(parent: node, byte: byte))
                    nodes[node].children.append((byte, nodes.count - 1))
                    node = nodes.count - 1
                }
            }
            nodes[node].isEnd = true
        }
    }

    var nodeCount: Int { nodes.count }

    private func child(of node: Int, _ byte: UInt8) -> Int? {
        nodes[node].children.first { $0.byte == byte }?.node
    }

    private func path(to node: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var node = node
        while node != 0 {
            bytes.append(nodes[node].byte)
            node = nodes[node].parent
        }
        return bytes.reversed()
    }

    /// What is wrong with `grammar` behind the start of a document that `node` stands for; `nil` if nothing is.
    ///
    /// `comparesElements`: whether elements of an array are compared with each other.
    func fault(of grammar: Grammar, at node: Int, comparesElements: Bool) -> String? {
        let prefix = path(to: node)
        let shown = "`\(String(decoding: prefix, as: UTF8.self))`"
        var matcher = GrammarMatcher(grammar: grammar, trie: SmallVocabulary.trie)
        guard (try? matcher.consume(bytes: prefix)) != nil else { return "\(shown) can't be reached" }
        if matcher.isAccepting != nodes[node].isEnd {
            return "\(shown) may \(matcher.isAccepting ? "" : "not ")end"
        }
        let forced = matcher.forcedBytes()
        let expected = forcedBytes(from: node)
        // What depends on the texts of earlier elements isn't looked into.
        if forced != expected, !(comparesElements && expected.starts(with: forced)) {
            return """
                behind \(shown), `\(String(decoding: forced, as: UTF8.self))` is fixed and not \
                `\(String(decoding: expected, as: UTF8.self))`
                """
        }
        var mask = TokenMask(tokenCount: SmallVocabulary.vocabulary.count)
        matcher.computeMask(&mask)
        let wrong = (0..<Int32(SmallVocabulary.vocabulary.count)).map { TokenID($0) }.filter {
            mask.contains($0) != allows($0, at: node)
        }
        guard let first = wrong.first else { return nil }
        let texts = wrong.prefix(8).map {
            "`\(String(decoding: SmallVocabulary.vocabulary.bytes(of: $0), as: UTF8.self))`"
        }
        return """
            behind \(shown), \(wrong.count) tokens are wrong: \(texts.joined(separator: ", ")); the first is \
            \(mask.contains(first) ? "allowed" : "denied")
            """
    }

    private func allows(_ token: TokenID, at node: Int) -> Bool {
        switch SmallVocabulary.vocabulary.kind(of: token) {
        case .control, .unused: return false
        case .endOfGeneration: return nodes[node].isEnd
        case .normal:
            var place = node
            for byte in SmallVocabulary.vocabulary.bytes(of: token) {
                guard let next = child(of: place, byte) else { return false }
                place = next
            }
            return true
        }
    }

    private func forcedBytes(from node: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var place = node
        // A document that ends is a choice as well: to end.
        while !nodes[place].isEnd, nodes[place].children.count == 1, let only = nodes[place].children.first {
            bytes.append(only.byte)
            place = only.node
        }
        return bytes
    }
}
