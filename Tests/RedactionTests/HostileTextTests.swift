import JSONSchemas
import Redaction
import Testing

/// Texts that somebody made so that looking at them takes long. Time in proportion to the square of these would be hours;
/// the limit only ends what hangs.
@Suite(.timeLimit(.minutes(5))) struct HostileTextTests {
    static let units = [
        "a@", "@", "a.", "a@a.", "1", "1 ", "4111 ", "4111-", "0", ":", "::", "1:", "a:", "://", "a://b:", "=", "= ",
        "password=", "token:", "\"token\": \"", "-", "--", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + String(repeating: "A", count: 64) + "\n", "eyJ", "eyJ.", "ghp_", "AKIA",
        "DE89",
        "DE89 3704 ", "+1", "(1", "1.", "1.1.1.1.", "%40", "Bearer ", "Basic QUFB", "<EMAIL:h:", "<", "\u{E9}", "\n",
        "\r",
        "A", "abcdefgh", "abcd\n", "c-", "c-1", "&amp;", "&#97;", "\\", "\\u0061", "\\n", "%41", "\u{1B}[",
        "\u{1B}[1m", "1;",
        "password=\"\\", "a://b:$",
    ]

    @Test(arguments: units)
    func `half a megabyte of one thing is read in time`(unit: String) {
        let secrets = ["abcdefghabcdefgX", "aaaaaaaaaaaaaaaaaaab", "a@a@a@a@a@a@b", "1111111111111112"]
        let redactor = Redactors.make(secrets: secrets, requested: Set(RedactionClass.onRequest))
        let text = String(repeating: unit, count: (1 << 19) / unit.utf8.count)
        let redacted = redactor.redact(text)
        #expect(redactor.redact(redacted) == redacted)
    }

    @Test(arguments: ["1", "c", "c-", "c1", "1x", "a"])
    func `a pattern that begins everywhere and ends nowhere is read in time`(unit: String) throws {
        let kind = try #require(RedactionClass(pattern: "ORDER"))
        let pattern = try #require(ProjectPattern(kind, try StringPattern(parsing: "(c-?)*[0-9]+(x|(c*)*y)")))
        let text = String(repeating: unit, count: (1 << 15) / unit.utf8.count)
        let redactor = Redactors.make(patterns: [pattern])
        #expect((redactor.redact(text) != text) == (unit == "1x"))
    }

    @Test func `everything in a text of many findings is counted once`() {
        var tally = RedactionTally()
        _ = Redactors.full.redact(String(repeating: "a.b@c.org ", count: 40_000), tally: &tally)
        #expect(tally.counts[.email] == 40_000)
    }

    @Test func `bytes that are no text are looked at all the same`() {
        let bytes: [UInt8] = [0xFF, 0xC3, 0x28] + Array(" a.user@example.org ".utf8) + [0xE2, 0x80, 0x00, 0xF0]
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!Redactors.full.redact(text).contains("a.user"))
    }
}
