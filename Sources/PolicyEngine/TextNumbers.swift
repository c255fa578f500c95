/// The numbers that a text writes as wholes.
enum TextNumbers {
    /// The values, `1,200.50` being 1200.5; what is part of a word, a date, a time, a version or an address is none.
    static func all(in text: [Unicode.Scalar]) -> Set<Double> {
        var found: Set<Double> = []
        var index = 0
        while index < text.count {
            guard PreparedText.isDigit(text[index]) else {
                index += 1
                continue
            }
            let start = index
            // Everything that may belong to it; then it is a number as a whole or not at all.
            while index < text.count, belongs(text, index) { index += 1 }
            var first = start
            while first > 0,
                PreparedText.isWord(text[first - 1]) || "@./-:_#\\+~".unicodeScalars.contains(text[first - 1])
            {
                first -= 1
            }
            guard let value = value(of: text[start..<index]) else { continue }
            switch start - first {
            case 0: found.insert(value)
            // A sign, and not the hyphen of a range.
            case 1 where text[first] == "-" && (first == 0 || PreparedText.isSpace(text[first - 1])):
                found.insert(-value)
            case 1 where text[first] == "+" && (first == 0 || PreparedText.isSpace(text[first - 1])):
                found.insert(value)
            default: break
            }
        }
        return found
    }

    private static func belongs(_ text: [Unicode.Scalar], _ index: Int) -> Bool {
        if PreparedText.isWord(text[index]) { return true }
        let next = index + 1 < text.count ? text[index + 1] : PreparedText.space
        return "@./-:,_\\".unicodeScalars.contains(text[index]) && PreparedText.isWord(next)
    }

    private static func value(of scalars: ArraySlice<Unicode.Scalar>) -> Double? {
        let text = String(String.UnicodeScalarView(scalars))
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        let groups = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        guard
            groups.count == 1 || ((1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 })
        else { return nil }
        let digits = groups.joined() + (parts.count == 2 ? "." + parts[1] : "")
        guard digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
        return Double(digits)
    }
}
