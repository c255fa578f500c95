/// Brackets outside of quotation marks that are not closed, or not opened.
enum BracketBalance {
    private static let pairs = [")": "(", "]": "[", "}": "{"]

    /// `open X` and `stray X` for each kind of bracket that is left over.
    static func leftovers(in tokens: [LexicalToken]) -> Set<String> {
        var open: [String] = []
        var leftovers: Set<String> = []
        var isQuoted = false
        for token in tokens {
            if token.kind == "line" {
                isQuoted = false
            } else if token.isQuote {
                isQuoted.toggle()
            } else if isQuoted {
                continue
            } else if pairs.values.contains(token.kind) {
                open.append(token.kind)
            } else if let opening = pairs[token.kind] {
                if open.last == opening {
                    open.removeLast()
                } else {
                    leftovers.insert("stray " + token.kind)
                }
            }
        }
        return leftovers.union(open.map { "open " + $0 })
    }
}
