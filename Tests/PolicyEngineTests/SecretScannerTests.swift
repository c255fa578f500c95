import PolicyEngine
import Testing

/// Tokens are put together here, so that no tool that looks for leaked ones finds any in this file.
@Suite struct SecretScannerTests {
    private static func join(_ parts: String...) -> String { parts.joined() }

    private static let mixed = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY"
    private static let long = join(mixed, "Zz0Yy1Xx2Ww3Vv4Uu5Tt6Ss7Rr8Qq9Pp")

    static let tokens: [(String, SecretScanner.Kind)] = [
        (join("AKIA", "QWERTYUIOP123456"), .aws), (join("ASIA", "QWERTYUIOP123456"), .aws),
        (join("ghp", "_", mixed, "aaaa"), .gitHub), (join("github", "_pat_", long), .gitHub),
        (join("gl", "pat-", mixed), .gitLab), (join("xox", "b-", mixed), .slack),
        (join("https://hooks.slack", ".com/services/T00000000/B00000000/", mixed), .slack),
        (join("AI", "za", mixed, "abc"), .google), (join("sk", "_live_", mixed), .stripe),
        (join("sk", "-ant-", mixed, "abcdef"), .languageModel), (join("sk", "-proj-", mixed), .languageModel),
        (join("npm", "_", mixed, "aaaa"), .registry), (join("SG", ".", long, "ab"), .service),
        (join("ey", "JhbGciOiJIUzI1NiJ9.", "ey", "JzdWIiOiIxMjM0In0.", mixed), .webToken),
        (join("-----BEGIN RSA PRIV", "ATE KEY-----\nMIIE\n-----END RSA PRIV", "ATE KEY-----"), .privateKey),
        (join("postgres://app:", "hunter2hunter", "@db.example/x"), .password),
    ]

    @Test(arguments: tokens)
    func `a token is found wherever it stands, with its place`(token: String, kind: SecretScanner.Kind) throws {
        for text in [token, "key=\(token)", "(\(token))", "ü \"\(token)\", and more", "a\n\(token)\nb"] {
            #expect(SecretScanner.kind(in: text) == kind, "\(text)")
            let match = try #require(SecretScanner.matches(in: text).first)
            #expect(match.kind == kind)
            let found = String(decoding: Array(text.utf8)[match.range], as: UTF8.self)
            // Of a URL only the password.
            #expect(token.contains(found) && found.count >= 13)
        }
        #expect(SecretScanner.matches(in: "\(token) \(token)").count == 2)
    }

    @Test func `a private key that never ends goes to the end of the text`() {
        let text = "x -----BEGIN OPENSSH PRIV" + "ATE KEY-----\nb3Bl\nand so on"
        #expect(SecretScanner.matches(in: text).map(\.range) == [2..<text.utf8.count])
    }

    @Test func `a key that is assigned by name is found`() {
        let key = Self.mixed + "Zz0+Yy1/"
        #expect(SecretScanner.kind(in: "AWS_SECRET_" + "ACCESS_KEY=\(key)") == .aws)
        #expect(SecretScanner.kind(in: "aws_secret_" + "access_key = \"\(key)\"") == .aws)
        #expect(SecretScanner.kind(in: "aws_secret_access_key is missing") == nil)
        #expect(SecretScanner.kind(in: key) == nil)
    }

    @Test(arguments: [
        "", "No token here.", "ghp_short", join("xghp_", mixed, "aaaa"), "AKIAshort", join("AKIA", "QWERTYUIOP1234567"),
        "sha256 9f2cb6a7c1d3e5f70819aabbccddeeff00112233445566778899aabbccddeeff", "sk-learn and sk-image",
        "npm_config_registry", "https://example.com/a?b=c", "https://user@example.com/", "http://example.com:8080/a@b",
        "https://user:password@example.com", "https://user:$TOKEN@example.com", "-----BEGIN CERTIFICATE-----\nMIIE",
        "eyJ.eyJ.x", "eyJhbGciOiJIUzI1NiJ9", join("ghp_", String(repeating: "x", count: 36)),
        "data:text/plain;base64,AAAA", "10:30 a:b://c",
    ])
    func `what only looks a little like one is none`(text: String) {
        #expect(SecretScanner.kind(in: text) == nil)
        #expect(SecretScanner.matches(in: text).isEmpty)
    }

    static let hostile = [
        "eyJ", "eyJ.", "eyJa-", "eyJaaaaaaaaaa.", "://", "://a:", "://a:b", "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----", "ghp_", "sk-", "AIza-", "xoxb-", "SG.", "AKIA", "aws_secret_access_key=", "-",
    ]

    @Test(.timeLimit(.minutes(2)), arguments: hostile)
    func `a long text is looked through in time in proportion to its length`(part: String) {
        let matches = SecretScanner.matches(in: String(repeating: part, count: 200_000 / part.count))
        #expect(zip(matches, matches.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
    }
}
