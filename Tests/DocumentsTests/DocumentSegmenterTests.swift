import Documents
import Testing

@Suite struct DocumentSegmenterTests {
    static let document = """
        Title
        =====

        First sentence here. Second one, e.g. with `a. B` code! Is it?

        - One item. Two
          lines.
        - second item

        ## Part ##

        A lone ` stays. Next (see Fig. 3) ends.
        The rule:

        ```toml
        code. Not a sentence.
        ```

        1. Numbered ünïcode “quotes”.

        | a | b |
        ~~~
        open. To the end.
        """

    static let documents = [
        document, document.replacing("\n", with: "\r\n"), "", "\n\n", "one line", "# only a heading", "Ends. \n \n",
        "日本語。 Second sentence. ñ", "```\nnever closed. At all.", "a\n---\nb. C.", "* * *\n- \n-",
    ]

    @Test(arguments: documents, DocumentSegmenter.Unit.allCases)
    func `every segment is the document's bytes at its range`(document: String, unit: DocumentSegmenter.Unit) {
        let bytes = Array(document.utf8)
        var end = 0
        for segment in DocumentSegmenter().segments(of: document, by: unit) {
            #expect(segment.byteRange.lowerBound >= end)
            #expect(!segment.byteRange.isEmpty)
            end = segment.byteRange.upperBound
            #expect(Array(bytes[segment.byteRange]) == Array(segment.text.utf8))
        }
    }

    @Test func `sentences of prose and lists are found and code is not`() {
        let texts = DocumentSegmenter().segments(of: Self.document, by: .sentences).map(\.text)
        #expect(
            texts == [
                "First sentence here.", "Second one, e.g. with `a. B` code!", "Is it?", "One item.", "Two\n  lines.",
                "second item", "A lone ` stays.", "Next (see Fig. 3) ends.", "The rule:",
                "Numbered ünïcode “quotes”.", "| a | b |",
            ])
    }

    @Test func `headings of both kinds name the section of what follows`() {
        let segments = DocumentSegmenter().segments(of: Self.document, by: .sentences)
        #expect(segments.first?.section == "Title")
        #expect(segments.first { $0.text == "The rule:" }?.section.hasPrefix("Part") == true)
        #expect(!segments.contains { $0.text.contains("Title") || $0.text.contains("Part") })
    }

    @Test func `a code block is the example of the sentence before it and of no other`() {
        let segments = DocumentSegmenter().segments(of: Self.document, by: .sentences)
        #expect(segments.first { $0.text == "The rule:" }?.example == "code. Not a sentence.\n")
        #expect(segments.first { $0.text.hasPrefix("Next") }?.example == "")
        #expect(segments.last?.example == "open. To the end.")
    }

    @Test func `a long example is cut at a line end`() throws {
        let line = String(repeating: "é", count: 100) + "\n"
        let text = "The rule:\n\n```\n" + String(repeating: line, count: 5) + "```\n"
        let segment = try #require(DocumentSegmenter().segments(of: text, by: .sentences).first)
        #expect(segment.example == line + line)
    }

    @Test func `the sentence before is told within a section only`() {
        let segments = DocumentSegmenter().segments(of: "A one. B two.\n\n# H\n\nC three. D four.", by: .sentences)
        #expect(segments.map(\.before) == ["", "A one.", "", "C three."])
    }

    @Test func `a full stop inside a closed code span ends no sentence and a lone backtick hides none`() {
        let closed = DocumentSegmenter().segments(of: "Use `a. B` here. Next.", by: .sentences)
        #expect(closed.map(\.text) == ["Use `a. B` here.", "Next."])
        let lone = DocumentSegmenter().segments(of: "Use `a. B here. Next.", by: .sentences)
        #expect(lone.map(\.text) == ["Use `a.", "B here.", "Next."])
    }

    @Test(arguments: ["e.g.", "i.e.", "etc.", "vs.", "cf.", "No.", "(Fig.", "A."])
    func `an abbreviation ends no sentence`(abbreviation: String) {
        let text = "See \(abbreviation) Three of them."
        #expect(DocumentSegmenter().segments(of: text, by: .sentences).count == 1)
        // The same place with an ordinary word does.
        #expect(DocumentSegmenter().segments(of: "See word. Three of them.", by: .sentences).count == 2)
    }

    @Test func `sections begin at headings and hold their code`() {
        let segments = DocumentSegmenter().segments(of: Self.document, by: .sections)
        #expect(segments.map { $0.text.prefix(5) } == ["Title", "## Pa"])
        #expect(segments[1].text.contains("code. Not a sentence."))
    }

    @Test func `lines are told without their ends and blank ones are left out`() {
        let segments = DocumentSegmenter().segments(of: "a\r\n\r\n \nb", by: .lines)
        #expect(segments.map(\.text) == ["a", "b"])
        #expect(segments.map(\.byteRange) == [0..<1, 7..<8])
    }

    @Test func `a list of links is no sentence, a sentence with a link is one`() {
        let text = """
            # Contents

            - [Keys](#keys)
            - ![Logo](logo.png)
            - See [Keys](#keys) for details.

            [Keys]: #keys
            """
        let found = DocumentSegmenter().segments(of: text, by: .sentences).map(\.text)
        #expect(found == ["See [Keys](#keys) for details."])
        #expect(DocumentSegmenter().segments(of: text, by: .paragraphs).count == 4)
    }

    @Test func `a code block that lists terms is cut into them and is no example`() {
        let list = "The marks are:\n\n```\n\\t   - tab\n\\n   – line feed\n```\n\nEnds."
        let segments = DocumentSegmenter().segments(of: list, by: .sentences)
        #expect(segments.map(\.text) == ["The marks are:", "\\t   - tab", "\\n   – line feed", "Ends."])
        #expect(segments.map(\.isLegend) == [false, true, true, false])
        #expect(segments[0].example.isEmpty)
        // With a language, with one line, or with a line of another kind it is code.
        for code in ["```sh\na - b\nc - d\n```", "```\na - b\n```", "```\na - b\nc = d\n```"] {
            let segments = DocumentSegmenter().segments(of: "The marks are:\n\n" + code, by: .sentences)
            #expect(segments.map(\.text) == ["The marks are:"])
            #expect(!segments[0].example.isEmpty)
        }
        #expect(DocumentSegmenter().segments(of: list, by: .paragraphs).count == 2)
    }
}
