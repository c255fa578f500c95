/// A pattern for relative paths: `?` is one character, `*` any characters but `/`, `**` any characters.
///
/// A pattern without `/` is matched with the file's name alone, so `*.md` finds Markdown files at any depth.
/// `**/x` also finds `x` itself. Other characters stand for themselves.
struct GlobPattern: Hashable, Sendable {
    private enum Element: Hashable, Sendable {
        case character(Character), anyCharacter, anyWithinName, anyAcrossFolders
    }

    private let elements: [Element]
    private let isNameOnly: Bool

    init(_ pattern: String) {
        var elements: [Element] = []
        var rest = pattern[...]
        while let character = rest.first {
            if rest.hasPrefix("**/") {
                elements.append(.anyAcrossFolders)
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("**") {
                elements.append(.anyAcrossFolders)
                rest = rest.dropFirst(2)
            } else {
                elements.append(
                    character == "*"
                        ? .anyWithinName : character == "?" ? .anyCharacter : .character(character))
                rest = rest.dropFirst()
            }
        }
        self.elements = elements
        isNameOnly = !pattern.contains("/")
    }

    /// Whether the pattern fits the whole of `path`, which is relative and uses `/`.
    ///
    /// - Complexity: O(*n* · *m*) for a path of *n* characters and a pattern of *m* elements.
    func matches(_ path: String) -> Bool {
        let text = Array(isNameOnly ? Substring(path.split(separator: "/").last ?? "") : path[...])
        // reachable[i]: the elements so far can fit the first i characters.
        var reachable = [Bool](repeating: false, count: text.count + 1)
        reachable[0] = true
        for element in elements {
            var next = [Bool](repeating: false, count: text.count + 1)
            for position in 0...text.count {
                switch element {
                case .character(let character):
                    next[position] =
                        position > 0 && reachable[position - 1] && text[position - 1] == character
                case .anyCharacter:
                    next[position] = position > 0 && reachable[position - 1] && text[position - 1] != "/"
                case .anyWithinName:
                    let extends = position > 0 && next[position - 1] && text[position - 1] != "/"
                    next[position] = reachable[position] || extends
                case .anyAcrossFolders:
                    next[position] = reachable[position] || (position > 0 && next[position - 1])
                }
            }
            reachable = next
        }
        return reachable[text.count]
    }
}
