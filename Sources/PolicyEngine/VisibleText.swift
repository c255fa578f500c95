/// Text as a person may be shown it: what a model or a document wrote must not move a cursor, recolor a question,
/// hide a word or reverse its letters.
public enum VisibleText {
    /// `text` with control characters, escape sequences, invisible characters and bidirectional overrides written as
    /// `\u{...}`. Line feeds and tabs stay.
    public static func escaping(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar != "\n", scalar != "\t", isHidden(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The same on one line.
    public static func line(_ text: String) -> String {
        var result = ""
        for scalar in escaping(text).unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether a character is not seen, or changes how others are read or shown: controls, fillers and joiners without a
    /// shape, variation selectors, tags, bidirectional controls, noncharacters, and whatever else Unicode says to show
    /// nothing for. Spaces are seen, however wide.
    public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: false
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F,
            0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x2800, 0x3164, 0xFDD0...0xFDEF, 0xFE00...0xFE0F, 0xFEFF,
            0xFFA0, 0xFFF0...0xFFFB, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        default: scalar.value & 0xFFFE == 0xFFFE || scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}
