import JSONSchemas
import Testing

/// Where a pattern matches.
@Suite struct PatternRangesTests {
    private func matches(_ pattern: String, _ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        return try StringPattern(parsing: pattern).ranges(in: text).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test(arguments: [
        ("a+", "baab aaa", ["aa", "aaa"]), ("a|ab|abc", "abcab", ["abc", "ab"]),
        ("[0-9]{2,3}", "1234567", ["123", "456"]),
        ("é.", "xéyé", ["éy"]), ("^a", "aa", ["a"]), ("a$", "aa", ["a"]), ("^$", "", []), ("b*", "abba", ["bb"]),
        ("x", "abc", []), ("(ab|a)(bc)?", "abc", ["abc"]), ("日本?", "日 日本", ["日", "日本"]),
        ("\\bab?\\b", "ab cab a", ["ab", "a"]), ("(?<=x)a+", "aa xaa", ["aa"]), ("a+(?!a|b)", "aab aac", ["aa"]),
    ])
    func `matches are the leftmost and longest`(pattern: String, text: String, expected: [String]) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test func `ranges are found where a search of every place finds them`() throws {
        let patterns = ["ab*c", "(a|b)+c?", "[^a]b", "a{2}", "a.b|c", "(ab)*c"]
        var state: UInt64 = 5
        for pattern in patterns {
            let compiled = try StringPattern(parsing: pattern)
            let whole = try StringPattern(parsing: "^(?:\(pattern))$")
            for _ in 0..<300 {
                var text: [Character] = []
                for _ in 0..<12 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    text.append(["a", "b", "c"][Int(state >> 60) % 3])
                }
                var expected: [Range<Int>] = []
                var start = 0
                while start < text.count {
                    let end = (start + 1...text.count).reversed().first { whole.matches(String(text[start..<$0])) }
                    if let end { expected.append(start..<end) }
                    start = end ?? start + 1
                }
                #expect(compiled.ranges(in: String(text)) == expected, "\(pattern) in \(String(text))")
            }
        }
    }

    @Test func `a match has at most 256 characters`() throws {
        let found = try StringPattern(parsing: "a+").ranges(in: String(repeating: "a", count: 600))
        #expect(found == [0..<256, 256..<512, 512..<600])
    }
}
