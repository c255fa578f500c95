import Foundation
import JSONSchemas
import Redaction
import TestSupport
import Testing

/// Recall and precision on a generated corpus.
@Suite struct CorpusTests {
    private static let count = 400

    @Test(arguments: SecretCorpus.Kind.allCases)
    func `at least 99 in 100 values of a class are found and nothing of them is left`(kind: SecretCorpus.Kind) throws {
        var corpus = SecretCorpus(seed: 11)
        var missed: [String] = []
        for _ in 0..<Self.count {
            let sample = corpus.sample(kind)
            try #require(sample.text.contains(sample.value))
            if sample.isLeft(in: Redactors.full.redact(sample.text)) { missed.append(sample.text) }
        }
        #expect(missed.count * 100 <= Self.count, "\(missed.prefix(5))")
    }

    @Test(arguments: SecretCorpus.Kind.allCases.filter(\.isAlways))
    func `secrets, cards and account numbers are found without being asked for`(kind: SecretCorpus.Kind) throws {
        var corpus = SecretCorpus(seed: 12)
        let samples = (0..<Self.count).map { _ in corpus.sample(kind) }
        try #require(samples.allSatisfy { $0.text.contains($0.value) && $0.isLeft(in: $0.text) })
        let missed = samples.filter { $0.isLeft(in: Redactors.plain.redact($0.text)) }
        #expect(missed.count * 100 <= Self.count, "\(missed.prefix(5).map(\.text))")
    }

    @Test(arguments: SecretCorpus.Kind.allCases.filter { !$0.isAlways })
    func `addresses and numbers of people stay where nobody asked`(kind: SecretCorpus.Kind) {
        var corpus = SecretCorpus(seed: 13)
        let changed = (0..<Self.count).map { _ in corpus.sample(kind).text }.filter { Redactors.plain.redact($0) != $0 }
        #expect(changed == [])
    }

    @Test(arguments: SecretCorpus.Kind.allCases)
    func `what only looks like a value stays as it is`(kind: SecretCorpus.Kind) {
        var corpus = SecretCorpus(seed: 14)
        let changed = (0..<Self.count).map { _ in corpus.nearMiss(kind) }.filter { Redactors.full.redact($0) != $0 }
        #expect(changed == [])
    }

    @Test func `a value of which one byte was replaced is not taken for a found one`() throws {
        var corpus = SecretCorpus(seed: 17)
        let sample = corpus.sample(.github)
        let changed = sample.text.replacing(sample.value, with: String(sample.value.dropLast()) + "?")
        try #require(changed != sample.text)
        #expect(sample.isLeft(in: changed))
        #expect(!sample.isLeft(in: "<SERVICE_KEY:h:0123456789abcdef>"))
    }

    private static let key = "ghp_aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC3"

    @Test(arguments: [
        #""line\n\#(key)""#, #"a\t\#(key)"#, "\u{1B}[31m\(key)", "\u{1B}[m\(key)",
        #"\x1b[1m\#(key)"#,
        #"\033[0;31m\#(key)"#, "?q=%22\(key)%22", #"x\n4111111111111111"#, "\u{1B}[1m4111 1111 1111 1111",
        #"\nDE89370400440532013000"#,
        "4111\u{A0}1111\u{A0}1111\u{A0}1111", "4111\u{202F}1111\u{202F}1111\u{202F}1111",
        "FR32 4906 3445 9903 1787 1525 865",
        "DE89\u{A0}3704\u{A0}0044\u{A0}0532\u{A0}0130\u{A0}00", #"at\npassword=Xy77Zq81Lm90"#,
        "sk_test_aB3dE5gH7jK9mN1pQ2rS", "whsec_aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA",
        "sk-aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC3dE5gH7jK9mN1", "sk-svcacct-aB3dE5gH7jK9mN1pQ2rS4tU6",
    ])
    func `escapes, spaces that don't break and new forms hide nothing`(text: String) {
        let redacted = Redactors.plain.redact(text)
        for piece in ["aB3dE5", "jK9mN1", "11111", "370400", "0044", "Xy77Zq", "4906", "1525"] {
            #expect(!redacted.contains(piece), "\(redacted)")
        }
        #expect(redacted.contains(":h:"))
    }

    @Test(arguments: [
        // A word that goes on, an escape that is none, a number in a row of others.
        #"C:\xghp_aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC3"#, "[31mghp_aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC3",
        "x4111111111111111", "%2x4111111111111111", "4111\u{A0}1111 1111\u{A0}1111",
        "sk-a-name-of-a-style-with-many-words-in-it-1",
        "the sk-loadingindicator", #"\n@decorator.name"#, "?q=%22::1%22", "?q=%221.2.3.4.5",
    ])
    func `what only looks like an escape or a key stays`(text: String) {
        #expect(Redactors.full.redact(text) == text)
    }

