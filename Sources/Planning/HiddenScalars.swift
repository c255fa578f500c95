/// Characters that nobody sees and a tokenizer does, or that change the order in which others are shown.
///
/// | what | code points | becomes |
/// | --- | --- | --- |
/// | line and paragraph separators, next line | U+2028, U+2029, U+0085 | a line feed |
/// | control characters but tab, line feed, carriage return | U+0000...U+001F, U+007F | their pictures, U+2400...U+2421 |
/// | control characters beyond ASCII | U+0080...U+009F | nothing |
/// | bidirectional marks, embeddings, overrides, isolates | U+061C, U+200E, U+200F, U+202A...U+202E, U+2066...U+2069 | nothing |
/// | zero-width and other invisible formats | U+00AD, U+034F, U+180E, U+200B, U+2060...U+2065, U+206A...U+206F, U+FEFF, U+FFF9...U+FFFB, U+1BCA0...U+1BCA3, U+1D173...U+1D17A | nothing |
/// | fillers without a shape | U+115F, U+1160, U+17B4, U+17B5, U+3164, U+FFA0 | nothing |
/// | tags, among them those of flags of regions | U+E0000...U+E007F | nothing |
/// | unassigned ones that are shown as nothing | U+FFF0...U+FFF8, U+E0080...U+E00FF, U+E01F0...U+E0FFF | nothing |
/// | noncharacters | U+FDD0...U+FDEF, the last two of each plane | nothing |
/// | joiners and variation selectors | U+200C, U+200D, U+180B...U+180D, U+180F, U+FE00...U+FE0F, U+E0100...U+E01EF | themselves behind a character of a script or an emoji, else nothing |
///
/// A joiner or selector stays only directly behind a character beyond ASCII that is none itself: Persian, Indic
/// scripts and emoji need that, while a marker in ASCII can't hide one and a row of selectors can't carry a message.
/// `1️⃣` and its kind stay as well.
///
/// The ranges are written down instead of asked of the standard library, so that a text reads the same whatever version
/// of Unicode that knows.
enum HiddenScalars {
    /// What `scalar` becomes; nil for nothing.
    ///
    /// `previous`: the character before it in what is kept.
    /// `next`: the character behind it in the source.
    static func visible(
        _ scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?
    ) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x20...0x7E, 0x09, 0x0A, 0x0D: scalar
        case 0x85, 0x2028, 0x2029: "\n"
        case 0x00...0x1F: Unicode.Scalar(0x2400 + scalar.value)
        case 0x7F: "\u{2421}"
        case 0x80...0x9F, 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B,
            0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0x3164, 0xFDD0...0xFDEF, 0xFEFF, 0xFFA0,
            0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE00FF, 0xE01F0...0xE0FFF:
            nil
        default:
            if isJoiner(scalar) {
                isNeeded(scalar, after: previous, before: next) ? scalar : nil
            } else {
                scalar.value & 0xFFFE == 0xFFFE ? nil : scalar
            }
        }
    }

    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C, 0x200D, 0x180B...0x180D, 0x180F, 0xFE00...0xFE0F, 0xE0100...0xE01EF: true
        default: false
        }
    }

    private static func isNeeded(
        _ scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?
    ) -> Bool {
        guard let previous else { return false }
        if previous.isASCII {
            let isKeycap = ("0"..."9").contains(previous) || previous == "#" || previous == "*"
            return isKeycap && scalar == "\u{FE0F}" && next == "\u{20E3}"
        }
        // An emoji's selector is followed by a joiner in families and professions.
        return !isJoiner(previous) || (scalar == "\u{200D}" && previous == "\u{FE0F}")
    }
}
