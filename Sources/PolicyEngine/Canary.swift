import JSONSchemas

/// A word that stands in the prompts of one run alone and has no business anywhere else: a call that carries it out
/// carries out what the model was told.
///
/// It is found in any letter case and with anything but letters between its letters.
enum Canary {
    /// Fewer letters than this could stand in a text by chance.
    private static let leastLetters = 12

    /// The canaries that one of the call's arguments holds.
    static func held(_ canaries: [String], by arguments: JSONObject) -> [String] {
        guard !canaries.isEmpty else { return [] }
        let texts = arguments.flatMap { [$0.key] + $0.value.texts }.map(letters)
        return canaries.filter { canary in
            let wanted = letters(canary)
            return wanted.count >= leastLetters && texts.contains { $0.firstRange(of: wanted) != nil }
        }
    }

    /// The ASCII letters of a text in lower case, also those in full width.
    private static func letters(_ text: String) -> [UInt8] {
        var letters: [UInt8] = []
        letters.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            let value = (0xFF21...0xFF5A).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
            switch value {
            case 0x61...0x7A: letters.append(UInt8(value))
            case 0x41...0x5A: letters.append(UInt8(value | 0x20))
            default: break
            }
        }
        return letters
    }
}
