/// IPv4 in dotted decimals, IPv6 (RFC 4291, 2.2) and hardware addresses of six pairs.
enum NetworkAddresses {
    /// The IPv4 address that begins at `index`, where a number begins. Four numbers behind the word `version`, or with a
    /// leading zero, are none.
    static func matchVersion4(_ text: Span<UInt8>, at index: Int) -> Finding? {
        if !text.beginsWord(at: index) || text.isPercentEscape(at: index) { return nil }
        let before = text.byte(index - 1)
        if before == 46 || before == 45, ByteKind.isAlphanumeric(text.byte(index - 2)) { return nil }
        guard let end = endOfVersion4(text, index) else { return nil }
        let next = text.byte(end)
        if ByteKind.isWord(next) || [46, 45].contains(next) && ByteKind.isAlphanumeric(text.byte(end + 1)) {
            return nil
        }
        if isVersion(text, before: index) { return nil }
        return Finding(index..<end, .ip)
    }

    private static func endOfVersion4(_ text: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        for part in 0..<4 {
            if part > 0 {
                guard text.byte(index) == UInt8(ascii: ".") else { return nil }
                index += 1
            }
            let end = text.end(of: index, limit: 4, ByteKind.isDigit)
            guard end > index, end - index <= 3, end - index == 1 || text[index] != UInt8(ascii: "0") else {
                return nil
            }
            var value = 0
            for place in index..<end { value = value * 10 + Int(text[place] - 48) }
            guard value <= 255 else { return nil }
            index = end
        }
        return index
    }

    private static func isVersion(_ text: Span<UInt8>, before index: Int) -> Bool {
        var end = index
        while end > 0, index - end < 3, [32, 58, 61].contains(text[end - 1]) { end -= 1 }
        return ["version", "release", "build", "firmware"].contains { word in
            text.hasAnyCase(Array(word.utf8), at: end - word.utf8.count)
        }
    }

    /// The IPv6 address that begins at `index`, where a run of hex digits and colons begins.
    static func matchVersion6(_ text: Span<UInt8>, at index: Int) -> Finding? {
        let before = text.byte(index - 1)
        if !text.beginsWord(at: index) || [58, 46].contains(before) || text.isPercentEscape(at: index) { return nil }
        var end = text.end(of: index, limit: 48) { ByteKind.isHex($0) || $0 == 58 || $0 == 46 }
        while end > index, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
        if end - index > 2, text[end - 1] == 58, text[end - 2] != 58 { end -= 1 }
        guard end - index <= 45, !ByteKind.isWord(text.byte(end)), isVersion6(text, index..<end) else { return nil }
        return Finding(index..<end, .ip, canonical: text.bytes(index..<end).map(ByteKind.lowered))
    }

    /// Eight groups, or fewer with one `::`. `a::b` of a program has no digit, and `::1` belongs to nobody.
    private static func isVersion6(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var groups = 0
        var hasGap = false
        var hasDigit = false
        var index = range.lowerBound
        if text[index] == 58 {
            guard range.count > 2, text[index + 1] == 58 else { return false }
        }
        while index < range.upperBound {
            if text[index] == 58 {
                guard index + 1 < range.upperBound else { return false }
                if text[index + 1] == 58 {
                    guard !hasGap else { return false }
                    hasGap = true
                    index += 2
                } else {
                    index += 1
                    guard ByteKind.isHex(text[index]) else { return false }
                }
                continue
            }
            if groups >= 1, let end = endOfVersion4(text, index), end == range.upperBound {
                groups += 2
                hasDigit = true
                break
            }
            let end = min(text.end(of: index, limit: 5, ByteKind.isHex), range.upperBound)
            guard end > index, end - index <= 4, end == range.upperBound || text[end] == 58 else { return false }
            for place in index..<end where ByteKind.isDigit(text[place]) { hasDigit = true }
            groups += 1
            index = end
        }
        return hasDigit && (hasGap ? (2...7).contains(groups) : groups == 8)
    }

    /// The hardware address that begins at `index`, where a run of hex digits begins: six pairs with `:` or `-`.
    static func matchHardware(_ text: Span<UInt8>, at index: Int) -> Finding? {
        let before = text.byte(index - 1)
        if !text.beginsWord(at: index) || [58, 45].contains(before) { return nil }
        let separator = text.byte(index + 2)
        guard separator == 58 || separator == 45 else { return nil }
        var canonical: [UInt8] = []
        for pair in 0..<6 {
            let place = index + pair * 3
            guard ByteKind.isHex(text.byte(place)), ByteKind.isHex(text.byte(place + 1)) else { return nil }
            if pair < 5, text.byte(place + 2) != separator { return nil }
            canonical += [ByteKind.lowered(text[place]), ByteKind.lowered(text[place + 1])]
        }
        let end = index + 17
        guard !ByteKind.isWord(text.byte(end)), text.byte(end) != separator else { return nil }
        return Finding(index..<end, .mac, canonical: canonical)
    }
}
