import JSONSchemas
import PolicyEngine

/// A snippet of a source, cut at the value that was taken from it.
struct SnippetMark: Hashable {
    /// What stands before the value.
    let before: String
    /// The value, as far as the snippet has it; empty where it isn't in it.
    let marked: String
    /// What stands behind it.
    let after: String

    /// Scalars of a value that must stand in the snippet, where the value is longer than the snippet.
    private static let least = 12

    /// The place of `value` in `snippet`. Of a list or an object, the first text in it that is there counts.
    init(_ snippet: SourceSnippet, value: JSONValue) {
        let text = Array(snippet.text.unicodeScalars)
        if snippet.isVerbatim {
            for candidate in Self.texts(in: value).prefix(4) {
                let wanted = Array(VisibleText.line(candidate).unicodeScalars)
                guard let range = Self.range(of: wanted, in: text) else { continue }
                before = Self.string(text[..<range.lowerBound])
                marked = Self.string(text[range])
                after = Self.string(text[range.upperBound...])
                return
            }
        }
        before = snippet.text
        marked = ""
        after = ""
    }

    /// Where the value stands: whole, or its beginning up to the snippet's end.
    private static func range(of wanted: [Unicode.Scalar], in text: [Unicode.Scalar]) -> Range<Int>? {
        guard !wanted.isEmpty, !text.isEmpty else { return nil }
        var best: Range<Int>?
        for start in text.indices where text[start] == wanted[0] {
            var end = start
            while end < text.count, end - start < wanted.count, text[end] == wanted[end - start] { end += 1 }
            if end - start == wanted.count { return start..<end }
            if end - start >= least, end - start > best?.count ?? 0 { best = start..<end }
        }
        return best
    }

    private static func texts(in value: JSONValue) -> [String] {
        if let text = value.stringValue { return text.isEmpty ? [] : [text] }
        if let items = value.arrayValue { return items.flatMap(texts) }
        if let members = value.objectValue { return members.flatMap { texts(in: $0.value) } }
        return value.isNull || value.boolValue != nil ? [] : [value.serialized()]
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
