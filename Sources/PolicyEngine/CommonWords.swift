/// Words that stand in texts about anything, so that one of them alone names nothing.
enum CommonWords {
    /// Whether `word`, in lower case, is such a word; a single letter always is.
    static func contains(_ word: String) -> Bool {
        let scalars = word.unicodeScalars
        if scalars.count == 1, let first = scalars.first, first.isASCII { return true }
        return words.contains(word)
    }

    /// Articles, pronouns, prepositions, conjunctions and auxiliary verbs of English, and the most frequent ones of
    /// German, French and Spanish.
    private static let words: Set<String> = [
        "an", "the", "this", "that", "these", "those", "he", "she", "it", "its", "we", "us", "you", "your", "yours",
        "they", "them", "their", "theirs", "him", "his", "her", "hers", "our", "ours", "me", "my", "mine", "who",
        "whom", "whose", "which", "what", "where", "when", "why", "how", "of", "at", "by", "for", "with", "about",
        "against", "between", "into", "through", "during", "before", "after", "above", "below", "to", "from", "up",
        "down", "in", "out", "on", "off", "over", "under", "again", "further", "then", "once", "here", "there", "all",
        "any", "both", "each", "every", "few", "more", "most", "other", "others", "some", "such", "no", "nor", "not",
        "only", "own", "same", "so", "than", "too", "very", "and", "but", "if", "or", "because", "as", "until", "while",
        "per", "via", "also", "just", "please", "am", "is", "are", "was", "were", "be", "been", "being", "have", "has",
        "had", "having", "do", "does", "did", "doing", "can", "could", "should", "would", "will", "shall", "may",
        "might", "must", "let", "yes", "one", "new", "get", "make", "using", "use", "within", "without", "since",
        "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "und", "oder", "aber",
        "mit", "von", "vom", "zum", "zur", "bei", "auf", "aus", "nach", "ist", "sind", "im", "zu", "nicht", "bitte",
        "le", "la", "les", "un", "une", "du", "de", "et", "ou", "mais", "avec", "pour", "par", "sur", "dans", "est",
        "sont", "pas", "ne", "ce", "cette", "ces", "mon", "mes", "votre", "vos",
        "el", "los", "las", "una", "unos", "unas", "del", "al", "y", "pero", "con", "para", "por", "en", "es", "son",
        "que", "como", "mi", "su", "sus",
    ]
}
