import JSONSchemas

/// A scalar with its type written beside it, `{"type": "integer", "value": "42"}`, compared by meaning.
struct TaggedScalar: Equatable, CustomStringConvertible {
    let type: String
    let text: String

    /// `nil` when `value` is not exactly an object of two strings called `type` and `value`.
    init?(_ value: JSONValue) {
        guard let object = value.objectValue, object.count == 2, let type = object["type"]?.stringValue,
            let text = object["value"]?.stringValue
        else { return nil }
        self.type = type
        self.text = text
    }

    var description: String {
        let shown = text.count > 120 ? text.prefix(117) + "..." : text[...]
        return "\(type) `\(shown)`"
    }

    static func == (left: TaggedScalar, right: TaggedScalar) -> Bool {
        guard left.type == right.type else { return false }
        if left.text == right.text { return true }
        switch left.type {
        case "integer": return decimal(left.text) == decimal(right.text)
        case "float":
            guard let first = number(left.text), let second = number(right.text) else { return false }
            return first == second || (first.isNaN && second.isNaN)
        case "datetime", "datetime-local", "time-local", "date-local":
            return moment(left.text) == moment(right.text)
        default: return false
        }
    }

    /// An integer of any length without sign `+` and leading zeros.
    private static func decimal(_ text: String) -> String {
        let isNegative = text.hasPrefix("-")
        let digits = text.drop { $0 == "+" || $0 == "-" }.drop { $0 == "0" }
        return digits.isEmpty ? "0" : (isNegative ? "-" : "") + digits
    }

    private static func number(_ text: String) -> Double? {
        switch text.lowercased() {
        case "inf", "+inf": .infinity
        case "-inf": -.infinity
        case "nan", "+nan", "-nan": .nan
        default: Double(text)
        }
    }

    /// RFC 3339 with `T`, `Z` as `+00:00`, and the fraction cut to microseconds without trailing zeros.
    private static func moment(_ text: String) -> String {
        var text = text.uppercased().replacing(" ", with: "T")
        if text.hasSuffix("Z") { text = text.dropLast() + "+00:00" }
        guard let dot = text.firstIndex(of: ".") else { return text }
        let fraction = text[text.index(after: dot)...].prefix { $0.isNumber }
        var kept = fraction.prefix(6)
        while kept.last == "0" { kept = kept.dropLast() }
        return text[..<dot] + (kept.isEmpty ? "" : "." + kept) + text[fraction.endIndex...]
    }
}
