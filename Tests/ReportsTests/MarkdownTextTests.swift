import JSONSchemas
import Reports
import Testing

@Suite struct MarkdownTextTests {
    private func inline(_ text: String) throws -> String {
        try ReportTemplate(text: "{{x}}", name: "t.md").render(["x": .string(text)])
    }

    private func filtered(_ filter: String, _ text: String) throws -> String {
        try ReportTemplate(text: "{{\(filter)(x)}}", name: "t.md").render(["x": .string(text)])
    }

    @Test(arguments: [
        (
            "plain words, 1.5 and (so on): a-b = c+d! \"q\" 100%",
            "plain words, 1.5 and (so on): a-b = c+d! \"q\" 100%"
        ),
        ("[a](http://x)", "\\[a\\](http:&#8203;//x)"), ("![i](x)", "!\\[i\\](x)"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"), ("<!-- x -->", "&lt;!-- x --&gt;"),
        ("https://x.y", "https:&#8203;//x.y"),
        ("www.x.y", "www&#8203;.x.y"), ("a@b.c", "a@&#8203;b.c"),
        ("@team #12 GH-3", "@&#8203;team #&#8203;12 GH-&#8203;3"),
        ("mailto:a", "mailto:&#8203;a"), ("a|b", "a\\|b"), ("a\nb\r\n\r\n# c", "a b # c"), ("`x`", "\\`x\\`"),
        ("**a** _b_ ~~c~~ $d$", "\\*\\*a\\*\\* \\_b\\_ \\~\\~c\\~\\~ \\$d\\$"), ("\\", "\\\\"),
        ("# h", "\\# h"), ("- l", "\\- l"),
        ("+ l", "\\+ l"), ("=", "\\="), ("12. l", "12\\. l"), ("12) l", "12\\) l"), ("    code", "code"),
        ("\t", ""),
        ("---", "\\---"), ("-5", "-5"), ("12.5", "12.5"), ("#tag ## x", "#tag ## x"), ("## h", "\\## h"),
        ("a == b", "a == b"), ("3.", "3\\."), ("@ 5", "@ 5"),
        ("\u{0}\u{7}\u{7F}\u{200B}\u{2028}", "␀␇␡\\[U+200B\\]\\[U+2028\\]"),
        ("family \u{1F468}\u{200D}\u{1F469}", "family \u{1F468}\u{200D}\u{1F469}"),
    ])
    func `text in a line is inert and stays readable`(text: String, expected: String) throws {
        #expect(try inline(text) == expected)
    }

    @Test func `no value breaks out of a table cell, a list or a heading`() throws {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "|", "\n", "\r", "\u{2028}", "\u{85}", "`", "\\", "<", "a", " ", "[", "]", "*", "_", "\u{B}",
            "\u{C}",
        ]
        for _ in 0..<500 {
            let text = (0..<12).map { _ in pieces.randomElement(using: &generator) ?? "a" }.joined()
            let row = try ReportTemplate(text: "| {{x}} | end |\n", name: "t.md").render(["x": .string(text)])
            #expect(
                row.unicodeScalars.filter { "\n\r\u{B}\u{C}\u{85}\u{2028}".unicodeScalars.contains($0) }.count
                    == 1)
            #expect(Self.openPipes(in: row) == 3, "\(text.debugDescription)")
            #expect(!row.contains("<"))
        }
    }

    /// Pipes that a backslash doesn't escape.
    private static func openPipes(in row: String) -> Int {
        var count = 0
        var isEscaped = false
        for scalar in row.unicodeScalars {
            if scalar == "|", !isEscaped { count += 1 }
            isEscaped = scalar == "\\" && !isEscaped
        }
        return count
    }

    @Test(arguments: [
        ("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("``a", "``` ``a ```"), (" a ", "`  a  `"),
        ("", "<code></code>"),
        ("a|b", "<code>a&#124;b</code>"),
        ("*a*|`b`\n<c>", "<code>&#42;a&#42;&#124;&#96;b&#96;<br>&#60;c&#62;</code>"),
        ("  ", "<code>  </code>"),
    ])
    func `code keeps its backticks, pipes and spaces`(text: String, expected: String) throws {
        #expect(try filtered("code", text) == expected)
    }

    @Test(arguments: ["", "a", "a\n", "```", "x\n````\ny", "``````", "~~~", "  ```js"])
    func `a fence is longer than any inside and holds the text unchanged`(text: String) throws {
        let lines = try filtered("fence", text).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        let fence = try #require(lines.last)
        #expect(fence.count >= 3 && fence.allSatisfy { $0 == "`" })
        #expect(lines.first == fence + "text")
        let inside = lines.dropFirst().dropLast()
        #expect(!inside.contains { $0.contains(fence) })
        let original = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            Array(inside)
                == (text.isEmpty ? [] : text.hasSuffix("\n") ? Array(original.dropLast()) : original))
    }

    @Test func `what Unicode shows nothing for is written out, but what scripts and emoji are joined by`() throws {
        let kept: [Unicode.Scalar] = ["\u{200C}", "\u{200D}", "\u{FE0E}", "\u{FE0F}"]
        for number in [0xAD, 0x34F, 0x200B, 0x2060, 0x1BCA0, 0x1BCA3, 0x1D173, 0xE0041] as [UInt32] {
            let scalar = try #require(Unicode.Scalar(number))
            let shown = try inline("a\(scalar)b")
            #expect(shown.contains("U+") && !shown.unicodeScalars.contains(scalar), "\(shown)")
        }
        for scalar in kept { #expect(try inline("a\(scalar)b").unicodeScalars.contains(scalar)) }
    }

    @Test func `a quotation keeps its lines and nothing else`() throws {
        #expect(try filtered("quotation", "a\n\n# b") == "> a  \n>  \n> \\# b")
    }
}
