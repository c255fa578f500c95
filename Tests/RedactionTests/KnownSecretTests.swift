import Foundation
import JSONSchemas
import Redaction
import TestSupport
import Testing

/// The exact values of secrets that Warrant was told of, however they are written.
@Suite struct KnownSecretTests {
    private static let secret = "hG7 $w/q\"é\\z+K2p=9"

    private static func percent(_ text: String, _ kept: CharacterSet) -> String {
        text.addingPercentEncoding(withAllowedCharacters: kept) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// The secret's spellings, made by other code than the one that looks for them.
    private static let spellings: [(String, String)] = {
        let bytes = Data(secret.utf8)
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var spellings = [
            ("plain", secret), ("hex", hex), ("HEX", hex.uppercased()), ("percent", percent(secret, unreserved)),
            ("every byte percent", bytes.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()),
            ("percent, small", percent(secret, unreserved).lowercasedEscapes),
            ("form", percent(secret, unreserved.union(CharacterSet(charactersIn: " "))).replacing(" ", with: "+")),
            ("JSON", String(JSONValue.string(secret).serialized().dropFirst().dropLast())),
            ("JSON of ASCII", #"hG7 $w/q\"\u00e9\\z+K2p=9"#), ("JSON with slashes", #"hG7 $w\/q\"\u00E9\\z+K2p=9"#),
        ]
        for before in 0..<3 {
            for behind in 0..<3 {
                let padded = Data(repeating: 0x41, count: before) + bytes + Data(repeating: 0x42, count: behind)
                let text = padded.base64EncodedString()
                spellings.append(("base64 \(before) \(behind)", text))
                spellings.append(
                    ("base64url \(before) \(behind)", text.replacing("+", with: "-").replacing("/", with: "_")))
                spellings.append(("folded \(before) \(behind)", text.prefix(11) + "\r\n" + text.dropFirst(11)))
            }
        }
        return spellings
    }()

    @Test func `a secret is found in each of its spellings and always has the same token`() throws {
        let redactor = Redactors.make(secrets: [Self.secret])
        let token = redactor.redact(Self.secret)
        try #require(token.hasPrefix("<SECRET:h:"))
        for (name, spelling) in Self.spellings {
            let text = "before \(spelling) behind"
            let redacted = redactor.redact(text)
            #expect(redacted.contains(token), "\(name): \(redacted)")
            // What is left of it is padding, or a character that stands for bytes around it alone.
            let rest = redacted.replacing("before ", with: "").replacing(" behind", with: "").replacing(token, with: "")
            #expect(rest.utf8.count <= 6, "\(name): \(redacted)")
            #expect(Redactors.plain.redact(text) == text, "\(name): nobody else knows it")
        }
    }

    /// A secret with what languages write as escapes, as they write it, the last ones by hand.
    private static let marked = #"Zq81+Lm&90<Xy'77>"é\K2"#
    private static let escapedSpellings = [
        // Go, Python, .NET.
        #"Zq81+Lm\u002690\u003cXy'77\u003e\"é\\K2"#, #"Zq81+Lm&90<Xy'77>\"\u00e9\\K2"#,
        #"Zq81\u002BLm\u002690\u003CXy\u002777\u003E\u0022\u00E9\\K2"#,
        // HTML.
        #"Zq81+Lm&amp;90&lt;Xy'77&gt;"é\K2"#, #"Zq81&#43;Lm&amp;90&lt;Xy&#39;77&gt;&#34;é\K2"#,
        #"Zq81+Lm&amp;90&lt;Xy&#x27;77&gt;&quot;&#233;\K2"#, #"&#90;q81&#x2B;Lm&#38;90&#60;Xy&apos;77&#x3e;&quot;é\K2"#,
        // Each character by itself.
        marked.unicodeScalars.map { scalar in
            #"\u00"# + hex(scalar.value)
        }.joined(),
    ]

    private static func hex(_ value: UInt32) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }

    @Test(arguments: escapedSpellings)
    func `a secret of which only some characters are escaped is found, with the same token`(spelling: String) {
        let redactor = Redactors.make(secrets: [Self.marked, "another-Zq81-one"])
        let token = redactor.redact(Self.marked)
        #expect(redactor.redact("before \(spelling) behind") == "before \(token) behind")
        #expect(redactor.redact(token) == token)
        #expect(Redactors.plain.redact(spelling) == spelling, "nobody else knows it")
        // The control: one character is another one.
        let other = spelling.replacing("K2", with: "K3").replacing(#"\u0032"#, with: #"\u0033"#)
        #expect(redactor.redact(other) == other)
    }

    @Test func `a secret that has the text of an escape in it is found as it is, and escaped`() {
        let redactor = Redactors.make(secrets: ["a&amp;b-u0026-c&d"])
        let token = redactor.redact("a&amp;b-u0026-c&d")
        #expect(token.hasPrefix("<SECRET:h:"))
        #expect(redactor.redact("x a&amp;amp;b-u0026-c&amp;d y") == "x \(token) y")
    }

    @Test func `a thousand random secrets are found in every encoding`() {
        var generator = CorpusGenerator(seed: 21)
        let alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=-_ !&\"\\äß"
        let secrets = (0..<200).map { _ in
            generator.text(Int.random(in: 8...60, using: &generator), of: alphabet)
        }
        let redactor = Redactors.make(secrets: secrets)
        for secret in secrets {
            let bytes = Array(secret.utf8)
            let shift = Int.random(in: 0..<3, using: &generator)
            let encoded = SecretCorpus.base64(Array("xyz".utf8.prefix(shift)) + bytes + Array("tail".utf8))
            let texts = [
                secret, encoded, bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
                Self.percent(secret, Self.unreserved),
                String(JSONValue.string(secret).serialized().dropFirst().dropLast()),
            ]
            for text in texts {
                let redacted = redactor.redact("a \(text) b")
                #expect(redacted.contains("<SECRET:h:"), "\(text)")
                #expect(!redacted.contains(text.dropFirst(6).prefix(max(6, text.count / 2))), "\(redacted)")
            }
        }
    }

    @Test func `what a cut left of a secret is found at both ends`() {
        let secret = "s3cr3t-Zq81-Lm90-Xy77-Ab12"
        let redactor = Redactors.make(secrets: [secret])
        for count in 13..<secret.count {
            #expect(redactor.redact("log: " + secret.prefix(count)) == "log: " + redactor.redact(secret))
            #expect(redactor.redact(secret.suffix(count) + " done") == redactor.redact(secret) + " done")
        }
        // Too little of it to be told from other text, and a beginning in the middle of a text.
        #expect(redactor.redact("log: s3cr3t") == "log: s3cr3t")
        #expect(redactor.redact("s3cr3t-Zq81-Lm90 is another") == "s3cr3t-Zq81-Lm90 is another")
    }

    @Test func `a secret that the middle of an output was cut out of is found on both sides`() {
        let secret = "s3cr3t-Zq81-Lm90-Xy77-Ab12"
        let redactor = Redactors.make(secrets: [secret])
        let cut = "start " + secret.prefix(20) + "\n[... 900 bytes left out ...]\n" + secret.suffix(20) + " end"
        let token = redactor.redact(secret)
        #expect(redactor.redact(cut) == "start \(token)\n[... 900 bytes left out ...]\n\(token) end")
    }

    @Test func `a text of fewer than six bytes is no secret`() {
        #expect(KnownSecret("12345") == nil)
        #expect(KnownSecret("123456") != nil)
    }

    @Test func `a secret inside another finding takes the name, and the rest goes too`() {
        let redactor = Redactors.make(secrets: ["Middle0Part99"])
        let key = "sk_live_abcDEF123Middle0Part99xyz"
        let redacted = redactor.redact("key \(key).")
        #expect(redacted.hasPrefix("key <SECRET:h:"))
        #expect(!redacted.contains("abcDEF123"))
        #expect(!redacted.contains("xyz"))
    }
}

extension String {
    /// With the hex digits of percent-encoded bytes in small letters.
    fileprivate var lowercasedEscapes: String {
        var result = ""
        var rest = Substring(self)
        while let first = rest.popFirst() {
            guard first == "%" else {
                result.append(first)
                continue
            }
            result += "%" + rest.prefix(2).lowercased()
            rest = rest.dropFirst(2)
        }
        return result
    }
}
