/// One statement of an example, for making others from it.
struct Statement {
    let scalars: [Unicode.Scalar]
    let quotes: QuotedText

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        quotes = QuotedText(scalars)
    }

    var text: String { Self.string(scalars) }

    /// The places outside quotation marks whose character `holds`.
    func places(where holds: (Unicode.Scalar) -> Bool) -> [Int] {
        scalars.indices.filter { quotes.isOutside[$0] && holds(scalars[$0]) }
    }

    /// The longest runs of such characters that begin outside quotation marks.
    func runs(of holds: (Unicode.Scalar) -> Bool) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        while start < scalars.count {
            guard holds(scalars[start]) else {
                start += 1
                continue
            }
            var end = start
            while end < scalars.count, holds(scalars[end]) { end += 1 }
            if quotes.isOutside[start] { found.append(start..<end) }
            start = end
        }
        return found
    }

    /// The character before `place`, or nil at the start.
    func before(_ place: Int) -> Unicode.Scalar? { place > 0 ? scalars[place - 1] : nil }

    /// The character at `place`, or nil at the end.
    func at(_ place: Int) -> Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    func replacing(_ range: Range<Int>, with text: String) -> String {
        Self.string(scalars[..<range.lowerBound]) + text + Self.string(scalars[range.upperBound...])
    }

    func inserting(_ text: String, at place: Int) -> String { replacing(place..<place, with: text) }

    func prefix(_ end: Int) -> String { Self.string(scalars[..<end]) }

    func part(_ range: Range<Int>) -> String { Self.string(scalars[range]) }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool { isDigit(scalar) || isLetter(scalar) || scalar == "_" }
}
