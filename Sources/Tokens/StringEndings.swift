/// The tokens that close a JSON string which they continue from between two characters, by what stands behind the quote.
///
/// Thousands of tokens share a few hundred endings such as `": "` or `"}`, so that a grammar asks once what may follow a
/// string rather than once a token.
package struct StringEndings: Sendable {
    /// The number of each token's ending; -1 if it closes no string.
    package let endingOfToken: [Int32]
    /// The endings without the quote, arranged; a token number in this trie is an ending's number. The empty ending,
    /// number 0, isn't in it.
    package let endings: FlatTrie
    /// How many endings there are.
    package let count: Int

    package static let empty: Int32 = 0

    init(_ vocabulary: Vocabulary) {
        var endingOfToken = [Int32](repeating: -1, count: vocabulary.count)
        var numbers: [[UInt8]: Int32] = [[]: Self.empty]
        var texts: [(bytes: [UInt8], kind: Vocabulary.Kind)] = [([], .normal)]
        for number in 0..<vocabulary.count {
            let bytes = vocabulary.bytes(of: TokenID(Int32(number)))
            guard let quote = Self.closingQuote(bytes) else { continue }
            let ending = Array(bytes[(quote + 1)...])
            if let known = numbers[ending] {
                endingOfToken[number] = known
                continue
            }
            numbers[ending] = Int32(texts.count)
            endingOfToken[number] = Int32(texts.count)
            texts.append((ending, .normal))
        }
        self.endingOfToken = endingOfToken
        count = texts.count
        let numbersOfTexts = (1..<max(1, texts.count)).map { TokenID(Int32($0)) }
        endings = FlatTrie(numbersOfTexts, of: Vocabulary(tokens: texts))
    }

    private static func closingQuote(_ bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { return index }
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }
}
