import JSONSchemas

/// A decimal number without its sign, digit by digit, so that bounds are compared exactly.
struct DecimalMagnitude: Hashable, Sendable {
    /// At least one digit, the first not zero unless it is the only one.
    private(set) var whole: [UInt8]
    /// The digits behind the point, the last not zero.
    private(set) var fraction: [UInt8]

    static let zero = DecimalMagnitude(digits: [], pointPosition: 0)

    /// The digits `0.d1 d2 d3...` with the point moved to the right by `pointPosition`.
    private init(digits: [UInt8], pointPosition: Int) {
        var digits = digits
        var pointPosition = pointPosition
        if pointPosition < 0 {
            digits.insert(contentsOf: repeatElement(0, count: -pointPosition), at: 0)
            pointPosition = 0
        }
        if digits.count < pointPosition {
            digits.append(contentsOf: repeatElement(0, count: pointPosition - digits.count))
        }
        whole = Array(digits[..<pointPosition].drop { $0 == 0 })
        if whole.isEmpty { whole = [0] }
        fraction = Array(digits[pointPosition...])
        while fraction.last == 0 { fraction.removeLast() }
    }

    /// The magnitude of `number`; of a double, that of the shortest decimal that reads back as it.
    init(_ number: JSONNumber) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var text = number.description.utf8[...]
        if text.first == UInt8(ascii: "-") { text.removeFirst() }
        while let byte = text.popFirst() {
            switch byte {
            case UInt8(ascii: "."): point = digits.count
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                if text.first == UInt8(ascii: "+") { text.removeFirst() }
                exponent = Int(String(decoding: text, as: UTF8.self)) ?? 0
                text = text[text.endIndex...]
            default: digits.append(byte - 0x30)
            }
        }
        self.init(digits: digits, pointPosition: (point ?? digits.count) + exponent)
    }

    var isWhole: Bool { fraction.isEmpty }

    /// The largest whole number that isn't greater.
    var roundedDown: DecimalMagnitude {
        var result = self
        result.fraction = []
        return result
    }

    /// The smallest whole number that isn't smaller.
    var roundedUp: DecimalMagnitude {
        guard !isWhole else { return self }
        var digits = whole
        var index = digits.count - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 { digits[index] += 1 } else { digits.insert(1, at: 0) }
        return DecimalMagnitude(digits: digits, pointPosition: digits.count)
    }

    /// Whether this isn't greater than `other`.
    func isAtMost(_ other: DecimalMagnitude) -> Bool {
        if whole.count != other.whole.count { return whole.count < other.whole.count }
        if whole != other.whole { return whole.lexicographicallyPrecedes(other.whole) }
        return fraction == other.fraction || fraction.lexicographicallyPrecedes(other.fraction)
    }
}
