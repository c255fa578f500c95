import Tokens

/// Tokenizes text as it is behind other text.
///
/// SentencePiece vocabularies put a blank before a text's first token. A part of an answer has none, so it is tokenized
/// behind a line feed, which merges with nothing, and the tokens up to there are dropped.
struct InnerText {
    private let addsBlank: Bool

    /// Tries what `tokenize` makes of a letter.
    init(
        vocabulary: Vocabulary, _ tokenize: ([UInt8]) throws(ModelError) -> [Int32]
    ) throws(ModelError) {
        let letter: [UInt8] = [UInt8(ascii: "a")]
        addsBlank = try tokenize(letter).flatMap { vocabulary.bytes(of: TokenID($0)) } != letter
    }

    func tokens(
        of bytes: [UInt8], vocabulary: Vocabulary, _ tokenize: ([UInt8]) throws(ModelError) -> [Int32]
    ) throws(ModelError) -> [Int32] {
        guard addsBlank else { return try tokenize(bytes) }
        let tokens = try tokenize([UInt8(ascii: "\n")] + bytes)
        var start: [UInt8] = []
        for (index, token) in tokens.enumerated() {
            start += vocabulary.bytes(of: TokenID(token))
            if start == Array(" \n".utf8) { return Array(tokens[(index + 1)...]) }
        }
        return try tokenize(bytes)
    }
}
