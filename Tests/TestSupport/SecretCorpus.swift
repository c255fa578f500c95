/// Made-up secrets and personal data of every class, each in a line of text, log, code or data; and values that only look
/// like it. The same seed gives the same corpus.
package struct SecretCorpus {
    /// What a sample is.
    package enum Kind: String, CaseIterable, Sendable {
        case aws, github, githubFine, slack, gitlab, google, stripe, webToken, privateKey, bearer, basic, connection,
            assigned, card, iban, email, phone, ipv4, ipv6, mac

        /// Whether it is found without being asked for.
        package var isAlways: Bool {
            switch self {
            case .email, .phone, .ipv4, .ipv6, .mac: false
            default: true
            }
        }
    }

    /// A value and a text that has it.
    package struct Sample: Sendable {
        package let kind: Kind
        /// The bytes that must not be left.
        package let value: String
        package let text: String

        /// Whether six bytes of the value, or all of a shorter one, are left in a redacted text.
        package func isLeft(in redacted: String) -> Bool {
            let value = Array(value.utf8)
            let redacted = Array(redacted.utf8)
            let count = min(6, value.count)
            var pieces: Set<ArraySlice<UInt8>> = []
            for start in 0...(value.count - count) { pieces.insert(value[start..<(start + count)]) }
            guard redacted.count >= count else { return false }
            return (0...(redacted.count - count)).contains { pieces.contains(redacted[$0..<($0 + count)]) }
        }
    }

    private static let digits = "0123456789"
    private static let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let lower = "abcdefghijklmnopqrstuvwxyz"
    private static let alphanumeric = upper + lower + digits
    private static let base64Letters = alphanumeric + "+/"
    private static let url = alphanumeric + "-_"

    package var generator: CorpusGenerator

    package init(seed: UInt64) {
        generator = CorpusGenerator(seed: seed)
    }

    /// A valid value in some surroundings.
    package mutating func sample(_ kind: Kind) -> Sample {
        switch kind {
        case .bearer: return credentials(kind, "Bearer", generator.text(40, of: Self.url))
        case .basic:
            let pair = "\(generator.text(6, of: Self.lower)):\(generator.text(14, of: Self.alphanumeric))"
            return credentials(kind, "Basic", Self.base64(Array(pair.utf8)))
        case .connection: return connection()
        case .assigned: return assigned()
        case .privateKey: return privateKey()
        default:
            let value = value(kind)
            return Sample(kind: kind, value: value, text: surrounded(value))
        }
    }

    /// A value alone, of a kind that has a form of its own.
    private mutating func value(_ kind: Kind) -> String {
        switch kind {
        case .aws: return generator.pick(["AKIA", "ASIA"]) + generator.text(16, of: Self.upper + "234567")
        case .github:
            return "gh" + generator.pick(["p", "o", "u", "s", "r"]) + "_" + generator.text(36, of: Self.alphanumeric)
        case .githubFine:
            return "github_pat_" + generator.text(22, of: Self.alphanumeric) + "_"
                + generator.text(59, of: Self.alphanumeric)
        case .slack:
            return generator.pick(["xoxb", "xoxp", "xoxa", "xoxr", "xoxs"]) + "-" + generator.text(12, of: Self.digits)
                + "-" + generator.text(12, of: Self.digits) + "-" + generator.text(24, of: Self.alphanumeric)
        case .gitlab: return "glpat-" + generator.text(20, of: Self.alphanumeric)
        case .google: return "AIza" + generator.text(34, of: Self.alphanumeric) + generator.text(1, of: Self.digits)
        case .stripe: return generator.pick(["sk_live_", "rk_live_"]) + generator.text(24, of: Self.alphanumeric)
        case .webToken:
            let header = Self.base64(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
            let payload = Self.base64(Array(#"{"sub":"\#(generator.text(24, of: Self.digits))"}"#.utf8))
            return [header, payload].map { $0.replacing("=", with: "") }.joined(separator: ".") + "."
                + generator.text(43, of: Self.alphanumeric)
        case .card: return card()
        case .iban: return iban()
        case .email: return email()
        case .phone: return phone()
        case .ipv4: return (0..<4).map { _ in "\(Int.random(in: 1...254, using: &generator))" }.joined(separator: ".")
        case .ipv6:
            let groups = (0..<8).map { _ in
                generator.text(1, of: "123456789") + generator.text(3, of: "0123456789abcdef")
            }
            return generator.pick([groups.joined(separator: ":"), groups[0] + ":" + groups[1] + "::" + groups[2]])
        case .mac:
            let pairs = (0..<6).map { _ in generator.text(2, of: "0123456789abcdef") }
            return pairs.joined(separator: generator.pick([":", "-"]))
        case .bearer, .basic, .connection, .assigned, .privateKey: return ""
        }
    }

    // MARK: Values

    /// A number with its check digit, alone or in groups.
    private mutating func card() -> String {
        let (prefix, length) = generator.pick([
            ("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16),
            ("65", 16), ("3528", 16), ("36", 14), ("305", 14), ("62", 16), ("4", 19),
        ])
        let body = prefix + generator.text(length - prefix.count - 1, of: Self.digits)
        let number = body + Self.luhnDigit(body)
        let groups: [Int] =
            switch length {
            case 14: [4, 6, 4]
            case 15: [4, 6, 5]
            case 16: [4, 4, 4, 4]
            default: [4, 4, 4, 4, 3]
            }
        switch generator.pick([0, 1, 2]) {
        case 0: return number
        case 1: return Self.grouped(number, groups, by: " ")
        default: return Self.grouped(number, groups, by: "-")
        }
    }

    package static func grouped(_ number: String, _ groups: [Int], by separator: String) -> String {
        var rest = Substring(number)
        return groups.map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: separator)
    }

    /// The digit that completes `body` by Luhn's formula.
    package static func luhnDigit(_ body: String) -> String {
        var sum = 0
        for (place, digit) in body.utf8.reversed().enumerated() {
            let value = place % 2 == 0 ? Int(digit - 48) * 2 : Int(digit - 48)
            sum += value > 9 ? value - 9 : value
        }
        return String((10 - sum % 10) % 10)
    }

    private mutating func iban() -> String {
        let (country, count) = generator.pick([("DE", 18), ("FR", 23), ("GB", 18), ("ES", 20), ("AT", 16), ("NL", 14)])
        let alphabet = country == "GB" || country == "NL" ? Self.upper : Self.digits
        let bban = generator.text(4, of: alphabet) + generator.text(count - 4, of: Self.digits)
        let number = country + Self.ibanDigits(country, bban) + bban
        guard generator.pick([true, false]) else { return number }
        var rest = Substring(number)
        var groups: [String] = []
        while !rest.isEmpty {
            groups.append(String(rest.prefix(4)))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: " ")
    }

    /// The two check digits (ISO 7064, MOD 97-10).
    package static func ibanDigits(_ country: String, _ bban: String) -> String {
        var rest = 0
        for byte in (bban + country + "00").utf8 {
            rest = byte < 58 ? (rest * 10 + Int(byte - 48)) % 97 : (rest * 100 + Int(byte - 55)) % 97
        }
        let digits = 98 - rest
        return digits < 10 ? "0\(digits)" : "\(digits)"
    }

    private mutating func email() -> String {
        let name = generator.pick([
            generator.text(7, of: Self.lower),
            generator.text(4, of: Self.lower) + "." + generator.text(6, of: Self.lower),
            generator.text(5, of: Self.lower) + "+" + generator.text(3, of: Self.digits),
            generator.text(6, of: Self.upper) + "_" + generator.text(2, of: Self.digits),
        ])
        let domain = generator.text(6, of: Self.lower)
        return name + "@" + domain + generator.pick([".com", ".co.uk", ".example.org", "-mail.de"])
    }

    private mutating func phone() -> String {
        let a = generator.text(1, of: "23456789") + generator.text(2, of: Self.digits)
        let b = generator.text(3, of: Self.digits)
        let c = generator.text(4, of: Self.digits)
        return generator.pick([
            "+1\(a)\(b)\(c)", "+1 \(a) \(b) \(c)", "(\(a)) \(b)-\(c)", "\(a)-\(b)-\(c)", "\(a).\(b).\(c)",
            "+49 30 \(b)\(c)", "+44 (0)20 \(c) \(a)1", "030 \(b)\(c)", "0\(a)-\(b)\(c)", "0049 30 \(b)\(c)",
        ])
    }

    // MARK: Values that stand in a form of their own

    private mutating func credentials(_ kind: Kind, _ scheme: String, _ value: String) -> Sample {
        let header = generator.pick([
            "Authorization: \(scheme) \(value)\r\nAccept: */*", #"{"Authorization": "\#(scheme) \#(value)"}"#,
            "curl -H 'authorization: \(scheme.lowercased()) \(value)' https://api.example.org/v1", "\(scheme) \(value)",
        ])
        return Sample(kind: kind, value: value, text: header)
    }

    private mutating func connection() -> Sample {
        // As a `#` has to be written, and what placeholders begin with too.
        let password =
            generator.pick(["", "", "", "%23", "*", "@", ".", "["]) + generator.text(14, of: Self.alphanumeric)
            + generator.pick(["", "!", "%21"])
        let address =
            generator.pick(["postgres", "mysql", "redis", "amqps", "mongodb+srv", "https"]) + "://"
            + generator.pick(["app", "svc_user", ""]) + ":" + password + "@db.internal:5432/main"
        return Sample(kind: .connection, value: password, text: surrounded(address))
    }

    private mutating func assigned() -> Sample {
        let value =
            generator.text(1, of: Self.upper) + generator.text(6, of: Self.lower) + generator.text(3, of: Self.digits)
            + generator.text(6, of: Self.alphanumeric) + generator.text(2, of: Self.digits)
        let text = generator.pick([
            "password = \"\(value)\"", "PASSWORD=\(value)", "\"api_key\": \"\(value)\"", "db_password: \(value)",
            "export CLIENT_SECRET=\(value)", "login --password \(value) --user x", "$secret => '\(value)',",
            "<token='\(value)'/>", "dbPassword: '\(value)'", #"{\"token\": \"\#(value)\"}"#,
            #"{"log": "began\npassword=\#(value)"}"#,
        ])
        return Sample(kind: .assigned, value: value, text: text)
    }

    private mutating func privateKey() -> Sample {
        let lines = (0..<6).map { _ in generator.text(64, of: Self.base64Letters) }
        let name = generator.pick(["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY"])
        let separator = generator.pick(["\n", "\r\n", #"\n"#])
        let text = (["-----BEGIN \(name)-----"] + lines + ["-----END \(name)-----"]).joined(separator: separator)
        return Sample(kind: .privateKey, value: lines[3], text: generator.pick(["", "key: "]) + text + separator)
    }

    // MARK: Surroundings

    private mutating func surrounded(_ value: String) -> String {
        generator.pick([
            "The value is \(value).", "\(value)", "2026-11-26T04:00:00Z INFO got \(value), going on", "x=\(value)\ny=2",
            #"{"field": "\#(value)", "n": 3}"#, "a;\(value);b", "<td>\(value)</td>", "(\(value))", "«\(value)»",
            "let it = '\(value)'", "see \(value)\r\nand more", "\t\(value)\t7", "“\(value)”",
            // Behind escapes: a line of a log in JSON, colors as a terminal and as JSON have them, a link.
            #"{"log": "began\n\#(value)\nended"}"#, #"{"log": "1\t\#(value)\tx"}"#,
            "\u{1B}[31m\(value)\u{1B}[0m", "\u{1B}[1;32m\(value)\u{1B}[m", #"\u001b[31m\#(value)\u001b[0m"#,
            "https://example.org/?q=%22\(value)%22",
        ])
    }

    // MARK: Near misses

    /// A text that has nothing to be replaced, but looks like `kind`.
    package mutating func nearMiss(_ kind: Kind) -> String {
        switch kind {
        case .aws:
            return surrounded(
                generator.pick([
                    "AKIA" + generator.text(15, of: Self.upper) + " x", "AKIA" + generator.text(17, of: Self.upper),
                    "AKIAEXAMPLEaaaaaaaaa", "x_AKIA" + generator.text(16, of: Self.upper),
                ]))
        case .github: return surrounded("ghp_" + generator.text(8, of: Self.alphanumeric) + " token")
        case .githubFine: return surrounded("github_pattern_matching_is_a_name")
        case .slack: return surrounded("xoxo-love and kisses")
        case .gitlab: return surrounded("glpat-short or so")
        case .google: return surrounded("AIzawa is a name")
        case .stripe: return surrounded("sk_live_ is the prefix")
        case .webToken: return surrounded("eyJ0eXAi.short and eyJhbGciOiJIUzI1NiJ9 alone")
        case .privateKey: return "if line == \"-----BEGIN PRIVATE KEY-----\" { begin() }"
        case .bearer: return surrounded("Bearer authentication-is-described in RFC 6750")
        case .basic: return surrounded("Basic knowledge of HTTP")
        case .connection:
            return surrounded(
                generator.pick([
                    "https://example.org:8080/a@b", "postgres://user:password@host/db", "ssh://git@host/x",
                    "redis://:${REDIS_PASSWORD}@host", "https://{user}:{password}@host",
                    "redis://:$REDIS_PASSWORD@host", "redis://:$redisPassword2@host", "https://app:%DB_PASS%@host",
                    "mysql://app:%(password)s@host", #"postgres://\(user):\(password)@host"#, "https://a:*****@host",
                ]))
        case .assigned:
            return generator.pick([
                "token = tokenizer.next()", "password: String", "secret = os.environ[\"KEY_1\"]", "pwd: /home/a1/b2",
                "token: <your token here>", "tokens: 15360", "let password = try readPassword()",
                "secret: ${SECRET_V2}",
                "api_key=*************", "password=$secret_v2", "token: '%API_TOKEN_2%'", "secret=@keys/k1.txt",
                "if token == .endOfText1 { }",
                "tokenizer_hash: " + generator.text(64, of: "0123456789abcdef"),
            ])
        case .card:
            let body = "4" + generator.text(14, of: Self.digits)
            let right = Int(Self.luhnDigit(body)) ?? 0
            return surrounded(
                generator.pick([
                    body + "\((right + 3) % 10)", "1" + body, "0." + body + "\(right)", "a" + body + "\(right)",
                    "\(body)\(right)f", "1764124800123456789", Self.grouped(body + "\(right)", [3, 5, 4, 4], by: " "),
                ]))
        case .iban:
            return surrounded("DE" + "00" + generator.text(18, of: Self.digits))
        case .email: return surrounded(generator.pick(["user@localhost", "@decorator.name", "a @ b.com", "x@y"]))
        case .phone:
            return surrounded(
                generator.pick([
                    "2026-11-26", "1,234,567", "12:34:56", "100 200 3000", "+0100", "3.14159265358", "0x1F60",
                ]))
        case .ipv4:
            return surrounded(
                generator.pick(["1.2.3", "version 1.2.3.4", "v10.20.30.40", "300.1.2.3", "1.2.3.4.5", "01.2.3.4"]))
        case .ipv6: return surrounded(generator.pick(["12:34:56", "std::vector", "a::b", "::", "12:30", "::1"]))
        case .mac: return surrounded(generator.pick(["12:34:56:78:90", "aa-bb-cc-dd-ee", "aa:bb:cc:dd:ee:ff:00"]))
        }
    }

    /// Base64 with padding (RFC 4648).
    package static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array(base64Letters)
        var text = ""
        var index = 0
        while index < bytes.count {
            let group = bytes[index..<min(index + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << ((3 - group.count) * 8)
            for place in 0..<4 {
                text.append(place <= group.count ? letters[bits >> (18 - place * 6) & 63] : "=")
            }
            index += 3
        }
        return text
    }
}
