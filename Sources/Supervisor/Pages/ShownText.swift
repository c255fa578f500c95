import JSONSchemas

/// Numbers, times and texts as pages show them.
enum ShownText {
    /// `1,234,567`
    static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }

    /// `1 question`, `3 questions`
    static func count(_ number: Int, _ word: String) -> String { "\(count(number)) \(word)\(number == 1 ? "" : "s")" }

    /// `0 ms`, `340 ms`, `1.2 s`, `3 min 04 s`, `2 h 05 min`
    static func duration(milliseconds: Double) -> String {
        // What is no number or longer than a century comes from a damaged record.
        guard milliseconds.isFinite, milliseconds >= 0, milliseconds < 4e12 else { return "unknown" }
        let whole = Int(milliseconds.rounded())
        switch whole {
        case ..<1000: return "\(whole) ms"
        case ..<60_000: return "\(whole / 1000).\(whole % 1000 / 100) s"
        case ..<3_600_000: return "\(whole / 60_000) min \(twoDigits(whole / 1000 % 60)) s"
        default: return "\(count(whole / 3_600_000)) h \(twoDigits(whole / 60_000 % 60)) min"
        }
    }

    /// `12 s`, `5 min`, `3 h`, `2 days`
    static func age(seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(max(0, seconds)) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(count(seconds / 86_400)) days"
        }
    }

    /// `2026-11-26 13:24:05` for `2026-11-26T13:24:05.123Z`; anything else as it is.
    static func time(_ timestamp: String) -> String {
        let parts = timestamp.split(separator: "T", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count == 10, parts[1].utf8.count >= 8 else { return timestamp }
        return "\(parts[0]) \(parts[1].prefix(8))"
    }

    /// `13:24:05` for `2026-11-26T13:24:05.123Z`; anything else as it is.
    static func clock(_ timestamp: String) -> String {
        let whole = time(timestamp)
        return whole == timestamp ? whole : String(whole.suffix(8))
    }

    /// `312 bytes`, `12.3 KiB`, `4.5 MiB`
    static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1024: count(bytes, "byte")
        case ..<1_048_576: "\(bytes / 1024).\(bytes % 1024 * 10 / 1024) KiB"
        default: "\(count(bytes / 1_048_576)).\(bytes % 1_048_576 * 10 / 1_048_576) MiB"
        }
    }

    /// A share of 1 in percent with one digit: `83.3`
    static func percent(_ share: Double) -> String { decimal(share.isFinite ? share * 100 : 0) }

    /// A number with one digit behind the point, for texts and for drawings.
    static func decimal(_ number: Double) -> String {
        guard number.isFinite, number.magnitude < 1e12 else { return "0" }
        let tenths = Int((number * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }

    /// The words that are in a name written as one: `call proposed`
    static func words(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase {
                result += " " + character.lowercased()
            } else {
                result.append(character == "_" ? " " : character)
            }
        }
        return result
    }

    /// A sentence in pieces, each a text and the code behind it: what stands between two backticks.
    static func pieces(_ sentence: String) -> JSONValue {
        let parts = sentence.split(separator: "`", omittingEmptySubsequences: false).map { String($0) }
        // One that is not closed is a character like others.
        guard !parts.count.isMultiple(of: 2) else { return [["text": .string(sentence), "code": ""]] }
        return .array(
            stride(from: 0, to: parts.count, by: 2).map { index in
                [
                    "text": .string(parts[index]),
                    "code": .string(index + 1 < parts.count ? parts[index + 1] : ""),
                ]
            })
    }

    /// How much is left out of a text; empty where nothing is.
    static func cut(_ text: LongText) -> String {
        text.isCut ? "The whole text: \(size(text.byteCount))" : ""
    }

    /// The text on one line, its beginning alone, `...` where something is left out.
    static func line(_ text: String, limit: Int) -> String {
        var result = String.UnicodeScalarView()
        var isSpace = true
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return String(result) + "..." }
            count += 1
            let isBlank = scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t"
            if isBlank {
                if !isSpace { result.append(" ") }
            } else {
                result.append(scalar)
            }
            isSpace = isBlank
        }
        return String(result)
    }

    /// Whether a text may need a place in which it scrolls, where lines of 40 characters fit.
    static func isTall(_ text: String) -> Bool {
        text.utf8.count / 40 + text.utf8.count { $0 == UInt8(ascii: "\n") } > 24
    }

    /// A value for reading: a text as it is, anything else as JSON over several lines.
    static func value(_ value: JSONValue) -> String { value.stringValue ?? value.serialized(.pretty) }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
