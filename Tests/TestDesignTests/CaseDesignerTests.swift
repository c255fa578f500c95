import TestDesign
import Testing

@Suite struct CaseDesignerTests {
    private static let document = """
        # Lists

        Elements are separated by commas.

        ```conf
        # Two lists.
        list = [1, 2]
        name = "some text"
        ```

        ```conf
        # INVALID
        list = 1, 2
        ```

        ```conf
        # A list and what it must not be.
        list = [3]
        # list = [3  # INVALID
        flat = 4 5   # not allowed
        ```

        ```json
        {"list": [1, 2]}
        ```
        """

    private static func rule(
        _ quote: String, _ polarity: RuleToTest.Polarity = .must, section: String = "Lists", at byteStart: Int = 9
    ) -> RuleToTest {
        RuleToTest(id: "R-1", quote: quote, polarity: polarity, section: section, byteStart: byteStart)
    }

    private static func made(
        _ quote: String, _ polarity: RuleToTest.Polarity = .must, technique: String
    ) -> [DesignedCase] {
        CaseDesigner.cases(for: [rule(quote, polarity)], in: document).filter { $0.technique == technique }
    }

    @Test func `examples are cases and remarks say which are wrong`() {
        let cases = CaseDesigner.cases(for: [], in: Self.document)
        #expect(cases.allSatisfy { $0.technique == "example" })
        #expect(
            cases.map(\.input) == [
                "# Two lists.\nlist = [1, 2]\nname = \"some text\"\n",
                "# INVALID\nlist = 1, 2\n",
                "# A list and what it must not be.\nlist = [3]\n# list = [3  # INVALID\n",
                "# A list and what it must not be.\nlist = [3]\n# list = [3  # INVALID\nlist = [3\n",
                "# A list and what it must not be.\nlist = [3]\n# list = [3  # INVALID\nflat = 4 5\n",
            ])
        #expect(cases.map(\.shouldAccept) == [true, false, true, false, false])
    }

    @Test func `an example is a case of the rule that it follows`() {
        let cases = CaseDesigner.cases(for: [Self.rule("Lists are easy.")], in: Self.document)
        #expect(cases.first?.ruleIDs == ["R-1"])
        let elsewhere = CaseDesigner.cases(for: [Self.rule("Lists are easy.", section: "Other")], in: Self.document)
        #expect(elsewhere.first?.ruleIDs == [])
    }

    @Test func `a rule's words choose the techniques`() {
        let doubled = Self.made("Elements are separated by commas.", technique: "doubled")
        #expect(doubled.map(\.input) == ["list = [1,, 2]\n"])
        #expect(doubled.allSatisfy { !$0.shouldAccept && $0.ruleIDs == ["R-1"] })
        // The same document with a rule of other words.
        #expect(Self.made("Elements are numbers.", technique: "doubled").isEmpty)
    }

    @Test func `what may be is not made wrong, and what is permitted is made right`() {
        #expect(Self.made("Elements may be separated by commas.", .may, technique: "doubled").isEmpty)
        let allowed = Self.made("A trailing comma is permitted.", .may, technique: "trailing")
        #expect(allowed.map(\.input) == ["list = [1, 2,]\n", "list = [3,]\n"])
        #expect(allowed.allSatisfy { $0.shouldAccept })
        let forbidden = Self.made("A trailing comma is not permitted.", .mustNot, technique: "trailing")
        let inputs = (forbidden.map(\.input), allowed.map(\.input))
        #expect(inputs.0 == inputs.1)
        #expect(forbidden.allSatisfy { !$0.shouldAccept })
    }

    @Test(arguments: [
        ("Lists are surrounded by brackets.", "unclosed", "list = [1, 2\n"),
        ("A number consists of digits.", "digit", "list = [1, \u{663}]\n"),
        ("Only spaces are blanks.", "space", "list = [1, 2]\u{B}\n"),
        ("A name must not be given more than once.", "repeated", "list = [1, 2]\nlist = [1, 2]\n"),
        ("A list must be on a single line.", "line break", "list =\n [1, 2]\n"),
        ("A newline is LF.", "carriage return", "list = [1, 2]\rlist = [1, 2]\n"),
        ("A number must be at most 59.", "boundary", "list = [60]\n"),
        ("A value must not be empty.", "empty", "list =\n"),
    ])
    func `a technique makes what breaks the rule`(quote: String, technique: String, input: String) {
        let made = Self.made(quote, technique: technique)
        #expect(made.contains { $0.input == input && !$0.shouldAccept }, "\(made.map(\.input))")
    }

    @Test func `characters at the limits of the ranges that a rule excludes are put into its texts`() {
        let quote = "Control characters other than tab (U+0000 to U+0008, U+000A to U+001F) are not permitted."
        let made = Self.made(quote, .mustNot, technique: "character").map(\.input)
        #expect(made.contains("name = \"some text\u{0}\"\n") && made.contains("name = \"some text\u{1F}\"\n"))
        #expect(!made.contains("name = \"some text\n\"\n"))
        // A range that is only named excludes nothing.
        #expect(Self.made("A blank is a character, U+0020.", .must, technique: "character").isEmpty)
    }

    @Test func `where remarks stand in a column each line is an input`() {
        let text = """
            # Plans

            Steps must be separated by one comma.

            ```
            30s,1m          two steps
            30s,            rejected: nothing follows
            ```
            """
        let rule = Self.rule("Steps must be separated by one comma.", section: "Plans")
        let cases = CaseDesigner.cases(for: [rule], in: text)
        #expect(cases.filter { $0.technique == "example" }.map(\.input) == ["30s,1m", "30s,"])
        #expect(cases.filter { $0.technique == "example" }.map(\.shouldAccept) == [true, false])
        #expect(cases.contains { $0.input == "30s,,1m" && !$0.shouldAccept })
    }

    @Test func `of two made cases that contradict each other none stays, and an example outweighs both`() {
        let first = RuleToTest(
            id: "R-1", quote: "A trailing comma is permitted.", polarity: .may, section: "Lists", byteStart: 9)
        let second = RuleToTest(
            id: "R-2", quote: "A trailing comma is not permitted.", polarity: .mustNot, section: "Lists", byteStart: 9)
        let both = CaseDesigner.cases(for: [first, second], in: Self.document)
        #expect(!both.contains { $0.technique == "trailing" })
        #expect(CaseDesigner.cases(for: [first], in: Self.document).contains { $0.technique == "trailing" })
    }

    private static let plain = "# S\n\nWords.\n\n```conf\nsize = 12\nlist = [1, 2]\nname = \"x\"\n```\n"

    @Test(
        arguments: [
            ("Sizes can be zero.", .may, "zero", true),
            ("A size must not be zero.", .mustNot, "zero", false),
            ("A size must be greater than zero.", .must, "zero", false),
            ("Trailing whitespace is ignored.", .must, "trailing space", true),
            ("Trailing whitespace is not allowed.", .mustNot, "trailing space", false),
            ("A trailing comma is not allowed.", .mustNot, "trailing", true),
            ("Trailing whitespace is not allowed.", .mustNot, "trailing", false),
            ("A size must be between 10 and 20.", .must, "boundary", true),
            ("A size must not be between 10 and 20.", .mustNot, "boundary", false),
            ("A size must be at most 59.", .must, "boundary", true),
            ("A size must be at least 2 and at most 59.", .must, "boundary", true),
            ("There must be at most 20 sizes.", .must, "boundary", false),
            ("A size must be at most 20%.", .must, "boundary", false),
            ("A size must be at most 9,999.", .must, "boundary", false),
            ("A size must be at most 2.5.", .must, "boundary", false),
            ("Any character may be used except U+0041 to U+0043.", .must, "character", true),
            ("Any of the characters U+0041 to U+0043 may be used, except spaces.", .must, "character", false),
            ("Characters are forbidden except U+0041 to U+0043.", .mustNot, "character", false),
            ("Names may consist of letters only. Digits follow.", .must, "character", false),
            ("Names consist only of letters.", .must, "character", true),
        ] as [(String, RuleToTest.Polarity, String, Bool)])
    func `a rule makes no case whose expectation it doesn't give`(
        quote: String, polarity: RuleToTest.Polarity, technique: String, isMade: Bool
    ) {
        let rule = Self.rule(quote, polarity, section: "S", at: 5)
        let made = CaseDesigner.cases(for: [rule], in: Self.plain).filter { $0.technique == technique }
        #expect(made.isEmpty != isMade, "\(made.map(\.input))")
    }

    @Test func `a remark that names an error calls nothing wrong, one that tells of an error does`() {
        func block(_ remark: String) -> String { "```conf\n# \(remark)\nlevel = 1\n```\n\n" }
        func isRight(_ remark: String) -> [Bool] {
            // Two blocks with a comment show how comments begin.
            CaseDesigner.cases(for: [], in: "# S\n\n" + block(remark) + block("Other.")).map(\.shouldAccept)
        }
        for remark in ["Error handling", "Level of the error log"] { #expect(isRight(remark) == [true, true]) }
        for remark in ["ERROR: no key", "error", "A reader must throw an error", "INVALID"] {
            #expect(isRight(remark) == [false, true])
        }
    }

    @Test func `where all of an example is wrong nothing of it is right`() {
        let text = "# S\n\n```conf\n# One.\na = 1\n```\n\n```conf\n# Two.\n= 1  # INVALID\n```\n"
        let cases = CaseDesigner.cases(for: [], in: text)
        #expect(cases.map(\.input) == ["# One.\na = 1\n", "# Two.\n= 1\n"])
        #expect(cases.map(\.shouldAccept) == [true, false])
    }

    @Test func `from an example that goes on and on nothing is made`() {
        let rule = Self.rule("Lists are surrounded by brackets.", section: "S", at: 5)
        func unclosed(_ lines: Int) -> Int {
            let text = "# S\n\n```conf\na = [\n" + String(repeating: "1,\n", count: lines) + "]\n```\n"
            return CaseDesigner.cases(for: [rule], in: text).count(where: { $0.technique == "unclosed" })
        }
        #expect(unclosed(3) == 1)
        #expect(unclosed(300) == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a rule as long as a book comes to an end`() {
        let quote = "A character must be " + String(repeating: "only ", count: 100_000)
        let rule = Self.rule(quote, section: "S", at: 5)
        #expect(rule.quote.count == 1_000)
        #expect(CaseDesigner.cases(for: [rule], in: Self.plain).contains { $0.technique == "example" })
    }

    @Test func `a document without examples gives no cases`() {
        #expect(CaseDesigner.cases(for: [Self.rule("Steps must be separated by commas.")], in: "Words.").isEmpty)
        #expect(CaseDesigner.cases(for: [], in: "").isEmpty)
    }
}
