import JSONSchemas
import Testing

@Suite struct JSONDecimalTests {
    private func decimal(_ text: String) throws -> JSONDecimal {
        JSONDecimal(try #require(JSONNumber(try JSONValue(parsing: text))))
    }

    @Test(
        arguments: [
            ("0", 0, 0, false), ("-0.0", 0, 0, false), ("120", 12, 1, false), ("-0.05", 5, -2, true),
            ("1e300", 1, 300, false),
            ("5e-324", 5, -324, false), ("1.25e2", 125, 0, false),
            ("9223372036854775807", 9_223_372_036_854_775_807, 0, false),
            ("-9223372036854775808", 9_223_372_036_854_775_808, 0, true), ("0.1", 1, -1, false),
            ("123456789012345680000", 12_345_678_901_234_568, 4, false),
        ] as [(String, UInt64, Int, Bool)])
    func `a number is its shortest digits and a power of ten`(
        text: String, significand: UInt64, exponent: Int, isNegative: Bool
    ) throws {
        let decimal = try decimal(text)
        #expect(decimal.significand == significand)
        #expect(decimal.exponent == exponent)
        #expect(decimal.isNegative == isNegative)
    }

    @Test func `multiples of whole numbers agree with division`() throws {
        for number in -60...60 {
            for divisor in 1...40 {
                let isMultiple = try decimal(String(number)).isMultiple(of: decimal(String(divisor)))
                #expect(isMultiple == number.isMultiple(of: divisor))
                // Scaled alike, in hundredths and with large exponents.
                #expect(try decimal("\(number)e-2").isMultiple(of: decimal("\(divisor)e-2")) == isMultiple)
                #expect(try decimal("\(number)e250").isMultiple(of: decimal("\(divisor)e250")) == isMultiple)
            }
        }
    }
}
