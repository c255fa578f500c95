import JSONSchemas
import Testing

@Suite struct StringPatternTests {
    @Test(arguments: [
        ("a", ["a", "bab"], ["", "b", "A"]),
        ("^a$", ["a"], ["ba", "ab", "a\n"]),
        ("^[a-z-]+$", ["a-b", "-"], ["", "a_b", "A"]),
        ("^(bug|feature)$", ["bug", "feature"], ["bugs", "feat"]),
        ("^\\d{3}-\\d{2,}$", ["123-45", "123-4567"], ["12-45", "123-4", "１２３-45"]),
        ("^a{0}b?$", ["", "b"], ["a", "bb"]),
        ("^(?:ab){1,2}c*$", ["ab", "ababcc"], ["", "ababab"]),
        ("^(?<year>\\d+?)$", ["2026"], ["x"]),
        ("^.$", ["é", "😀", "\t"], ["\n", "\r", "\u{2028}", "", "ab"]),
        ("^[^\\s,]+$", ["ab"], ["a b", "a,b", "\u{A0}"]),
        ("^\\u00e9\\u{1F600}\\x41\\t$", ["é😀A\t"], ["é"]),
        ("^\\ud83d\\ude00$", ["😀"], ["a"]),
        ("^[\\]\\-a]$", ["]", "-", "a"], ["b", "\\"]),
        ("x|^$", ["", "axb"], ["a"]),
        ("^a|b$", ["ax", "xb"], ["xa", "bx"]),
        ("[]", [], ["", "a"]),
        ("^[^]$", ["\n", "a"], ["", "ab"]),
        ("", ["", "anything"], []),
        ("^(a*)*$", ["", "aaaa"], ["b", "aab"]),
        ("^\\W\\D\\S$", ["-xy"], ["axy", "-1y", "-x "]),
    ])
    func `a pattern accepts what it should and nothing else`(source: String, yes: [String], no: [String])
        throws
    {
        let pattern = try StringPattern(parsing: source)
        for text in yes { #expect(pattern.matches(text), "\(source) should match \(text.debugDescription)") }
        for text in no {
            #expect(!pattern.matches(text), "\(source) should not match \(text.debugDescription)")
        }
    }

    @Test(arguments: [
        ("(?=a)", "look-ahead"), ("(?!a)", "look-ahead"), ("(?<=a)", "look-behind"),
        ("(?<!a)", "look-behind"),
        ("(a)\\1", "back-reference"), ("\\k<n>", "back-reference"), ("\\bword", "word boundary"),
        ("\\p{L}", "Unicode property"), ("(a", "isn't closed"), ("a)", "closes nothing"),
        ("[a", "isn't closed"),
        ("*a", "repeats nothing"), ("a**", "repeats nothing"), ("^*", "anchor is repeated"),
        ("[z-a]", "out of order"),
        ("[\\d-z]", "class of characters"), ("a{2,1}", "below its minimum"), ("{a}", "repeats nothing"),
        ("a{x}", "isn't followed by a number"), ("\\q", "unknown"), ("\\", "ends in"),
        ("\\u{110000}", "no character"),
        ("a{1000000}", "more than 20000 states"), ("((a{200}){200}){200}", "more than 20000 states"),
    ])
    func `what is not regular or not well formed is refused with the reason`(source: String, reason: String) {
        do {
            _ = try StringPattern(parsing: source)
            Issue.record("`\(source)` was accepted")
        } catch {
            #expect(error.description.contains(reason))
        }
    }

    @Test func `a pattern that ruins a backtracking matcher takes no time here`() throws {
        let pattern = try StringPattern(parsing: "^(a+)+$")
        #expect(pattern.matches(String(repeating: "a", count: 2000)))
        #expect(!pattern.matches(String(repeating: "a", count: 2000) + "b"))
    }

    @Test func `random patterns agree with brute force over their words`() throws {
        // The oracle derives whether a word is in the language from the expression alone, without an automaton.
        var random = SplitMix(state: 7)
        var words = [""]
        for length in 1...4 {
            words += words.filter { $0.count == length - 1 }.flatMap { [$0 + "a", $0 + "b"] }
        }
        for _ in 0..<400 {
            let source = randomPattern(depth: 3, &random)
            let pattern = try StringPattern(parsing: "^(?:\(source))$")
            let inner = try StringPattern(parsing: source).expression
            for word in words {
                let ends = Self.ends(inner, Array(word.unicodeScalars), 0)
                #expect(pattern.matches(word) == ends.contains(word.count), "\(source) on \(word)")
            }
        }
    }

    /// Every position at which a match that begins at `start` can end.
    private static func ends(_ expression: StringPattern.Expression, _ text: [Unicode.Scalar], _ start: Int)
        -> Set<Int>
    {
        switch expression {
        case .scalar(let set): return start < text.count && set.contains(text[start]) ? [start + 1] : []
        case .sequence(let parts):
            return parts.reduce([start]) { positions, part in
                Set(positions.flatMap { ends(part, text, $0) })
            }
        case .alternation(let parts): return Set(parts.flatMap { ends($0, text, start) })
        case .repetition(let part, let minimum, let maximum):
            var reached: Set<Int> = [start]
            for _ in 0..<minimum { reached = Set(reached.flatMap { ends(part, text, $0) }) }
            var all = reached
            for _ in 0..<(maximum.map { $0 - minimum } ?? text.count + 1) {
                reached = Set(reached.flatMap { ends(part, text, $0) })
                all.formUnion(reached)
            }
            return all
        case .start: return start == 0 ? [start] : []
        case .end: return start == text.count ? [start] : []
        }
    }

    private func randomPattern(depth: Int, _ random: inout SplitMix) -> String {
        guard depth > 0 else { return ["a", "b", "[ab]", "[^a]", "."].randomElement(using: &random) ?? "a" }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return randomPattern(depth: depth - 1, &random) + randomPattern(depth: depth - 1, &random)
        case 1:
            return "(\(randomPattern(depth: depth - 1, &random))|\(randomPattern(depth: depth - 1, &random)))"
        case 2:
            let quantifier =
                ["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}"].randomElement(using: &random) ?? "*"
            return "(?:\(randomPattern(depth: depth - 1, &random)))\(quantifier)"
        default: return randomPattern(depth: 0, &random)
        }
    }
}