    @Test(arguments: [
        ("postgres://u:%23Passw0rdXy@db", "Passw0"), ("postgres://u:$Passw0rdXy9@db", "Passw0"),
        ("postgres://u:*Passw0rdXy9@db", "Passw0"), ("postgres://u:[Passw0rdXy9@db", "Passw0"),
        (#"password="aB3dE5gH\\7jK9mN1pQ2""#, "7jK9"), (#"password="aB3dE5gH\"7jK9mN1pQ2""#, "7jK9"),
        (#"{\"password\": \"aB3dE5gH\\\\7jK9mN1pQ2\", \"n\": 1}"#, "7jK9"), ("PASSWORD=%23aB3dE5gH7jK9", "aB3dE5"),
        ("PASSWORD='$aB3dE5gH7jK9'", "aB3dE5"),
    ])
    func `a password that begins like a placeholder, or has an escape in it, goes as a whole`(
        text: String, piece: String
    ) {
        let redacted = Redactors.plain.redact(text)
        #expect(redacted.contains("<PASSWORD:h:"), "\(redacted)")
        #expect(!redacted.contains(piece), "\(redacted)")
        #expect(Redactors.plain.redact(redacted) == redacted)
    }

    @Test func `what a journal is made of stays as it is`() {
        var generator = CorpusGenerator(seed: 15)
        var texts = [
            "01kbyq0w8zrm3d5v7n2c4x6s8t", "2026-11-26T04:02:11.123Z", "1764129731123456789", "sha256:", "v6.3.1",
            "triage[3]/file#2", "Qwen2.5-Coder-1.5B-Instruct Q4_K_M", "0.4111111111111111", "swift-6.3-RELEASE",
        ]
        for _ in 0..<2_000 {
            let digest = generator.text(64, of: "0123456789abcdef")
            texts += [digest, "\"hash\": \"\(digest)\"", "digest: \(digest.prefix(40))", String(digest.prefix(16))]
            // A run's identifier, and a UUID.
            texts.append("01" + generator.text(24, of: "0123456789abcdefghjkmnpqrstvwxyz"))
            let parts = [8, 4, 4, 4, 12].map { generator.text($0, of: "0123456789abcdef") }
            texts.append(parts.joined(separator: "-"))
            texts.append("176" + generator.text(16, of: "0123456789"))
        }
        #expect(texts.filter { Redactors.plain.redact($0) != $0 } == [])
    }

    /// This repository's own sources, and Python's where they are installed.
    private static func sources() -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path(percentEncoded: false)
        var paths = ((try? FileManager.default.subpathsOfDirectory(atPath: root + "Sources")) ?? [])
            .filter { $0.hasSuffix(".swift") }.map { root + "Sources/" + $0 }
        for version in 9...15 {
            let folder = "/usr/lib/python3.\(version)/"
            paths += [
                "ssl.py", "tokenize.py", "http/client.py", "urllib/request.py", "email/utils.py", "ipaddress.py",
                "imaplib.py", "smtplib.py", "secrets.py", "hashlib.py", "argparse.py", "typing.py",
            ].map { folder + $0 }
        }
        return paths.filter { FileManager.default.fileExists(atPath: $0) }
    }

    @Test(arguments: [false, true])
    func `source code has at most one finding in 10 KiB`(isFull: Bool) async throws {
        let redactor = isFull ? Redactors.full : Redactors.plain
        var bytes = 0
        var tally = RedactionTally()
        for path in Self.sources() {
            // Gives other tests, which wait for something, a turn.
            await Task.yield()
            let text = try String(contentsOfFile: path, encoding: .utf8)
            bytes += text.utf8.count
            _ = redactor.redact(text, tally: &tally)
        }
        try #require(bytes > 1_000_000, "there must be something to look at")
        let findings = tally.counts.values.reduce(0, +)
        #expect(findings * 10_240 <= bytes, "\(tally.json) in \(bytes) bytes")
    }

    @Test func `a redacted text is not changed again`() {
        var corpus = SecretCorpus(seed: 16)
        let secrets = (0..<10).map { _ in corpus.generator.text(16, of: "abcdefghijkl0123456789") }
        let redactor = Redactors.make(secrets: secrets, requested: Set(RedactionClass.onRequest))
        var changed = 0
        for round in 0..<3_000 {
            let parts = (0..<Int.random(in: 1...6, using: &corpus.generator)).map { _ in
                switch Int.random(in: 0..<6, using: &corpus.generator) {
                case 0: return corpus.generator.pick(secrets)
                case 1:
                    return corpus.generator.pick([" ", "", "\n", "=", ":", "\"", "password=", "Bearer ", "@", "+1"])
                case 2: return corpus.nearMiss(corpus.generator.pick(SecretCorpus.Kind.allCases))
                default: return corpus.sample(corpus.generator.pick(SecretCorpus.Kind.allCases)).text
                }
            }
            let text = parts.joined(separator: corpus.generator.pick([" ", "", "\n"]))
            let once = redactor.redact(text)
            var tally = RedactionTally()
            let twice = redactor.redact(once, tally: &tally)
            #expect(once == twice, "round \(round): \(text)")
            #expect(tally.isEmpty)
            if once != text { changed += 1 }
        }
        #expect(changed > 2_000, "most texts must have had something")
    }
}
