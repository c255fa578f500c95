/// A path below the folder under repair, in the one spelling in which two of them are compared: without `.` and without
/// doubled, leading or trailing slashes. Compared byte by byte.
struct FolderPath: Hashable {
    private static let slash = UInt8(ascii: "/")
    private static let here = [UInt8(ascii: ".")]
    private static let up = [UInt8(ascii: "."), UInt8(ascii: ".")]

    /// The names on the way; never empty.
    private let parts: [[UInt8]]

    /// The path as text.
    var text: String { String(decoding: Array(parts.joined(separator: [Self.slash])), as: UTF8.self) }

    /// A path; nil for one that is absolute, leads up, or names the folder itself.
    init?(_ text: String) {
        let parts = Self.parts(of: text)
        guard !text.utf8.starts(with: [Self.slash]), !parts.isEmpty, !parts.contains(Self.up) else { return nil }
        self.parts = parts
    }

    /// The path that a word of a command may be, `..` followed by the words alone; nil where it names nothing below the
    /// folder.
    init?(word: String) {
        guard !word.utf8.starts(with: [Self.slash]) else { return nil }
        var parts: [[UInt8]] = []
        for part in Self.parts(of: word) {
            guard part == Self.up else {
                parts.append(part)
                continue
            }
            guard parts.popLast() != nil else { return nil }
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    /// Whether `other` is this path or lies below it.
    func contains(_ other: FolderPath) -> Bool { other.parts.starts(with: parts) }

    /// Whether a change of the path would be listed in the very same spelling: a backslash and what can't be seen are
    /// listed in another one.
    var isListedAsWritten: Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: scalar != "\\" && !scalar.properties.isNoncharacterCodePoint
            }
        }
    }

    private static func parts(of text: String) -> [[UInt8]] {
        text.utf8.split(separator: slash).map { Array($0) }.filter { $0 != here }
    }
}
