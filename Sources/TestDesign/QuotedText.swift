/// Which characters of a statement stand inside quotation marks.
struct QuotedText {
    /// For each scalar whether it is outside; the marks count as inside.
    let isOutside: [Bool]
    /// The places of the texts inside closed quotation marks, without the marks.
    let quoted: [Quotation]
    /// Whether three marks in a row are not closed at the end.
    let isOpenLong: Bool

    /// A quotation: where its text stands, and in what marks.
    struct Quotation {
        let range: Range<Int>
        let mark: Unicode.Scalar
        let markLength: Int
    }

    init(_ scalars: [Unicode.Scalar]) {
        var outside = Array(repeating: true, count: scalars.count)
        var found: [Quotation] = []
        var isOpenLong = false
        var position = 0
        while position < scalars.count {
            let mark = scalars[position]
            guard mark == "\"" || mark == "'" else {
                position += 1
                continue
            }
            let length = Self.hasMarks(scalars, at: position, mark, 3) ? 3 : 1
            let start = position + length
            let end = Self.end(scalars, from: start, mark, length)
            if let end {
                found.append(Quotation(range: start..<end, mark: mark, markLength: length))
            } else if length == 1 {
                // A lone mark, an apostrophe for instance, is a character like any other.
                position += 1
                continue
            }
            isOpenLong = end == nil
            let stop = end.map { $0 + length } ?? scalars.count
            for index in position..<stop { outside[index] = false }
            position = stop
        }
        isOutside = outside
        quoted = found
        self.isOpenLong = isOpenLong
    }

    /// Where the closing marks begin. A quotation in single marks ends on its line.
    private static func end(
        _ scalars: [Unicode.Scalar], from start: Int, _ mark: Unicode.Scalar, _ length: Int
    ) -> Int? {
        var place = start
        while place < scalars.count {
            if length == 1, scalars[place] == "\n" { return nil }
            if hasMarks(scalars, at: place, mark, length) { return place }
            place += mark == "\"" && scalars[place] == "\\" ? 2 : 1
        }
        return nil
    }

    private static func hasMarks(
        _ scalars: [Unicode.Scalar], at place: Int, _ mark: Unicode.Scalar, _ length: Int
    ) -> Bool {
        place + length <= scalars.count && scalars[place..<(place + length)].allSatisfy { $0 == mark }
    }
}
