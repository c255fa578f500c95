/// Something that follows bytes one at a time and can take the last ones back: what a token trie is walked with.
public protocol ByteRecognizer {
    /// Follows `byte` if it may come next; otherwise changes nothing and returns `false`.
    mutating func tryConsume(_ byte: UInt8) -> Bool

    /// Takes the last `count` consumed bytes back.
    mutating func rollback(_ count: Int)
}
