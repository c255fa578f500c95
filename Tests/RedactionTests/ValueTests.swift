import JSONSchemas
import Redaction
import Testing

/// JSON values: strings, keys, numbers, and what a key says of its value.
@Suite struct ValueTests {
    @Test func `strings at every depth and keys are replaced, all else stays`() {
        let value: JSONValue = [
            "rows": [["mail": "a.user@example.org", "n": 3, "ok": true, "none": .null], ["mail": "nothing"]],
            "by": ["b.user@example.org": 1.5],
        ]
        let token = { (text: String) in Redactors.full.redact(text) }
        #expect(
            Redactors.full.redact(value) == [
                "rows": [
                    ["mail": .string(token("a.user@example.org")), "n": 3, "ok": true, "none": .null],
                    ["mail": "nothing"],
                ],
                "by": .object(JSONObject([(token("b.user@example.org"), 1.5)])),
            ])
        #expect(Redactors.full.finds(in: value))
        #expect(!Redactors.plain.finds(in: value))
        #expect(!Redactors.full.finds(in: Redactors.full.redact(value)))
    }

    @Test func `the order of members stays, and two keys that become alike keep both values`() {
        let value = JSONValue.object(JSONObject([("z", 1), ("A@b.org", 2), ("a@b.org", 3), ("y", 4)]))
        let redacted = Redactors.full.redact(value).objectValue ?? JSONObject()
        #expect(redacted.values == [1, 2, 3, 4])
        #expect(redacted.keys.first == "z")
        #expect(redacted.keys.last == "y")
        #expect(redacted.keys[2] == redacted.keys[1] + "#2")
    }

    @Test func `the key says that the value is a password`() {
        let value: JSONValue = ["login": "Xy77Zq81Lm90", "password": "Xy77Zq81Lm90", "client_secret": ["Xy77Zq81Lm90"]]
        let redacted = Redactors.plain.redact(value)
        #expect(redacted["login"] == "Xy77Zq81Lm90")
        #expect(redacted["password"]?.stringValue?.hasPrefix("<PASSWORD:h:") == true)
        #expect(redacted["client_secret"]?[0]?.stringValue?.hasPrefix("<PASSWORD:h:") == true)
        #expect(Redactors.plain.redact(redacted) == redacted)
        // Words, numbers and hashes under names that only look alike.
        let plain: JSONValue = [
            "tokens": 4_096, "token": "identifier", "secretary": "Xy77Zq81Lm90", "tokenizer": "Xy77Zq81Lm90",
        ]
        #expect(Redactors.plain.redact(plain) == plain)
    }

    @Test func `a card that is a number becomes a string, other numbers stay`() {
        let redacted = Redactors.plain.redact(["card": 4_111_111_111_111_111, "order": 4_111_111_111_111_112])
        #expect(redacted["card"]?.stringValue == Redactors.plain.redact("4111 1111 1111 1111"))
        #expect(redacted["order"] == 4_111_111_111_111_112)
        #expect(Redactors.plain.redact(.integer(1_764_129_731_123_456_789)) == .integer(1_764_129_731_123_456_789))
        #expect(Redactors.plain.redact(.integer(.min)) == .integer(.min))
    }
    @Test func `a number all of whose digits are a known secret or what a pattern matches becomes its token`() throws {
        let kind = try #require(RedactionClass(pattern: "CUSTOMER"))
        let pattern = try #require(ProjectPattern(kind, try StringPattern(parsing: "77[0-9]{8}")))
        let redactor = Redactors.make(secrets: ["8812345678", "271828.75"], patterns: [pattern])
        let value: JSONValue = ["pin": 8_812_345_678, "rows": [[7_712_345_678], [-8_812_345_678]], "rate": 271_828.75]
        let redacted = redactor.redact(value)
        #expect(redacted["pin"]?.stringValue == redactor.redact("8812345678"))
        #expect(redacted["rows"]?[0]?[0]?.stringValue == redactor.redact("7712345678"))
        #expect(redacted["rows"]?[1]?[0] == redacted["pin"])
        #expect(redacted["rate"]?.stringValue == redactor.redact("271828.75"))
        #expect(redactor.redact(redacted) == redacted)
        // A fraction that is whole has the digits of one.
        #expect(redactor.redact(.number(8_812_345_678.0)) == redacted["pin"])
        #expect(
            Redactors.plain.redact(.number(4_111_111_111_111_111.0)).stringValue
                == Redactors.plain.redact("4111111111111111"))
        // The control: nobody else knows them.
        #expect(Redactors.plain.redact(value) == value)
    }

    @Test func `a number that only has a secret in it is another number`() {
        let redactor = Redactors.make(secrets: ["123456", "884512"])
        let value: JSONValue = ["at": 1_764_129_884_512_456_789, "share": 0.9123456, "count": 1_234_567]
        #expect(redactor.redact(value) == value)
        #expect(redactor.redact(123_456).stringValue == redactor.redact("123456"))
    }
}
