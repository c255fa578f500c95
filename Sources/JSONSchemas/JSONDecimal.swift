/// A decimal number, exactly: `significand * 10^exponent`, the last digit of the significand not zero.
public struct JSONDecimal: Hashable, Sendable {
    /// Whether the number is below zero.
    public let isNegative: Bool
    /// The digits; zero only for the number zero.
    public let significand: UInt64
    /// The power of ten.
    public let exponent: Int

    /// The decimal that `number` writes: for a double, the shortest one that reads back as that double.
    public init(_ number: JSONNumber) {
        switch number {
        case .integer(let value):
            self.init(isNegative: value < 0, digits: value.magnitude.description.utf8, exponent: 0)
        case .double(let value):
            var digits: [UInt8] = []
            var exponent = 0
            var hasPoint = false
            var rest = value.magnitude.description.utf8[...]
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: ".") {
                    hasPoint = true
                } else if byte == UInt8(ascii: "e") {
                    exponent += Int(String(Substring(rest))) ?? 0
                    break
                } else {
                    digits.append(byte)
                    if hasPoint { exponent -= 1 }
                }
            }
            self.init(isNegative: value < 0, digits: digits, exponent: exponent)
        }
    }

    private init(isNegative: Bool, digits: some Collection<UInt8>, exponent: Int) {
        var significand: UInt64 = 0
        var exponent = exponent
        // Zeros at the end belong to the exponent; without them, a double has at most 17 digits.
        var zeros = 0
        for digit in digits {
            if digit == UInt8(ascii: "0") {
                zeros += 1
                continue
            }
            if significand > 0 { for _ in 0..<zeros { significand &*= 10 } }
            significand = significand &* 10 &+ UInt64(digit &- 0x30)
            zeros = 0
        }
        exponent = significand == 0 ? 0 : exponent + zeros
        self.isNegative = isNegative && significand > 0
        self.significand = significand
        self.exponent = exponent
    }

    /// Whether this is a whole number of times `divisor`, which isn't zero. Exact, whatever the exponents.
    public func isMultiple(of divisor: JSONDecimal) -> Bool {
        guard significand > 0 else { return true }
        let shift = exponent - divisor.exponent
        guard shift < 0 else {
            let modulus = divisor.significand
            return Self.product(significand % modulus, Self.powerOfTen(shift, modulus: modulus), modulus: modulus) == 0
        }
        var needed = divisor.significand
        for _ in 0..<(-shift) {
            let (product, isTooLarge) = needed.multipliedReportingOverflow(by: 10)
            // Beyond this number, so no divisor of it.
            guard !isTooLarge, product <= significand else { return false }
            needed = product
        }
        return significand % needed == 0
    }

    private static func product(_ left: UInt64, _ right: UInt64, modulus: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return modulus.dividingFullWidth((high % modulus, low)).remainder
    }

    private static func powerOfTen(_ power: Int, modulus: UInt64) -> UInt64 {
        var result = 1 % modulus
        var square = 10 % modulus
        var rest = power
        while rest > 0 {
            if rest & 1 == 1 { result = product(result, square, modulus: modulus) }
            square = product(square, square, modulus: modulus)
            rest >>= 1
        }
        return result
    }
}
