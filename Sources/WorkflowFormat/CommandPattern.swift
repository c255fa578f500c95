/// A command that may run, as an operator lists it, one a line.
///
/// A program alone permits any arguments, and to ``permitsChange(_:)`` none. With arguments, the words must be the same, word
/// for word; `*` in a word stands for any characters of that word, and `...` as the last word for any further words. (So does
/// sudoers.)
public struct CommandPattern: Hashable, Sendable {
    private let words: [String]

    /// The program that it names.
    public var program: String { words[0] }

    /// A pattern; `nil` for a line without words or with a quote that isn't closed.
    public init?(_ line: String) {
        guard let words = try? CommandWords.split(line), !words.isEmpty else { return nil }
        self.words = words
    }

    /// Whether a command may run by this pattern.
    public func permits(_ argv: [String]) -> Bool {
        guard let program = argv.first, words.first == program else { return false }
        if words.count == 1 { return true }
        var wanted = words[...]
        let isOpen = wanted.last == "..."
        if isOpen { wanted.removeLast() }
        guard isOpen ? argv.count >= wanted.count : argv.count == wanted.count else { return false }
        return zip(wanted, argv).allSatisfy { Self.matches(Array($0.utf8)[...], Array($1.utf8)[...]) }
    }

    /// Whether a command that may change something may run by this pattern: a program alone doesn't permit arguments then.
    public func permitsChange(_ argv: [String]) -> Bool {
        (words.count > 1 || argv.count == 1) && permits(argv)
    }

    /// Whether any of `lines` permits `argv`.
    public static func permits(_ argv: [String], by lines: [String]) -> Bool {
        lines.contains { CommandPattern($0)?.permits(argv) == true }
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>) -> Bool {
        let pieces = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else {
            return pattern.elementsEqual(word)
        }
        guard word.count >= first.count + last.count, word.starts(with: first),
            word.suffix(last.count).elementsEqual(last)
        else { return false }
        var rest = word.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            var start = rest.startIndex
            while start + piece.count <= rest.endIndex, !rest[start..<(start + piece.count)].elementsEqual(piece) {
                start += 1
            }
            guard start + piece.count <= rest.endIndex else { return false }
            rest = rest[(start + piece.count)...]
        }
        return true
    }
}
