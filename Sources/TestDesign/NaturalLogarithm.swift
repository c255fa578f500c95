/// The natural logarithm to two decimals, without a C library: weights need no more.
enum NaturalLogarithm {
    /// The logarithm of a positive, finite number.
    static func of(_ number: Double) -> Double {
        let rest = number.significand - 1
        return 0.693_147_180_559_945_3 * (Double(number.exponent) + rest * (1.3465 - 0.3465 * rest))
    }
}
