/// How much of one text's wording another one has.
///
/// Words are runs of letters, `camelCase` being two, without the commonest English ones, and cut after five letters, so
/// that `calculate` and `calculation` are one (F. Can et al., "Information Retrieval on Turkish Texts", JASIST 2008, found
/// such a cut as good as a stemmer that knows the language). A text in a script without gaps between words has few.
enum WordOverlap {
    private static let length = 5

    /// Words that say how a sentence is built, or that something is wanted, and not what about.
    private static let common: Set<String> = [
        "a", "an", "the", "of", "for", "to", "in", "on", "at", "by", "with", "and", "or", "is", "are", "was", "were",
        "be", "been", "i", "you", "me", "my", "we", "our", "us", "it", "its", "this", "that", "these", "those", "what",
        "which", "who", "whom", "whose", "how", "when", "where", "why", "do", "does", "did", "can", "could", "would",
        "will", "shall", "should", "may", "might", "must", "please", "if", "not", "no", "any", "some", "all", "as",
        "from", "into", "about", "than", "then", "there", "here", "have", "has", "had", "get", "find", "give", "show",
        "tell", "let", "use", "make", "want", "need", "like", "your", "their", "his", "her",
    ]

    /// The share of the words of `text` that are among `others`, 0...1; 0 where `text` has none.
    static func share(of text: String, in others: Set<String>) -> Double {
        let wanted = words(of: text)
        guard !wanted.isEmpty else { return 0 }
        return Double(wanted.intersection(others).count) / Double(wanted.count)
    }

    /// The different words of a text, as they are compared.
    static func words(of text: String) -> Set<String> {
        var words: Set<String> = []
        var word = ""
        var isBehindSmall = false
        func end() {
            let plain = word.lowercased()
            word = ""
            guard plain.count > 1, !common.contains(plain) else { return }
            words.insert(String(plain.prefix(length)))
        }
        for character in text {
            let isLetter = character.isLetter
            if !isLetter || (isBehindSmall && character.isUppercase) { end() }
            if isLetter { word.append(character) }
            isBehindSmall = character.isLowercase || character.isNumber
        }
        end()
        return words
    }
}
