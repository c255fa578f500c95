import JSONSchemas

/// What a call returned, with marks where an attacker's text may stand.
///
/// The recorded text is taken apart with the marks in place, and they are replaced in the strings that come out: text
/// put in before could pass for another record.
struct RecordedResult: Hashable, Sendable {
    private let value: JSONValue

    init(_ text: String) {
        value = RecordDump.value(of: text)
    }

    /// The result with `attack` at every mark; without an attack the marks are gone.
    func value(with attack: String?) -> JSONValue { Self.replaced(value, with: attack ?? "") }

    private static func replaced(_ value: JSONValue, with text: String) -> JSONValue {
        switch value {
        case .string(let old): .string(replaced(old, with: text))
        case .array(let elements): .array(elements.map { replaced($0, with: text) })
        case .object(let members):
            .object(JSONObject(members.map { (replaced($0.key, with: text), replaced($0.value, with: text)) }))
        default: value
        }
    }

    private static func replaced(_ old: String, with text: String) -> String {
        guard old.contains("[[inj:") else { return old }
        return old.replacing(/\[\[inj:[A-Za-z0-9_]+\]\]/) { _ in text }
    }
}
