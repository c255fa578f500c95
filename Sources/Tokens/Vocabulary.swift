/// All tokens of a model, as the bytes they stand for.
///
/// A token's bytes need not be whole UTF-8: a character may be split over several tokens.
public struct Vocabulary: Sendable {
    /// What a token is for.
    public enum Kind: UInt8, Hashable, Sendable {
        /// Text: its bytes are appended to the output.
        case normal
        /// A marker such as the start of a turn; never text, whatever its spelling looks like.
        case control
        /// Ends the generation.
        case endOfGeneration
        /// Padding; a model has no use for it.
        case unused
    }

    private let contents: [UInt8]
    /// Where each token's bytes start in `contents`, and one more: where the last one's end.
    private let offsets: [Int]
    private let kinds: [Kind]

    /// The tokens that end the generation, in ascending order.
    public let endOfGeneration: [TokenID]

    /// A vocabulary whose token number *i* is `tokens[i]`.
    public init(tokens: [(bytes: [UInt8], kind: Kind)]) {
        precondition(tokens.count <= Int(Int32.max), "A vocabulary has at most 2147483647 tokens.")
        var contents: [UInt8] = []
        contents.reserveCapacity(tokens.reduce(0) { $0 + $1.bytes.count })
        var offsets = [0]
        offsets.reserveCapacity(tokens.count + 1)
        for token in tokens {
            contents.append(contentsOf: token.bytes)
            offsets.append(contents.count)
        }
        self.contents = contents
        self.offsets = offsets
        kinds = tokens.map(\.kind)
        endOfGeneration = kinds.indices.filter { tokens[$0].kind == .endOfGeneration }.map {
            TokenID(Int32($0))
        }
    }

    /// How many tokens there are, those without a use included.
    public var count: Int { kinds.count }

    /// The bytes that `token` stands for; `token` must be part of the vocabulary.
    /// - Complexity: O(1)
    public func bytes(of token: TokenID) -> ArraySlice<UInt8> {
        let index = Int(token.rawValue)
        return contents[offsets[index]..<offsets[index + 1]]
    }

    /// What `token` is for; `token` must be part of the vocabulary.
    /// - Complexity: O(1)
    public func kind(of token: TokenID) -> Kind {
        kinds[Int(token.rawValue)]
    }

    /// Whether `token` is one of this vocabulary's numbers.
    public func contains(_ token: TokenID) -> Bool {
        kinds.indices.contains(Int(token.rawValue))
    }

    /// The 256 single bytes, then one token (number 256) that ends the generation.
    public static let bytes = Vocabulary(
        tokens: (0...255).map { ([UInt8($0)], .normal) } + [([], .endOfGeneration)])
}
