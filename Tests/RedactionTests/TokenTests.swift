import JSONSchemas
import Redaction
import TestSupport
import Testing

/// What stands in place of a value.
@Suite struct TokenTests {
    @Test func `equal values have equal tokens, whatever their spelling`() {
        let full = Redactors.full
        #expect(full.redact("A.User@Example.org") == full.redact("a.user@example.org"))
        #expect(full.redact("4111 1111 1111 1111") == full.redact("4111-1111-1111-1111"))
        #expect(full.redact("4111 1111 1111 1111") == full.redact("4111111111111111"))
        #expect(full.redact("DE89 3704 0044 0532 0130 00") == full.redact("de89370400440532013000"))
        #expect(full.redact("+49 30 123456") == full.redact("0049 30 123456"))
        #expect(full.redact("AA:BB:CC:DD:EE:F0") == full.redact("aa-bb-cc-dd-ee-f0"))
        #expect(full.redact("a.user@example.org") != full.redact("b.user@example.org"))
    }

    @Test func `a token has a class and sixteen hex digits`() throws {
        let token = Redactors.full.redact("mail a.user@example.org now")
        let form = try StringPattern(parsing: "^mail <EMAIL:h:[0-9a-f]{16}> now$")
        #expect(form.matches(token), "\(token)")
    }

    @Test func `another key makes other tokens, so that a removed key joins nothing`() {
        let other = Redactors.make(requested: [.email], key: [UInt8](repeating: 8, count: 32))
        #expect(other.redact("a.user@example.org") != Redactors.full.redact("a.user@example.org"))
        #expect(other.keyName != Redactors.full.keyName)
        #expect(Redactors.make().keyName == Redactors.full.keyName)
        #expect(other.keyName.utf8.count == 8)
    }

    @Test func `no token is a number`() {
        var generator = CorpusGenerator(seed: 31)
        for _ in 0..<5_000 {
            let token = Redactors.full.redact(generator.text(9, of: "abcdefgh") + "@example.org")
            #expect(token.dropFirst("<EMAIL:h:".count).dropLast().contains { $0.isLetter })
        }
    }

    @Test func `a key of fewer than sixteen bytes is a bug`() async {
        await #expect(processExitsWith: .failure) {
            _ = RedactionConfiguration(key: [1, 2, 3])
        }
    }

    @Test func `a token stays however a report writes its brackets`() {
        let token = Redactors.plain.redact("password = Xy77Zq81Lm90").dropFirst("password = ".count)
        let digits = token.dropFirst("<PASSWORD:h:".count).dropLast()
        for text in [
            #"\<PASSWORD:h:\#(digits)\>"#, "&lt;PASSWORD:h:\(digits)&gt;", #"\u003cPASSWORD:h:\#(digits)\u003e"#,
            "a WEB_TOKEN:h:\(digits) b", "password: \(token)", #"{"password": "\#(token)"}"#, "PASSWORD:h:\(digits)",
        ] {
            #expect(Redactors.full.redact(text) == text)
        }
        #expect(Redactors.plain.redact("password: h:\(digits)00") != "password: h:\(digits)00")
    }

    @Test func `the tally counts by class and holds no value`() {
        var tally = RedactionTally()
        _ = Redactors.full.redact("a.user@example.org b.user@example.org 4111111111111111", tally: &tally)
        #expect(tally.json == ["CARD": 1, "EMAIL": 2])
        #expect((tally + tally).json == ["CARD": 2, "EMAIL": 4])
    }

    @Test func `the floor leaves what was asked for and keeps what is always done`() {
        let secret = "Zq81-Lm90-Xy77"
        let redactor = Redactors.make(secrets: [secret], requested: [.email])
        let text = "a.user@example.org \(secret) 4111111111111111"
        #expect(redactor.floor.redact(text).hasPrefix("a.user@example.org <SECRET:h:"))
        #expect(!redactor.floor.redact(text).contains("4111"))
        #expect(redactor.floor.redact(redactor.redact(text)) == redactor.redact(text))
        #expect(redactor.added == [.email])
        #expect(redactor.requesting([.phone]).added == [.email, .phone])
    }

    @Test func `nothing is replaced by the control arm`() {
        let text = "a.user@example.org 4111111111111111 ghp_" + String(repeating: "a1B2", count: 9)
        #expect(Redactors.full.redact(text) != text)
        #expect(Redactor.disabled.redact(text) == text)
        #expect(Redactor.disabled.requesting([.email]).redact(text) == text)
        #expect(Redactor.disabled.floor.redact(text) == text)
        #expect(
            Redactor.disabled.redact(["password": "Xy77Zq81Lm90", "n": 4_111_111_111_111_111]) == [
                "password": "Xy77Zq81Lm90", "n": 4_111_111_111_111_111,
            ])
    }
}
