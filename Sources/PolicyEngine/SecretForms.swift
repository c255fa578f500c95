/// The forms that ``SecretScanner`` knows, each tried at one place of a text.
///
/// None of them looks further ahead than a bound before it is sure, and what it is sure of is not looked at again, so
/// that a whole text is looked through in linear time.
enum SecretForms {
    private struct Form: Sendable {
        let prefix: [UInt8]
        let kind: SecretScanner.Kind
        let least: Int
        /// The one length it can have; nil for any of at least `least`.
        let exact: Int?
        let others: [UInt8]

        init(
            _ prefix: String, _ kind: SecretScanner.Kind, _ least: Int, exact: Bool = false, others: String = "_"
        ) {
            self.prefix = Array(prefix.utf8)
            self.kind = kind
            self.least = least
            self.exact = exact ? least : nil
            self.others = Array(others.utf8)
        }

        func fits(_ byte: UInt8) -> Bool { SecretForms.isAlphanumeric(byte) || others.contains(byte) }
    }

    /// The forms by the first byte of their prefixes.
    private static let formsByByte: [[Form]] = {
        var forms: [Form] = []
        for prefix in ["AKIA", "ASIA", "ABIA", "ACCA"] {
            forms.append(Form(prefix, .aws, 16, exact: true, others: ""))
        }
        for prefix in ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"] {
            forms.append(Form(prefix, .gitHub, 36))
        }
        for prefix in ["glpat-", "gldt-", "glrt-", "glptt-"] {
            forms.append(Form(prefix, .gitLab, 20, others: "_-."))
        }
        for prefix in ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xapp-"] {
            forms.append(Form(prefix, .slack, 10, others: "-."))
        }
        forms.append(Form("hooks.slack.com/services/", .slack, 30, others: "/"))
        forms.append(Form("AIza", .google, 35, exact: true, others: "_-"))
        forms.append(Form("ya29.", .google, 30, others: "_-."))
        for prefix in ["sk_live_", "rk_live_"] { forms.append(Form(prefix, .stripe, 16)) }
        forms.append(Form("whsec_", .stripe, 16, others: "+/="))
        forms.append(Form("sk-", .languageModel, 32, others: "_-"))
        forms.append(Form("hf_", .languageModel, 30))
        forms.append(Form("npm_", .registry, 36))
        forms.append(Form("pypi-", .registry, 50, others: "_-"))
        forms.append(Form("SG.", .service, 66, exact: true, others: "_-."))
        forms.append(Form("dop_v1_", .service, 64))
        forms.append(Form("shpat_", .service, 32))
        forms.append(Form("AGE-SECRET-KEY-1", .service, 50))
        var table = [[Form]](repeating: [], count: 256)
        for form in forms {
            if let first = form.prefix.first { table[Int(first)].append(form) }
        }
        return table
    }()

    /// Bytes of a token that are looked at to tell it from a placeholder such as `ghp_xxxxxxxx`.
    private static let mixWindow = 128
    private static let leastDifferentBytes = 8

    /// A token with a prefix of its own.
    static func token(_ bytes: [UInt8], _ start: Int) -> SecretScanner.Match? {
        let candidates = formsByByte[Int(bytes[start])]
        guard !candidates.isEmpty, start == 0 || !isWord(bytes[start - 1]) else { return nil }
        for form in candidates where has(form.prefix, bytes, start) {
            let body = start + form.prefix.count
            var end = body
            let bound = min(bytes.count, body + (form.exact.map { $0 + 1 } ?? mixWindow))
            while end < bound, form.fits(bytes[end]) { end += 1 }
            guard end - body >= form.least, form.exact.map({ end - body == $0 }) ?? true,
                isMixed(bytes[body..<end])
            else { continue }
            while form.exact == nil, end < bytes.count, form.fits(bytes[end]) { end += 1 }
            return SecretScanner.Match(kind: form.kind, range: start..<end)
        }
        return nil
    }

    /// `aws_secret_access_key = ...`.
    static func assignedKey(_ bytes: [UInt8], _ start: Int) -> SecretScanner.Match? {
        guard start == 0 || !isAlphanumeric(bytes[start - 1]) else { return nil }
        for (index, byte) in keyName.enumerated() {
            guard start + index < bytes.count, bytes[start + index] | 0x20 == byte | 0x20 else { return nil }
        }
        var body = start + keyName.count
        let bound = min(bytes.count, body + 12)
        while body < bound, " \t\"'=:>".utf8.contains(bytes[body]) { body += 1 }
        var end = body
        while end < min(bytes.count, body + 41), isAlphanumeric(bytes[end]) || "+/".utf8.contains(bytes[end]) {
            end += 1
        }
        guard body > start + keyName.count, end - body == 40, isMixed(bytes[body..<end]) else { return nil }
        return SecretScanner.Match(kind: .aws, range: body..<end)
    }

    private static let keyName = Array("aws_secret_access_key".utf8)

    /// Three parts of Base64 for URLs, of which the first two begin as an object of JSON does.
    static func webToken(_ bytes: [UInt8], _ start: Int) -> SecretScanner.Match? {
        guard start == 0 || !isURLSafe(bytes[start - 1]), let first = part(bytes, start),
            let second = part(bytes, first + 1), bytes[first] == UInt8(ascii: "."), second < bytes.count,
            bytes[second] == UInt8(ascii: ".")
        else { return nil }
        var end = second + 1
        while end < bytes.count, isURLSafe(bytes[end]) { end += 1 }
        guard end - second > 10 else { return nil }
        return SecretScanner.Match(kind: .webToken, range: start..<end)
    }

    /// Where a part that starts with `eyJ` ends, if something follows it.
    private static func part(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard has(objectStart, bytes, start) else { return nil }
        var end = start
        while end < bytes.count, isURLSafe(bytes[end]) { end += 1 }
        return end - start >= 10 && end < bytes.count ? end : nil
    }

    private static let objectStart = Array("eyJ".utf8)

    /// A key between `-----BEGIN ... PRIVATE KEY-----` and its end; without one up to the end of the text.
    static func privateKey(_ bytes: [UInt8], _ start: Int) -> SecretScanner.Match? {
        guard has(begin, bytes, start) else { return nil }
        let line = start + begin.count
        let head = bytes[line..<min(bytes.count, line + 48)]
        guard let name = head.firstRange(of: keyWords), let dashes = head[name.upperBound...].firstRange(of: fence)
        else { return nil }
        let rest = bytes[dashes.upperBound...]
        guard let last = rest.firstRange(of: endMark) else {
            return SecretScanner.Match(kind: .privateKey, range: start..<bytes.count)
        }
        let tail = bytes[last.upperBound..<min(bytes.count, last.upperBound + 64)]
        let end = tail.firstRange(of: fence)?.upperBound ?? last.upperBound
        return SecretScanner.Match(kind: .privateKey, range: start..<end)
    }

    private static let begin = Array("-----BEGIN ".utf8)
    private static let keyWords = Array("PRIVATE KEY".utf8)
    private static let endMark = Array("-----END ".utf8)
    private static let fence = Array("-----".utf8)

    /// `://user:password@`; the match is the password alone.
    static func password(_ bytes: [UInt8], _ start: Int) -> SecretScanner.Match? {
        guard has(authority, bytes, start) else { return nil }
        var index = start + authority.count
        let nameBound = min(bytes.count, index + 128)
        while index < nameBound, !endsUser(bytes[index]), bytes[index] != UInt8(ascii: ":") { index += 1 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return nil }
        let body = index + 1
        var end = body
        let bound = min(bytes.count, body + 256)
        while end < bound, !endsUser(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "@"), end - body >= 4, !isPlaceholder(bytes[body..<end])
        else { return nil }
        return SecretScanner.Match(kind: .password, range: body..<end)
    }

    private static let authority = Array("://".utf8)
    private static let placeholders: Set<String> = [
        "password", "passwd", "pass", "secret", "changeme", "change-me", "example", "token", "your-password",
        "yourpassword", "pwd123", "hidden", "redacted",
    ]

    private static func isPlaceholder(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        if "$<{*%[".utf8.contains(first) || bytes.allSatisfy({ $0 | 0x20 == first | 0x20 }) { return true }
        return placeholders.contains(String(decoding: bytes, as: UTF8.self).lowercased())
    }

    private static func endsUser(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x7F || "/@?#\"'<>()[]{}|\\`,;".utf8.contains(byte)
    }

    /// Whether enough different bytes stand in it for a random token.
    private static func isMixed(_ bytes: ArraySlice<UInt8>) -> Bool {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for byte in bytes {
            let bit: UInt64 = 1 << UInt64(byte & 63)
            if byte < 64 { low |= bit } else { high |= bit }
        }
        return low.nonzeroBitCount + high.nonzeroBitCount >= leastDifferentBytes
    }

    private static func has(_ prefix: [UInt8], _ bytes: [UInt8], _ start: Int) -> Bool {
        guard start + prefix.count <= bytes.count else { return false }
        for (index, byte) in prefix.enumerated() where bytes[start + index] != byte { return false }
        return true
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }

    /// Base64 for URLs.
    private static func isURLSafe(_ byte: UInt8) -> Bool { isWord(byte) || byte == UInt8(ascii: "-") }
}
