/// Passwords by where they stand: in the user part of an address, and behind a key word.
enum AssignedSecrets {
    private static let scheme = Array("://".utf8)
    private static let byteLimit = 256
    /// `<` in a link.
    private static let escapedBracket = Array("%3c".utf8)

    /// Names that end with one of these hold a secret. `tokens` and `tokenizer` don't: a letter follows.
    private static let keyWords = [
        "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "apikey", "api_key", "api-key",
        "accesskey", "access_key", "access-key", "secretkey", "secret_key", "secret-key", "accountkey", "account_key",
        "privatekey", "private_key", "private-key", "authkey", "auth_key", "auth-key", "credential", "credentials",
    ].map { Array($0.utf8) }

    /// Words that stand for a password in documents.
    private static let placeholders: Set<[UInt8]> = Set(
        ["password", "passwd", "pass", "pwd", "secret", "token", "changeme", "example", "user", "username"]
            .map { Array($0.utf8) })

    /// The password in `scheme://user:PASSWORD@host` (RFC 3986, 3.2.1), whose colon is at `index`.
    static func matchAddress(_ text: Span<UInt8>, at index: Int) -> Finding? {
        guard text.has(scheme, at: index), ByteKind.isAlphanumeric(text.byte(index - 1)) else { return nil }
        let start = index + scheme.count
        var colon: Int?
        var at: Int?
        var place = start
        let last = min(text.count, start + byteLimit)
        while place < last {
            let byte = text[place]
            // Where the authority ends. `<` and `>` are left to tokens and placeholders.
            if byte <= 32 || [47, 63, 35, 34, 39, 96].contains(byte) { break }
            if byte == UInt8(ascii: ":"), colon == nil { colon = place }
            if byte == UInt8(ascii: "@") { at = place }
            place += 1
        }
        guard let colon, let at, colon < at, isSecretLike(text, colon + 1..<at) else { return nil }
        return Finding((colon + 1)..<at, .password)
    }

    /// Whether a password in an address is more than a placeholder.
    private static func isSecretLike(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count >= 3, !isPlaceholder(text, range) else { return false }
        var seen: Set<UInt8> = []
        for index in range {
            if text[index] == UInt8(ascii: "<") || text[index] == UInt8(ascii: "{") { return false }
            seen.insert(text[index])
        }
        return seen.count > 2 && !placeholders.contains(text.bytes(range).map(ByteKind.lowered))
    }

    /// The value behind `=`, `:` or `=>` at `index`, where a key word stands in front.
    static func matchAssignment(_ text: Span<UInt8>, at index: Int) -> Finding? {
        var end = index
        // `:=`, `==` and `=>` have a sign more; a comparison with a password written out gives it away as well.
        if text.byte(index + 1) == UInt8(ascii: "=") || text.byte(index + 1) == UInt8(ascii: ">") { return nil }
        while end > 0, text[end - 1] == 58 || text[end - 1] == 61 || text[end - 1] == 33, index - end < 2 { end -= 1 }
        while end > 0, index - end < 8, ByteKind.isSpace(text[end - 1]) || isQuote(text[end - 1]) { end -= 1 }
        guard isKeyWord(text, endingAt: end) else { return nil }
        return value(text, from: index + 1)
    }

    /// The same with `>` of an arrow at `index`.
    static func matchArrow(_ text: Span<UInt8>, at index: Int) -> Finding? {
        guard text.byte(index - 1) == UInt8(ascii: "=") else { return nil }
        var end = index - 1
        while end > 0, index - end < 8, ByteKind.isSpace(text[end - 1]) || isQuote(text[end - 1]) { end -= 1 }
        guard isKeyWord(text, endingAt: end) else { return nil }
        return value(text, from: index + 1)
    }

    /// The value of `--password VALUE`, whose dashes begin at `index`.
    static func matchOption(_ text: Span<UInt8>, at index: Int) -> Finding? {
        guard text.byte(index + 1) == UInt8(ascii: "-"), ByteKind.isLetter(text.byte(index + 2)) else { return nil }
        let end = text.end(of: index + 2, limit: 40, ByteKind.isBase64URL)
        guard text.byte(end) == 32, isKeyWord(text, endingAt: end) else { return nil }
        return value(text, from: end)
    }

    /// A quotation mark, or a bracket or backslash that goes with one.
    @inline(__always) private static func isQuote(_ byte: UInt8) -> Bool {
        byte == 34 || byte == 39 || byte == 93 || byte == 92 || byte == 96
    }

    /// Whether the name of a JSON member is, or ends with, a key word.
    static func isKeyWord(_ name: Span<UInt8>) -> Bool { isKeyWord(name, endingAt: name.count) }

    /// Whether a JSON string under a key word is a secret.
    static func isSecret(_ value: Span<UInt8>) -> Bool {
        value.count <= byteLimit && isSecret(value, 0..<value.count, isQuoted: true)
    }

    private static func isKeyWord(_ text: Span<UInt8>, endingAt end: Int) -> Bool {
        guard end >= 3, end <= text.count else { return false }
        // The last two letters of the key words: most names end differently.
        switch (ByteKind.lowered(text[end - 2]), ByteKind.lowered(text[end - 1])) {
        case (114, 100), (119, 100), (115, 101), (100, 101), (101, 116), (101, 110), (101, 121), (97, 108), (108, 115):
            break
        default: return false
        }
        return keyWords.contains { text.hasAnyCase($0, at: end - $0.count) && startsName(text, at: end - $0.count) }
    }

