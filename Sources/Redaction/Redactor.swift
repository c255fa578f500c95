import Crypto
import JSONSchemas

/// Replaces secrets and personal data in texts and values by keyed tokens.
///
/// | class | what is found | when |
/// | --- | --- | --- |
/// | `SECRET` | known values, also in base64, hex, percent-encoding, JSON, HTML, folded, cut, as a number | always |
/// | `SERVICE_KEY` | keys of AWS, GitHub, GitLab, Slack, Google, Stripe, OpenAI and others, by form | always |
/// | `WEB_TOKEN`, `PRIVATE_KEY` | JSON Web Tokens; private keys in PEM | always |
/// | `AUTHORIZATION` | what follows `Bearer` and `Basic` | always |
/// | `PASSWORD` | `scheme://user:PASSWORD@`, values that look random behind `password`, `token`, `api_key` ... | always |
/// | `CARD`, `IBAN` | numbers whose length, range and check digits fit | always |
/// | `EMAIL`, `PHONE`, `IP`, `MAC` | by form | where asked for |
/// | the operator's own | matches of a pattern | where configured |
///
/// Not found: a secret that is encoded twice, encrypted, spelled out, split by other characters than line breaks, or that
/// nobody named and that has no form.
///
/// Redacting a redacted text changes nothing. A value is the same function of the text and the configuration everywhere:
/// no clock, no chance.
public struct Redactor: Sendable {
    /// Shorter texts hold nothing that is looked for.
    private static let shortestByteCount = 6
    /// A replacement can uncover what stood against it; more rounds than this only happen to texts made for it.
    private static let roundLimit = 8

    private let configuration: RedactionConfiguration
    private let key: SymmetricKey
    private let index: SecretIndex
    private let scanner: TextScanner?

    /// A redactor.
    ///
    /// - Complexity: O(*k*) for the bytes of all secrets, about 30 us for each.
    public init(_ configuration: RedactionConfiguration) {
        let index = SecretIndex(configuration.secrets)
        self.init(configuration, index, TextScanner(index, requested: configuration.requested))
    }

    private init(_ configuration: RedactionConfiguration, _ index: SecretIndex, _ scanner: TextScanner?) {
        self.configuration = configuration
        self.index = index
        self.scanner = scanner
        key = SymmetricKey(data: configuration.key)
    }

