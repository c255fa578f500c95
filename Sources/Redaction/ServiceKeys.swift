/// Keys of services, by the forms that their makers document for secret scanners.
enum ServiceKeys {
    /// What a key begins with and what follows.
    struct Shape {
        let prefix: [UInt8]
        let isPart: @Sendable (UInt8) -> Bool
        /// How many characters follow, at least and at most.
        let length: ClosedRange<Int>
        /// Whether the beginning says enough that a key is known by less of it where the text ends.
        let isKnownCut: Bool

        init(
            _ prefix: String, _ length: ClosedRange<Int>, _ isPart: @escaping @Sendable (UInt8) -> Bool,
            isKnownCut: Bool = true
        ) {
            self.isKnownCut = isKnownCut
            self.prefix = Array(prefix.utf8)
            self.length = length
            self.isPart = isPart
        }
    }

    /// A key that runs to the end of the text may have been cut there: this many characters are enough.
    private static let cutLength = 10

    private static let isBase32: @Sendable (UInt8) -> Bool = { ByteKind.isUpper($0) || ByteKind.isDigit($0) }
    private static let isSigning: @Sendable (UInt8) -> Bool = { ByteKind.isBase64($0) || $0 == UInt8(ascii: "=") }
    private static let isWord: @Sendable (UInt8) -> Bool = ByteKind.isWord
    private static let isURL: @Sendable (UInt8) -> Bool = ByteKind.isBase64URL
    private static let isAlphanumeric: @Sendable (UInt8) -> Bool = ByteKind.isAlphanumeric

    static let shapes: [Shape] = [
        // AWS access key identifiers: long-term and temporary.
        Shape("AKIA", 16...16, isBase32), Shape("ASIA", 16...16, isBase32),
        // GitHub: personal, OAuth, user-to-server, server-to-server, refresh, fine-grained.
        Shape("ghp_", 36...255, isAlphanumeric), Shape("gho_", 36...255, isAlphanumeric),
        Shape("ghu_", 36...255, isAlphanumeric), Shape("ghs_", 36...255, isAlphanumeric),
        Shape("ghr_", 36...255, isAlphanumeric), Shape("github_pat_", 22...255, isWord),
        // Slack: bot, user, app, legacy, refresh and configuration tokens.
        Shape("xoxb-", 10...255, isURL), Shape("xoxp-", 10...255, isURL), Shape("xoxa-", 10...255, isURL),
        Shape("xoxr-", 10...255, isURL), Shape("xoxs-", 10...255, isURL), Shape("xoxe-", 10...255, isURL),
        Shape("xoxe.xoxp-", 10...255, isURL), Shape("xoxe.xoxb-", 10...255, isURL), Shape("xapp-", 10...255, isURL),
        Shape("glpat-", 20...255, isURL), Shape("gldt-", 20...255, isURL), Shape("glrt-", 20...255, isURL),
        Shape("AIza", 35...35, isURL),
        // Stripe: secret, restricted, of test mode too, and the secrets of its notifications.
        Shape("sk_live_", 10...255, isAlphanumeric), Shape("rk_live_", 10...255, isAlphanumeric),
        Shape("sk_test_", 10...255, isAlphanumeric), Shape("rk_test_", 10...255, isAlphanumeric),
        Shape("whsec_", 24...255, isSigning),
        // Anthropic; OpenAI: of a project, a service account, an administrator, and the plain ones of before.
        Shape("sk-ant-", 24...255, isURL), Shape("sk-proj-", 24...255, isURL), Shape("sk-svcacct-", 24...255, isURL),
        Shape("sk-admin-", 24...255, isURL), Shape("sk-", 40...64, isAlphanumeric, isKnownCut: false),
        Shape("npm_", 36...36, isAlphanumeric), Shape("pypi-AgEI", 50...255, isURL),
        Shape("hf_", 34...40, isAlphanumeric), Shape("AGE-SECRET-KEY-1", 58...58, isBase32),
    ]

    /// The key that begins at `index`, where a word begins.
    static func match(_ text: Span<UInt8>, at index: Int) -> Finding? {
        for shape in shapes where text.has(shape.prefix, at: index) {
            let start = index + shape.prefix.count
            // One more than fits, so that a longer word is seen to be one.
            let end = text.end(of: start, limit: shape.length.upperBound + 1, shape.isPart)
            let length = end - start
            let isCut =
                shape.isKnownCut && end == text.count && length >= cutLength && length <= shape.length.upperBound
            guard shape.length.contains(length) && !ByteKind.isWord(text.byte(end)) || isCut,
                isVaried(text, start..<end)
            else { continue }
            return Finding(index..<end, .serviceKey)
        }
        return nil
    }

    /// Whether it isn't `xxxxxxxxxx`, which stands for a key in documents.
    private static func isVaried(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var seen: Set<UInt8> = []
        for index in range { seen.insert(text[index]) }
        return seen.count > 4
    }
}
