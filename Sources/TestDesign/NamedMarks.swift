/// The punctuation marks that a rule speaks of, by name or in a code span.
enum NamedMarks {
    private static let names: [String: String] = [
        "comma": ",", "commas": ",", "dot": ".", "dots": ".", "point": ".", "period": ".", "equals": "=", "equal": "=",
        "colon": ":", "colons": ":", "semicolon": ";", "semicolons": ";", "underscore": "_", "underscores": "_",
        "plus": "+", "minus": "-", "hyphen": "-", "hyphens": "-", "dash": "-", "dashes": "-", "sign": "+-", "bar": "|",
        "bars": "|",
    ]

    static func marks(in quote: String) -> Set<Unicode.Scalar> {
        var found: Set<Unicode.Scalar> = []
        let speech = quote.lowercased().replacing(/`[^`]*`/, with: " ")
        for match in speech.matches(of: /[a-z]+/) {
            found.formUnion((names[String(match.output)] ?? "").unicodeScalars)
        }
        for match in quote.matches(of: /`([^`A-Za-z0-9 ])`/) { found.formUnion(match.output.1.unicodeScalars) }
        return found
    }
}