    /// A redactor with a key that is forgotten: for what has no state folder. Its tokens can't be joined with others.
    public static func unjoinable() -> Redactor {
        var generator = SystemRandomNumberGenerator()
        return Redactor(
            RedactionConfiguration(key: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }))
    }

    /// Replaces nothing: the control arm of tests, which shows what would have been found.
    package static let disabled = Redactor(
        RedactionConfiguration(key: [UInt8](repeating: 0, count: 16)), SecretIndex([]), nil)

    /// The same with more classes.
    public func requesting(_ classes: some Sequence<RedactionClass>) -> Redactor {
        let requested = configuration.requested.union(classes)
        guard scanner != nil, requested != configuration.requested else { return self }
        return Redactor(
            RedactionConfiguration(
                key: configuration.key, secrets: configuration.secrets, requested: requested,
                patterns: configuration.patterns), index, TextScanner(index, requested: requested))
    }

    /// The same with only what is always replaced: what a last look may do to text that whoever runs things wrote.
    public var floor: Redactor {
        guard scanner != nil, !configuration.requested.isEmpty || !configuration.patterns.isEmpty else { return self }
        return Redactor(
            RedactionConfiguration(key: configuration.key, secrets: configuration.secrets), index,
            TextScanner(index, requested: []))
    }

    /// The classes that are looked for besides the ones that always are: on request, and the operator's own.
    public var added: [RedactionClass] {
        configuration.requested.union(configuration.patterns.map(\.kind)).sorted()
    }

    /// Names the key without telling it: equal for equal keys. 8 hex digits.
    public var keyName: String {
        let token = RedactionToken.make(RedactionClass(unchecked: "KEY"), Array("name".utf8), key: key)
        return String(decoding: token.dropFirst("<KEY:h:".utf8.count).prefix(8), as: UTF8.self)
    }

    /// The names of the secrets that are looked for, each with 8 hex digits that are equal for equal values and keys: a
    /// record says by them what was looked for, and not what it is.
    public var secretNames: [String: String] {
        var names: [String: String] = [:]
        for secret in configuration.secrets where !secret.name.isEmpty {
            let token = RedactionToken.make(RedactionClass(unchecked: "NAME"), secret.bytes, key: key)
            names[secret.name] = String(decoding: token.dropFirst("<NAME:h:".utf8.count).prefix(8), as: UTF8.self)
        }
        return names
    }

    /// `text` with every finding replaced.
    ///
    /// `tally`: counts what was replaced.
    ///
    /// - Complexity: O(*n*), plus the time of the operator's patterns: O(*n* * *m*) for *m* states.
    public func redact(_ text: String, tally: inout RedactionTally) -> String {
        changed(text, sparesWords: false, tally: &tally) ?? text
    }

    /// `text` after a change; nil where there is none.
    ///
    /// `sparesWords`: whether a known secret that is an ordinary word stays.
    func changed(_ text: String, sparesWords: Bool, tally: inout RedactionTally) -> String? {
        guard scanner != nil, text.utf8.count >= Self.shortestByteCount else { return nil }
        var bytes = Array(text.utf8)
        var isChanged = false
        for _ in 0..<Self.roundLimit {
            var found = findings(in: bytes)
            if sparesWords { found.removeAll { $0.kind == .secret && $0.canonical.map(Self.isWord) == true } }
            guard !found.isEmpty else { break }
            isChanged = true
            bytes = replacing(found, in: bytes, tally: &tally)
        }
        return isChanged ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// Whether a secret could be a name that the program, a tool or a workflow gives something.
    private static func isWord(_ secret: [UInt8]) -> Bool {
        secret.allSatisfy { ByteKind.isLetter($0) || [45, 46, 95].contains($0) }
    }

    /// `text` with every finding replaced.
    public func redact(_ text: String) -> String {
        var tally = RedactionTally()
        return redact(text, tally: &tally)
    }

    /// Whether anything is replaced at all.
    var isActive: Bool { scanner != nil }

    /// The token of one value, counted.
    func token(_ kind: RedactionClass, _ canonical: [UInt8], tally: inout RedactionTally) -> String {
        tally.count(kind)
        return String(decoding: RedactionToken.make(kind, canonical, key: key), as: UTF8.self)
    }

    /// The classes that are found in `text`, each once and sorted; empty where there is nothing to replace.
    public func classes(in text: String) -> [RedactionClass] {
        guard scanner != nil, text.utf8.count >= Self.shortestByteCount else { return [] }
        return Set(findings(in: Array(text.utf8)).map(\.kind)).sorted()
    }

    /// The token for a number of which all digits are one finding; nil for any other. What only has one in it is another
    /// number: a time in nanoseconds has every short one somewhere.
    func token(forDigits digits: String, tally: inout RedactionTally) -> String? {
        let bytes = Array(digits.utf8)
        guard scanner != nil, bytes.count >= Self.shortestByteCount else { return nil }
        let found = findings(in: bytes)
        guard let finding = found.first, finding.range == bytes.indices else { return nil }
        return token(finding.kind, finding.canonical ?? bytes, tally: &tally)
    }

    private func findings(in bytes: [UInt8]) -> [Finding] {
        guard let scanner else { return [] }
        let found = scanner.findings(in: bytes.span)
        return configuration.patterns.isEmpty ? found : adding(patterns: configuration.patterns, to: found, bytes)
    }

    private func adding(patterns: [ProjectPattern], to found: [Finding], _ bytes: [UInt8]) -> [Finding] {
        let text = String(decoding: bytes, as: UTF8.self)
        // A repaired text would have other places.
        guard text.utf8.count == bytes.count else { return found }
        var matches: [Finding] = []
        for pattern in patterns {
            matches += pattern.pattern.ranges(in: text).map { Finding($0, pattern.kind) }
        }
        guard !matches.isEmpty else { return found }
        let tokens = RedactionToken.ranges(in: bytes.span)
        matches.removeAll { match in Self.overlaps(match.range, tokens) }
        return (found + matches).resolved(in: bytes.span)
    }

    /// Whether one of the sorted `ranges` has a byte in common with `range`.
    private static func overlaps(_ range: Range<Int>, _ ranges: [Range<Int>]) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].overlaps(range)
    }

    private func replacing(_ found: [Finding], in bytes: [UInt8], tally: inout RedactionTally) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + found.count * 16)
        var read = 0
        for finding in found {
            result += bytes[read..<finding.range.lowerBound]
            result += RedactionToken.make(finding.kind, finding.canonical ?? Array(bytes[finding.range]), key: key)
            read = finding.range.upperBound
            tally.count(finding.kind)
        }
        result += bytes[read...]
        return result
    }
}
