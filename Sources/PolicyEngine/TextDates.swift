/// A date, with a time of day or without.
struct TextDate: Hashable, Sendable {
    /// Nil where a text leaves the year to the reader.
    let year: Int?
    let month: Int
    let day: Int
    /// Minutes since midnight.
    let minute: Int?

    /// Reads `2024-05-19`, and with a time `2024-05-19 16:00` or `2024-05-19T16:00:00`.
    init?(iso text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard bytes.count >= range.upperBound, bytes[range].allSatisfy({ (48...57).contains($0) }) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 48) }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        guard bytes.count > 10 else {
            minute = nil
            return
        }
        guard bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"), let hour = number(11..<13),
            let minutes = number(14..<16), bytes[13] == UInt8(ascii: ":"), hour < 24, minutes < 60
        else { return nil }
        if bytes.count > 16 {
            // A time to the second is found only where it is a whole minute.
            guard bytes.count == 19, bytes[16] == UInt8(ascii: ":"), number(17..<19) == 0 else { return nil }
        }
        minute = hour * 60 + minutes
    }

    init(year: Int?, month: Int, day: Int) {
        (self.year, self.month, self.day, minute) = (year, month, day, nil)
    }
}

/// The dates and times of day that a text writes.
struct TextDates: Hashable, Sendable {
    private var dates: Set<TextDate> = []
    private var minutes: Set<Int> = []

    /// Whether the text writes the date, and the time where there is one.
    func holds(_ date: TextDate, anyTimeOfDay: Bool) -> Bool {
        let isWritten =
            dates.contains(TextDate(year: date.year, month: date.month, day: date.day))
            || dates.contains(TextDate(year: nil, month: date.month, day: date.day))
        guard isWritten else { return false }
        return anyTimeOfDay || date.minute.map(minutes.contains) ?? true
    }

    private enum Part: Equatable {
        case number(Int, digits: Int)
        case word(String)
        case mark(Unicode.Scalar)
    }

    /// Finds `2024-05-19`, `May 19th, 2024`, `19 May`, `the 19th of May 2024`, and `16:00`, `4 pm`, `4:30 pm`.
    init(_ text: [Unicode.Scalar]) {
        let parts = Self.parts(of: text)
        for index in parts.indices {
            if let date = Self.isoDate(parts, index) ?? Self.monthFirst(parts, index) ?? Self.dayFirst(parts, index) {
                dates.insert(date)
            }
            if let minute = Self.time(parts, index) { minutes.insert(minute) }
        }
    }

    private static func parts(of text: [Unicode.Scalar]) -> [Part] {
        var parts: [Part] = []
        var index = 0
        while index < text.count {
            let start = index
            if PreparedText.isDigit(text[index]) {
                while index < text.count, PreparedText.isDigit(text[index]) { index += 1 }
                // Longer ones are no part of a date; clamping keeps them from overflowing.
                let value = text[start..<min(index, start + 9)].reduce(0) { $0 * 10 + Int($1.value - 48) }
                parts.append(.number(value, digits: index - start))
            } else if PreparedText.isWord(text[index]) {
                while index < text.count, PreparedText.isWord(text[index]), !PreparedText.isDigit(text[index]) {
                    index += 1
                }
                parts.append(.word(String(String.UnicodeScalarView(text[start..<index]))))
            } else {
                if text[index] != PreparedText.space { parts.append(.mark(text[index])) }
                index += 1
            }
        }
        return parts
    }

    private static func isoDate(_ parts: [Part], _ index: Int) -> TextDate? {
        guard case .number(let year, 4)? = parts.at(index), parts.at(index + 1) == .mark("-"),
            case .number(let month, 2)? = parts.at(index + 2), parts.at(index + 3) == .mark("-"),
            case .number(let day, 2)? = parts.at(index + 4)
        else { return nil }
        return date(year, month, day)
    }

    private static func monthFirst(_ parts: [Part], _ index: Int) -> TextDate? {
        guard let month = month(parts.at(index)) else { return nil }
        var next = index + 1
        if parts.at(next) == .mark(".") { next += 1 }
        guard let day = day(parts, &next) else { return nil }
        return date(year(parts, next), month, day)
    }

    private static func dayFirst(_ parts: [Part], _ index: Int) -> TextDate? {
        var next = index
        guard let day = day(parts, &next) else { return nil }
        if parts.at(next) == .mark(".") || parts.at(next) == .word("of") { next += 1 }
        guard let month = month(parts.at(next)) else { return nil }
        return date(year(parts, next + 1), month, day)
    }

    private static func day(_ parts: [Part], _ index: inout Int) -> Int? {
        guard case .number(let day, 1...2)? = parts.at(index) else { return nil }
        index += 1
        if case .word(let ending)? = parts.at(index), ["st", "nd", "rd", "th"].contains(ending) { index += 1 }
        return day
    }

    private static func year(_ parts: [Part], _ index: Int) -> Int? {
        let index = parts.at(index) == .mark(",") ? index + 1 : index
        guard case .number(let year, 4)? = parts.at(index) else { return nil }
        return year
    }

    private static func month(_ part: Part?) -> Int? {
        guard case .word(let name)? = part else { return nil }
        let known = months.firstIndex {
            $0 == name || (name.utf8.count == 3 && $0.hasPrefix(name)) || name == "sept" && $0 == "september"
        }
        return known.map { $0 + 1 }
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    private static func date(_ year: Int?, _ month: Int, _ day: Int) -> TextDate? {
        (1...12).contains(month) && (1...31).contains(day) ? TextDate(year: year, month: month, day: day) : nil
    }

    private static func time(_ parts: [Part], _ index: Int) -> Int? {
        guard case .number(let hour, 1...2)? = parts.at(index), hour < 24 else { return nil }
        var minute = 0
        var next = index + 1
        let hasMinutes = parts.at(next) == .mark(":")
        if hasMinutes {
            guard case .number(let value, 2)? = parts.at(next + 1), value < 60 else { return nil }
            minute = value
            next += 2
        }
        switch parts.at(next) {
        case .word("am"), .word("a"): return hour <= 12 ? hour % 12 * 60 + minute : nil
        case .word("pm"), .word("p"): return hour <= 12 ? (hour % 12 + 12) * 60 + minute : hour * 60 + minute
        default: return hasMinutes ? hour * 60 + minute : nil
        }
    }
}

extension Array {
    /// The element at `index`, nil beyond the end.
    fileprivate func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