    /// `db_password`, `dbPassword` and `DBPASSWORD` end with the key word; `nontoken` doesn't.
    private static func startsName(_ text: Span<UInt8>, at index: Int) -> Bool {
        let before = text.byte(index - 1)
        guard ByteKind.isLetter(before), !text.isBehindEscape(index) else { return true }
        let first = text[index]
        return ByteKind.isUpper(first)
    }

    private static func value(_ text: Span<UInt8>, from index: Int) -> Finding? {
        var start = text.end(of: index, limit: 4) { $0 == 32 || $0 == 9 }
        var quote: UInt8 = 0
        // The quote of a JSON text inside a JSON text has a backslash.
        let isEscaped = text.byte(start) == 92 && text.byte(start + 1) == 34
        if isEscaped { start += 1 }
        if [34, 39, 96].contains(text.byte(start)) {
            quote = text[start]
            start += 1
        }
        let end =
            quote != 0
            ? endOfQuoted(text, start, quote, isEscaped: isEscaped)
            : text.end(of: start, limit: byteLimit) { byte in
                byte > 32 && ![34, 39, 96, 44, 59, 41, 93, 125, 60, 62, 38].contains(byte)
            }
        let range = start..<end
        guard isSecret(text, range, isQuoted: quote != 0) else { return nil }
        return Finding(range, .password)
    }

    /// Where a value in quotes ends: at the next quote, at that of the text around it, or with the line. What is escaped in
    /// it is a part of it.
    private static func endOfQuoted(_ text: Span<UInt8>, _ start: Int, _ quote: UInt8, isEscaped: Bool) -> Int {
        let last = min(text.count, start + byteLimit)
        var index = start
        while index < last, text[index] != quote, !ByteKind.isLineEnd(text[index]) {
            guard text[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            if isEscaped, text.byte(index + 1) == quote { break }
            index += 2
        }
        return min(index, last)
    }

    /// Whether the whole of a value stands for one that is put in later: `${KEY}`, `$KEY`, `$(cmd)`, `{{ key }}`, `%KEY%`,
    /// `%(key)s`, `<your key>`, `[key]`, `\(key)`, `*****`. A password may begin like one.
    private static func isPlaceholder(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let first = text.byte(range.lowerBound)
        let second = text.byte(range.lowerBound + 1)
        let last = text.byte(range.upperBound - 1)
        let inside = (range.lowerBound + 1)..<max(range.lowerBound + 1, range.upperBound)
        switch first {
        case UInt8(ascii: "<"): return last == UInt8(ascii: ">")
        case UInt8(ascii: "{"): return last == UInt8(ascii: "}")
        case UInt8(ascii: "["): return last == UInt8(ascii: "]")
        case UInt8(ascii: "\\"): return second == UInt8(ascii: "(") && last == UInt8(ascii: ")")
        case UInt8(ascii: "%"):
            // A token in a link too.
            if second == UInt8(ascii: "(") || text.hasAnyCase(escapedBracket, at: range.lowerBound) { return true }
            return last == first && isName(text, inside.dropLast())
        case UInt8(ascii: "$"):
            if second == UInt8(ascii: "{") { return last == UInt8(ascii: "}") }
            if second == UInt8(ascii: "(") { return last == UInt8(ascii: ")") }
            return isName(text, inside) && !isMixed(text, inside)
        default: return isAll(text, range, UInt8(ascii: "*"))
        }
    }

    private static func isAll(_ text: Span<UInt8>, _ range: Range<Int>, _ byte: UInt8) -> Bool {
        for index in range where text[index] != byte { return false }
        return true
    }

    private static func isName(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where !ByteKind.isWord(text[index]) { return false }
        return true
    }

    /// Whether a name has small and capital letters and a digit before a letter, as few variables have.
    private static func isMixed(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var hasUpper = false
        var hasLower = false
        var hasDigit = false
        for index in range {
            hasUpper = hasUpper || ByteKind.isUpper(text[index])
            hasLower = hasLower || ByteKind.isLower(text[index])
            hasDigit = hasDigit || ByteKind.isDigit(text[index]) && ByteKind.isLetter(text.byte(index + 1))
        }
        return hasUpper && hasLower && hasDigit
    }

    /// Whether a value begins as a path, the member of something in a program, or the name of a file to read it from.
    private static func isPath(_ text: Span<UInt8>, _ range: Range<Int>, isQuoted: Bool) -> Bool {
        let next = text.byte(range.lowerBound + 1)
        switch text.byte(range.lowerBound) {
        case UInt8(ascii: "/"): return true
        case UInt8(ascii: "."):
            return next == UInt8(ascii: "/") || next == UInt8(ascii: ".") || !isQuoted && ByteKind.isLetter(next)
        case UInt8(ascii: "@"):
            for index in range where text[index] == UInt8(ascii: "/") || text[index] == UInt8(ascii: ".") {
                return true
            }
            return false
        default: return false
        }
    }

    /// Whether a value looks made up by chance rather than by a person who names things.
    private static func isSecret(_ text: Span<UInt8>, _ range: Range<Int>, isQuoted: Bool) -> Bool {
        guard range.count >= (isQuoted ? 8 : 10), !isPlaceholder(text, range),
            !isPath(text, range, isQuoted: isQuoted), !RedactionToken.hasDigits(text, at: range.lowerBound)
        else { return false }
        var shape = ValueShape()
        for index in range { shape.add(text[index]) }
        return shape.isRandom(isQuoted: isQuoted)
    }
}
