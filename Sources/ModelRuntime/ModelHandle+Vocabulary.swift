import CLlama
import Tokens

extension ModelHandle {
    /// The vocabulary as bytes, and the spellings of markers that llama.cpp recognizes even in text that is
    /// tokenized with special tokens off.
    ///
    /// - Complexity: O(*n*) in the number of tokens, about 0.1 µs a token.
    func readVocabulary() -> (vocabulary: Vocabulary, markers: [[UInt8]]) {
        var tokens: [(bytes: [UInt8], kind: Vocabulary.Kind)] = []
        tokens.reserveCapacity(tokenCount)
        var markers: [[UInt8]] = []
        for token in 0..<Int32(tokenCount) {
            var bytes: [UInt8] = []
            let attributes = attributes(of: token)
            if isEndOfGeneration(token) {
                tokens.append(([], .endOfGeneration))
            } else if attributes & (LLAMA_TOKEN_ATTR_CONTROL.rawValue | LLAMA_TOKEN_ATTR_UNKNOWN.rawValue)
                != 0
            {
                tokens.append(([], .control))
            } else if attributes & LLAMA_TOKEN_ATTR_UNUSED.rawValue != 0 {
                tokens.append(([], .unused))
            } else {
                appendPiece(of: token, to: &bytes)
                let isMarker =
                    attributes & LLAMA_TOKEN_ATTR_USER_DEFINED.rawValue != 0 && bytes.count > 2
                    && bytes.first == UInt8(ascii: "<") && bytes.last == UInt8(ascii: ">")
                if isMarker { markers.append(bytes) }
                tokens.append((bytes, isMarker ? .control : bytes.isEmpty ? .unused : .normal))
            }
        }
        return (Vocabulary(tokens: tokens), markers)
    }
}
