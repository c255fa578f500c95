import Synchronization

/// A vocabulary arranged for finding all tokens that a grammar allows at once. Cheap to copy.
///
/// Beside the trie of all text tokens it keeps which tokens close a JSON string, and with what behind it.
public struct TokenTrie: Sendable {
    private final class Storage: Sendable {
        let vocabulary: Vocabulary
        let all: FlatTrie
        let stringEndings: StringEndings
        let identity = Storage.count.add(1, ordering: .relaxed).newValue
        private static let count = Atomic<Int>(0)

        init(_ vocabulary: Vocabulary) {
            self.vocabulary = vocabulary
            var all: [TokenID] = []
            all.reserveCapacity(vocabulary.count)
            for number in 0..<vocabulary.count {
                let token = TokenID(Int32(number))
                let count = vocabulary.bytes(of: token).count
                guard vocabulary.kind(of: token) == .normal, count > 0, count <= TokenTrie.tokenByteLimit else {
                    continue
                }
                all.append(token)
            }
            self.all = FlatTrie(all, of: vocabulary)
            stringEndings = StringEndings(vocabulary)
        }
    }

    private let storage: Storage

    /// Longer tokens are never offered: a grammar looks no further ahead than this.
    public static let tokenByteLimit = 128

    /// Arranges `vocabulary`; roughly 0.1 s for 151,000 tokens.
    ///
    /// Only tokens of kind `normal` that have bytes, at most ``tokenByteLimit``, are part of the trie.
    public init(_ vocabulary: Vocabulary) {
        storage = Storage(vocabulary)
    }

    /// What was arranged.
    public var vocabulary: Vocabulary { storage.vocabulary }

    /// Whether both are the same arrangement, not only equal ones.
    package func isSame(as other: TokenTrie) -> Bool { storage === other.storage }

    /// Which arrangement this is; never that of another one in this process.
    package var identity: Int { storage.identity }

    /// All text tokens.
    package var all: FlatTrie { storage.all }

    /// The tokens that close a string.
    package var stringEndings: StringEndings { storage.stringEndings }

    /// Adds to `mask` each text token whose bytes `recognizer` accepts, and leaves `recognizer` as it was.
    @inlinable
    public func allowTokens(in mask: inout TokenMask, recognizer: inout some ByteRecognizer) {
        allForWalks.allowTokens(in: &mask, recognizer: &recognizer)
    }

    @usableFromInline var allForWalks: FlatTrie { storage.all }
}
