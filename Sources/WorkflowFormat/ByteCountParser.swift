/// Parses byte counts such as `16MiB`, `64KiB` and `512B`.
///
/// A unit has to be there, and only units of 1024: whether a bare number means bytes or blocks, and `GB` 1000 or 1024,
/// is what people read differently.
enum ByteCountParser {
    private static let units: [(name: String, shift: Int)] = [
        ("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0),
    ]

    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        guard let amount = Int(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
        let count = amount.multipliedReportingOverflow(by: 1 << unit.shift)
        return count.overflow ? nil : count.partialValue
    }

    /// The count as it would be written in a file: with the largest unit that divides it.
    static func text(for count: Int) -> String {
        for unit in units where count >= 1 << unit.shift && count % (1 << unit.shift) == 0 {
            return "\(count >> unit.shift)\(unit.name)"
        }
        return "\(count)B"
    }
}
