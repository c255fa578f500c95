import JSONSchemas
import Testing

@Suite struct StringPatternTests {
    private static let samples: [(source: String, yes: [String], no: [String])] = [
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
        ("^(?=.*a)(?!.*bb)[abc]+$", ["a", "bacb"], ["b", "abb", "bc"]),
        ("(?<=a)b(?!c)", ["ab", "xabx"], ["b", "abc", "xabc"]),
        ("(?<!a)b", ["b", "abb", "xb"], ["ab", "a"]),
        ("^(?:(?=a)[a-c]|(?<=a(?=b))b)+$", ["a", "ab", "aab"], ["b", "ba b", "abb"]),
        ("(?=a)*b", ["b"], ["a"]), ("^(?!)$", [], ["", "a"]), ("^(?=)$", [""], ["a"]),
        ("\\bword\\b", ["word", "a word.", "-word-"], ["sword", "words", "word_"]),
        ("\\Bb\\B", ["abc"], ["b", "ab", "bc"]), ("^\\b$|^\\B$", [""], ["a"]),
        ("^\\p{L}\\p{Lu}\\P{Nd}$", ["éÄx", "aÉ-"], ["1Ax", "aax", "aA1"]),
        ("^[\\p{Script=Greek}\\p{Nd}_]+$", ["αβγ1_٣"], ["a", "αa"]),
        ("^[^\\P{L}b]$", ["a", "ж"], ["b", "1"]), ("^\\p{Letter}+\\p{sc=Han}$", ["a漢"], ["漢a"]),
        ("^\\p{gc=Decimal_Number}\\p{White_Space}\\p{Emoji}$", ["1 😀"], ["a 😀"]),
        ("^\\cJ\\cz$", ["\n\u{1A}"], ["J"]),
        ("^\\_\\-\\/\\@\\:[\\w-.]\\é$", ["_-/@:-é", "_-/@:.é", "_-/@:aé"], ["_-/@: é"]),
        ("^{a}[a]]{2}}$", ["{a}a]]}"], ["{a}a]}"]), ("^a{,2}b{x$", ["a{,2}b{x"], ["aab{x"]),
        ("^[\\uD83D\\uDE00]?[\\uD800-\\uDFFF]$", [], ["\u{1F600}", "a", ""]),
        ("^(?<größe>a)$", ["a"], []),
    ]

    private static let faults: [(source: String, reason: String)] = [
        ("(a)\\1", "back-reference"), ("\\k<n>", "back-reference"), ("(?i)a", "followed by something unknown"),
        ("(?P<n>a)", "followed by something unknown"), ("\\p{Xyz}", "Unicode property"),
        ("\\pL", "isn't followed by `{`"),
        ("\\p{L", "isn't closed"), ("(a", "isn't closed"), ("(?=a", "isn't closed"), ("a)", "closes nothing"),
        ("[a", "isn't closed"), ("\\c1", "isn't followed by a letter"), ("\\012", "octal"), ("\\Aa", "unknown"),
        ("*a", "repeats nothing"), ("a**", "repeats nothing"), ("^*", "anchor is repeated"),
        ("\\b+", "anchor is repeated"), ("(?<=a)?", "anchor is repeated"), ("{2}", "repeats nothing"),
        ("[z-a]", "out of order"), ("a{2,1}", "below its minimum"), ("\\q", "unknown"), ("\\", "ends in"),
        ("\\u{110000}", "no character"), ("\\x1", "2 hexadecimal digits"), ("\\u12", "4 hexadecimal digits"),
        ("a{1000000}", "more than 20000 states"), ("((a{200}){200}){200}", "more than 20000 states"),
        ("(?=(a{1000}){1000})", "more than 20000 states"), ("a{99999999999999999999}", "more than 20000 states"),
        ("((?:|){0,1000000}){40}", "more than 20000 states"),
        (String(repeating: "a|", count: 8_192) + "a", "16385 bytes, more than 16384"),
        (String(repeating: "(", count: 300) + String(repeating: ")", count: 300), "nested deeper than 200"),
    ]

    @Test(arguments: samples)
    func `a pattern accepts what it should and nothing else`(source: String, yes: [String], no: [String])
        throws
    {
        let pattern = try StringPattern(parsing: source)
        for text in yes { #expect(pattern.matches(text), "\(source) should match \(text.debugDescription)") }
        for text in no {
            #expect(!pattern.matches(text), "\(source) should not match \(text.debugDescription)")
        }
    }

    @Test(arguments: faults)
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
        let looking = try StringPattern(parsing: "^(?:(?=(?:a+)+$)a|(?<!(?:a|aa)+b)a)+$")
        #expect(looking.matches(String(repeating: "a", count: 2000)))
        #expect(!looking.matches(String(repeating: "a", count: 2000) + "b"))
    }

    @Test(arguments: ["((?:){0,1000000}){40}", "(?:){0,1000000}", "((){5,900000}){0,20}", "(?:(){1000000})*"])
    func `a part that matches the empty text only adds no states, however often it is repeated`(source: String) throws {
        for pattern in ["^\(source)a$", "^" + String(repeating: source, count: 300) + "a$"] {
            let parsed = try StringPattern(parsing: pattern)
            #expect(parsed.matches("a") && !parsed.matches("aa") && !parsed.matches(""))
            #expect(parsed.stateCount < 500)
        }
    }

    @Test func `a class that names one property a thousand times holds it once`() throws {
        let many = try StringPattern(parsing: "^[" + String(repeating: "\\p{L}\\P{Nd}", count: 1_000) + "x-z]+$")
        let once = try StringPattern(parsing: "^[\\p{L}\\P{Nd}x-z]+$")
        #expect(many.expression == once.expression)
        #expect(many.matches("é-x") && !many.matches("1"))
    }

    @Test func `random patterns agree with brute force over their words`() throws {
        // The oracle derives whether a word is in the language from the expression alone, without an automaton.
        var random = SplitMix(state: 7)
        var words = [""]
        for length in 1...4 {
            words += words.filter { $0.count == length - 1 }.flatMap { [$0 + "a", $0 + "b", $0 + "-"] }
        }
        for _ in 0..<800 {
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
        case .lookahead(let inside, let isNegative):
            return ends(inside, text, start).isEmpty == isNegative ? [start] : []
        case .lookbehind(let inside, let isNegative):
            let isMatch = (0...start).contains { ends(inside, text, $0).contains(start) }
            return isMatch != isNegative ? [start] : []
        case .wordBoundary(let isNegative):
            let isWord = { (position: Int) in text.indices.contains(position) && text[position] != "-" }
            return (isWord(start - 1) != isWord(start)) != isNegative ? [start] : []
        }
    }

    private func randomPattern(depth: Int, _ random: inout SplitMix) -> String {
        guard depth > 0 else {
            return ["a", "b", "[ab]", "[^a]", ".", "-", "\\b", "\\B", "^", "$"].randomElement(using: &random) ?? "a"
        }
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return randomPattern(depth: depth - 1, &random) + randomPattern(depth: depth - 1, &random)
        case 1:
            return "(\(randomPattern(depth: depth - 1, &random))|\(randomPattern(depth: depth - 1, &random)))"
        case 2:
            let quantifier =
                ["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}"].randomElement(using: &random) ?? "*"
            return "(?:\(randomPattern(depth: depth - 1, &random)))\(quantifier)"
        case 3, 4:
            let look = ["(?=", "(?!", "(?<=", "(?<!"].randomElement(using: &random) ?? "(?="
            return look + randomPattern(depth: depth - 1, &random) + ")"
        default: return randomPattern(depth: 0, &random)
        }
    }
}
