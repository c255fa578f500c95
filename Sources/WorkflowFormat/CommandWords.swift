/// Splits a command line into words with a shell's quoting rules and nothing else of a shell: no variables, no globs,
/// no pipes, no substitution.
public enum CommandWords {
    /// Why a command line can't be split.
    public struct QuotingError: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong.
        public let reason: String

        /// One sentence.
        public var description: String { "Can't split command: \(reason)." }
    }

    /// The words of `text`. White space separates; `'...'` is literal; `\` keeps the next character; inside `"..."` it
    /// does so before `"` and `\` only.
    public static func split(_ text: String) throws(QuotingError) -> [String] {
        var words: [String] = []
        var word: String?
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case " ", "\t", "\n", "\r":
                if let complete = word { words.append(complete) }
                word = nil
            case "'":
                guard let end = rest.firstIndex(of: "'") else {
                    throw QuotingError(reason: "a `'` isn't closed")
                }
                word = (word ?? "") + String(rest[..<end])
                rest = rest[rest.index(after: end)...]
            case "\"":
                word = (word ?? "") + (try quoted(&rest))
            case "\\":
                guard let next = rest.popFirst() else {
                    throw QuotingError(reason: "it ends in `\\`")
                }
                word = (word ?? "") + String(next)
            default:
                word = (word ?? "") + String(scalar)
            }
        }
        if let word { words.append(word) }
        return words
    }

    private static func quoted(_ rest: inout Substring.UnicodeScalarView) throws(QuotingError) -> String {
        var text = ""
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return text
            case "\\" where rest.first == "\"" || rest.first == "\\":
                if let next = rest.popFirst() { text.unicodeScalars.append(next) }
            default: text.unicodeScalars.append(scalar)
            }
        }
        throw QuotingError(reason: "a `\"` isn't closed")
    }
}
