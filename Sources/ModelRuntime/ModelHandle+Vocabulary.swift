import CLlama
import Tokens

extension ModelHandle {
    /// The vocabulary as bytes, and the spellings of its control tokens; see ``ControlTokens``.
    func readVocabulary() -> (vocabulary: Vocabulary, markers: [[UInt8]]) {
        var entries: [VocabularyEntry] = []
        entries.reserveCapacity(tokenCount)
        var byteTokens: [[UInt8]] = []
        for token in 0..<Int32(tokenCount) {
            let attributes = attributes(of: token)
            var bytes: [UInt8] = []
            appendPiece(of: token, to: &bytes)
            let flag = Self.flag(of: attributes)
            entries.append(
                VocabularyEntry(
                    // The spelling in the file is only wanted where it may be one of a marker.
                    text: flag == .normal && !isEndOfGeneration(token) ? bytes : text(of: token), bytes: bytes,
                    flag: flag, endsGeneration: isEndOfGeneration(token)))
            // A text that spells out `<0x0A>` is six characters and no line feed.
            if attributes & LLAMA_TOKEN_ATTR_BYTE.rawValue != 0 { byteTokens.append(text(of: token)) }
        }
        let found = ControlTokens.vocabulary(of: entries)
        return (found.vocabulary, found.markers + byteTokens)
    }

    /// The tokens of all `parts`, each tokenized apart.
    func tokens(of parts: [ArraySlice<UInt8>], parsingSpecialTokens: Bool) throws(ModelError) -> [Int32] {
        var tokens: [Int32] = []
        for part in parts {
            guard let more = tokenize(part, parsingSpecialTokens: parsingSpecialTokens) else {
                throw ModelError(
                    .tokenizeFailed, "tokenize \(part.count) bytes", LlamaBackend.errors ?? "llama.cpp refused them")
            }
            tokens += more
        }
        return tokens
    }

    private static func flag(of attributes: UInt32) -> VocabularyEntry.Flag {
        if attributes & LLAMA_TOKEN_ATTR_UNUSED.rawValue != 0 { return .unused }
        if attributes & (LLAMA_TOKEN_ATTR_CONTROL.rawValue | LLAMA_TOKEN_ATTR_UNKNOWN.rawValue) != 0 { return .control }
        return attributes & LLAMA_TOKEN_ATTR_USER_DEFINED.rawValue != 0 ? .userDefined : .normal
    }
}
