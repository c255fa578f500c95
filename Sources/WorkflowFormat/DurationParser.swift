/// Parses durations such as `15m`, `30s`, `1h30m` and `250ms`.
package enum DurationParser {
    /// The duration that `text` writes, or nil; never negative.
    package static func parse(_ text: String) -> Duration? {
        let units: [(name: String, milliseconds: Int)] = [
            ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
        ]
        var rest = Substring(text)
        var total = 0
        var nextUnit = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard digits.count <= 9, let amount = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            // Larger units come first and none comes twice.
            guard let unit = units.indices.first(where: { units[$0].name == name }), unit >= nextUnit else {
                return nil
            }
            nextUnit = unit + 1
            total += amount * units[unit].milliseconds
            rest = rest.dropFirst(name.count)
        }
        return .milliseconds(total)
    }
}
