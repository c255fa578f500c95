import PolicyEngine

/// JSON in a field that a person edits and sends back.
enum EditableText {
    /// `json` with every character that is not seen or that changes what is seen written as an escape of JSON.
    ///
    /// What comes back is the same value where nothing was changed, and what is edited is what is there. Outside of texts
    /// JSON has no such characters.
    static func escapingHidden(_ json: String) -> String {
        var result = ""
        for scalar in json.unicodeScalars {
            if isHidden(scalar) {
                for unit in String(scalar).utf16 { result += "\\u" + hex(unit) }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Spaces that look like the common one are told apart as well.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x0D: false
        case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
        default: VisibleText.isHidden(scalar)
        }
    }

    private static func hex(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
