/// Telephone numbers: E.164 with its `+` or `00`, North American groups, and national numbers with a leading zero and a
/// separator.
enum PhoneNumbers {
    private static let byteLimit = 32

    /// The number that begins at `index` with `+`, `(` or a digit, where no word goes on.
    static func match(_ text: Span<UInt8>, at index: Int) -> Finding? {
        let before = text.byte(index - 1)
        if !text.beginsWord(at: index) { return nil }
        // Part of a longer number, a date, a version or an address.
        if before >= 43, before <= 47 || before == 58, ByteKind.isAlphanumeric(text.byte(index - 2)) { return nil }
        guard mayHaveNumber(text, index) else { return nil }
        // In a row of numbers.
        if before == 32, ByteKind.isDigit(text[index]), ByteKind.isDigit(text.byte(index - 2)) { return nil }
        var groups: [Int] = []
        var separators: [UInt8] = []
        var digits: [UInt8] = []
        var place = index
        var end = index
        let isInternational = text[index] == UInt8(ascii: "+")
        if isInternational { place += 1 }
        while place - index < byteLimit, place < text.count {
            let run = text.end(of: place, limit: 16, ByteKind.isDigit)
            if run > place {
                groups.append(run - place)
                digits += text.bytes(place..<run)
                place = run
                end = run
                continue
            }
            let byte = text[place]
            // One separator, or the bracket of an area code with a space.
            guard [32, 45, 46, 47, 40, 41].contains(byte) else { break }
            let next = text.byte(place + 1)
            let isBracket = byte == 40 || byte == 41
            guard ByteKind.isDigit(next) || (isBracket || next == 40) && [32, 45, 40].contains(next) else { break }
            separators.append(byte)
            place += 1
        }
        guard !ByteKind.isWord(text.byte(end)), !isFraction(text, end) else { return nil }
        guard isPhone(groups, separators, digits, isInternational: isInternational) else { return nil }
        return Finding(index..<end, .phone, canonical: canonical(digits, isInternational: isInternational))
    }

    /// Whether there are eight digits with no more than separators between. Most numbers end long before.
    private static func mayHaveNumber(_ text: Span<UInt8>, _ start: Int) -> Bool {
        var digits = 0
        var index = start
        while digits < 8 {
            let byte = text.byte(index)
            if ByteKind.isDigit(byte) {
                digits += 1
            } else if byte != 32, !(40...47).contains(byte) {
                return false
            }
            index += 1
            guard index - start <= byteLimit else { return false }
        }
        return true
    }

    private static func isFraction(_ text: Span<UInt8>, _ end: Int) -> Bool {
        [46, 45, 58, 47].contains(text.byte(end)) && ByteKind.isDigit(text.byte(end + 1))
    }

    private static func isPhone(
        _ groups: [Int], _ separators: [UInt8], _ digits: [UInt8], isInternational: Bool
    ) -> Bool {
        guard let first = digits.first else { return false }
        if isInternational { return (8...15).contains(digits.count) && first != UInt8(ascii: "0") }
        let plain = separators.filter { $0 != 40 && $0 != 41 }
        // An area code in brackets or with hyphens or dots: 555-012-3456, (555) 012-3456, 1-555-012-3456.
        let national = groups.first == 1 && first == UInt8(ascii: "1") ? Array(groups.dropFirst()) : groups
        if national == [3, 3, 4] {
            return separators.contains(41) || !plain.isEmpty && plain.allSatisfy { $0 == plain[0] && $0 != 32 }
        }
        guard first == UInt8(ascii: "0"), groups.count > 1, !separators.isEmpty else { return false }
        if digits.count > 1, digits[1] == UInt8(ascii: "0") {
            return digits.count > 2 && digits[2] != UInt8(ascii: "0") && (10...17).contains(digits.count)
        }
        // 030 1234567, 0171-1234567, 020 7946 0958. Rows of zeros and dates have shorter groups.
        return (3...5).contains(groups[0]) && (9...12).contains(digits.count)
            && groups.dropFirst().allSatisfy { $0 >= 2 } && groups.dropFirst().reduce(0, +) >= 6
    }

    /// `+` and the digits, where the country is known.
    private static func canonical(_ digits: [UInt8], isInternational: Bool) -> [UInt8] {
        if isInternational { return [UInt8(ascii: "+")] + digits }
        if digits.starts(with: Array("00".utf8)) { return [UInt8(ascii: "+")] + digits.dropFirst(2) }
        return digits
    }
}
