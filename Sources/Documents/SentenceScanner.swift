/// Finds sentence ends in a block of prose, by punctuation and what follows it.
package enum SentenceScanner {
    /// Words before a full stop that do not end a sentence.
    private static let abbreviations: Set<String> = [
        "e.g", "i.e", "etc", "vs", "cf", "no", "fig", "sec", "approx", "resp", "incl", "dr", "mr", "mrs", "st",
    ]

    /// The sentences of `block`, as byte ranges without surrounding white space.
    package static func sentences(in bytes: [UInt8], block: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = block.lowerBound
        var position = block.lowerBound
        var codeMark = 0
        while position < block.upperBound {
            let byte = bytes[position]
            if byte == UInt8(ascii: "`") {
                let run = bytes[position..<block.upperBound].prefix { $0 == byte }.count
                position += run
                if codeMark == run {
                    codeMark = 0
                } else if codeMark == 0, hasClosingMark(bytes, from: position, to: block.upperBound, length: run) {
                    codeMark = run
                }
                continue
            }
            position += 1
            guard codeMark == 0, isEnd(byte) else { continue }
            var after = position
            while after < block.upperBound, isClosing(bytes[after]) { after += 1 }
            guard after == block.upperBound || isSpace(bytes[after]) else { continue }
            var next = after
            while next < block.upperBound, isSpace(bytes[next]) { next += 1 }
            if next < block.upperBound, !startsSentence(bytes[next]) { continue }
            if byte == UInt8(ascii: "."), endsAbbreviation(bytes, start: start, dot: position - 1) { continue }
            found.append(start..<after)
            start = next
            position = next
        }
        var tail = start..<block.upperBound
        while tail.count > 0, isSpace(bytes[tail.upperBound - 1]) { tail = tail.lowerBound..<(tail.upperBound - 1) }
        if !tail.isEmpty {
            found.append(tail)
        }
        return found
    }

    /// Whether a run of exactly `length` backticks follows; a lone backtick is a character like any other.
    private static func hasClosingMark(_ bytes: [UInt8], from start: Int, to end: Int, length: Int) -> Bool {
        var position = start
        while position < end {
            guard bytes[position] == UInt8(ascii: "`") else {
                position += 1
                continue
            }
            let run = bytes[position..<end].prefix { $0 == UInt8(ascii: "`") }.count
            if run == length { return true }
            position += run
        }
        return false
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?")
    }

    private static func isClosing(_ byte: UInt8) -> Bool {
        [UInt8(ascii: ")"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "_")].contains(byte)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func startsSentence(_ byte: UInt8) -> Bool {
        // Lower case goes on with the sentence; anything else (a capital, a digit, markup, another script) may start one.
        !(0x61...0x7A).contains(byte)
    }

    private static func endsAbbreviation(_ bytes: [UInt8], start: Int, dot: Int) -> Bool {
        var low = dot
        while low > start, !isSpace(bytes[low - 1]), bytes[low - 1] != UInt8(ascii: "(") { low -= 1 }
        let word = String(decoding: bytes[low..<dot], as: UTF8.self).lowercased()
        return abbreviations.contains(word) || (word.count == 1 && word.first?.isLetter == true)
    }
}
