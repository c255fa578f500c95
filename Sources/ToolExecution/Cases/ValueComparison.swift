import JSONSchemas

/// Compares the value a system under test printed with the one a case expects.
///
/// Objects must have the same keys, arrays the same length, numbers the same numeric value. An object
/// `{"type": T, "value": TEXT}` with two strings is a tagged scalar as the toml-test suite writes it: integers are
/// compared as decimal numbers of any length, floats numerically (nan equals nan), date-times after cutting fractions
/// to microseconds.
enum ValueComparison {
    /// `nil` when equal, else where and how they differ.
    static func difference(expected: JSONValue, observed: JSONValue, at path: String = "$") -> String? {
        if let wanted = TaggedScalar(expected) {
            guard let got = TaggedScalar(observed) else {
                return "\(path): expected \(wanted), got \(short(observed))"
            }
            return wanted == got ? nil : "\(path): expected \(wanted), got \(got)"
        }
        switch (expected, observed) {
        case (.object(let wanted), .object(let got)):
            let missing = wanted.keys.filter { got[$0] == nil }.sorted()
            let extra = got.keys.filter { wanted[$0] == nil }.sorted()
            guard missing.isEmpty, extra.isEmpty else {
                return "\(path): keys differ, missing \(missing), unexpected \(extra)"
            }
            for (key, value) in wanted {
                guard let other = got[key] else { continue }
                if let difference = difference(expected: value, observed: other, at: "\(path).\(key)") {
                    return difference
                }
            }
            return nil
        case (.array(let wanted), .array(let got)):
            guard wanted.count == got.count else {
                return "\(path): expected \(wanted.count) elements, got \(got.count)"
            }
            for index in wanted.indices {
                if let difference = difference(
                    expected: wanted[index], observed: got[index], at: "\(path)[\(index)]")
                {
                    return difference
                }
            }
            return nil
        default:
            return expected == observed ? nil : "\(path): expected \(short(expected)), got \(short(observed))"
        }
    }

    private static func short(_ value: JSONValue) -> String {
        let text = value.serialized(.compact)
        return text.count > 120 ? text.prefix(117) + "..." : text
    }
}
