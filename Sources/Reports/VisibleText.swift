/// Makes characters visible that could hide or reorder what a person reads.
enum VisibleText {
    /// Control characters but tab and line breaks become their Unicode pictures, bidirectional and invisible
    /// format characters become `[U+XXXX]`. Carriage returns before a line feed are dropped, others become
    /// line feeds.
    static func showingControls(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            switch scalar.value {
            case 0x0A: if !isAfterReturn { result.append(scalar) }
            case 0x0D: result.append("\n")
            case 0x09: result.append(scalar)
            case 0x00..<0x20: result.append(picture(of: scalar))
            case 0x7F: result.append("\u{2421}")
            default:
                if isHidden(scalar) {
                    result.append(contentsOf: "[U+\(hex(scalar))]".unicodeScalars)
                } else {
                    result.append(scalar)
                }
            }
        }
        return String(result)
    }

    /// The text's lines, without their ends.
    static func lines(of text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Characters without a shape of their own that change how others are read or shown: C1 controls, line
    /// and paragraph separators, bidirectional controls, zero-width spaces, fillers, tags, variation selectors,
    /// noncharacters, and whatever else Unicode says to show nothing for. Joiners (U+200C, U+200D) and the two selectors of emoji stay: scripts and emoji need them.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0x200C, 0x200D, 0xFE0E, 0xFE0F: false
        case 0x80...0x9F, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B, 0x200E, 0x200F,
            0x2028...0x202E, 0x2060...0x206F, 0x2800, 0x3164, 0xFDD0...0xFDEF, 0xFE00...0xFE0D, 0xFEFF, 0xFFA0,
            0xFFF0...0xFFFB, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        default: scalar.value & 0xFFFE == 0xFFFE || scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// The picture for a C0 control character: U+2400 and up.
    private static func picture(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
    }

    static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
