/// Code blocks that are no code: lists of terms with what they mean, such as `\t  - tab`.
package enum LegendBlock {
    /// The lines of `block` without white space around them, when it names no language and each line is a term, a dash
    /// between spaces, and words; else none.
    package static func lines(of block: DocumentBlock, in bytes: [UInt8]) -> [Range<Int>] {
        guard block.kind == .code, block.language.isEmpty else { return [] }
        var found: [Range<Int>] = []
        var start = block.content.lowerBound
        while start < block.content.upperBound {
            let rest = bytes[start..<block.content.upperBound]
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = trimmed(start..<end, bytes)
            if !line.isEmpty {
                guard String(decoding: bytes[line], as: UTF8.self).wholeMatch(of: /\S+\s+[-–—]\s+\S.*/) != nil
                else { return [] }
                found.append(line)
            }
            start = end + 1
        }
        return found.count > 1 ? found : []
    }

    private static func trimmed(_ range: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, isBlank(bytes[low]) { low += 1 }
        while high > low, isBlank(bytes[high - 1]) { high -= 1 }
        return low..<high
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
