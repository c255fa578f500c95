import JSONSchemas

/// A decimal number as an integer and how many of its digits stand behind the point.
struct ExactDecimal: Hashable, Sendable {
    let mantissa: Int128
    let scale: Int

    /// Most digits before, and most behind the point.
    static let digitLimit = 18

    /// `nil` if the number has more digits than the limit before or behind its point.
    init?(_ number: JSONNumber) {
        let magnitude = DecimalMagnitude(number)
        guard magnitude.whole.count <= Self.digitLimit, magnitude.fraction.count <= Self.digitLimit else { return nil }
        var value: Int128 = 0
        for digit in magnitude.whole + magnitude.fraction { value = value * 10 + Int128(digit) }
        mantissa = number < JSONNumber.integer(0) ? -value : value
        scale = magnitude.fraction.count
    }

    /// The number as a multiple of ten to the minus `scale`, which isn't less than its own scale.
    func scaled(to scale: Int) -> Int128 { mantissa * Self.power(scale - self.scale) }

    static func power(_ exponent: Int) -> Int128 {
        var value: Int128 = 1
        for _ in 0..<max(0, exponent) { value *= 10 }
        return value
    }
}
