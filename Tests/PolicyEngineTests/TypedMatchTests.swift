import JSONSchemas
import PolicyEngine
import Testing
import WorkflowFormat

@Suite struct TypedMatchTests {
    private func holds(_ text: String, _ value: JSONValue, as form: ValueForm? = nil) -> Bool {
        TypedMatch([text]).holds(value, as: form)
    }

    @Test(
        arguments: [
            ("Write to Alice.", "Alice"), ("Write to alice, please", "Alice"), ("Is it Alice's?", "Alice"),
            ("The 'Networking  event'\non May 26th", "networking event"),
            ("Pay GB29NWBK60161331926819.", "GB29NWBK60161331926819"),
            ("to ann@example.com, bob@example.com", "ann@example.com"), ("(feedback.xlsx)", "feedback.xlsx"),
            ("rent is 2200.", "2200"), ("lunch at 12:00 on 2024-05-19?", "2024-05-19"),
            ("Städte wie Zürich", "zürich"), ("Catch up over lunch.. Her", "Catch up over lunch."),
        ])
    func `a text is found as a whole, in any letter case`(text: String, value: String) {
        #expect(holds(text, .string(value)))
    }

    @Test(
        arguments: [
            ("Write to Alice-Ann.", "Alice"), ("Malice", "Alice"), ("Alice_2", "Alice"), ("Alice2", "Alice"),
            ("ann@example.com", "ann"), ("ann@example.com", "example.com"), ("evil.ann@example.com", "ann@example.com"),
            ("evil+ann@example.com", "ann@example.com"), ("ann@example.com.evil.org", "ann@example.com"),
            ("docs/a.txt", "a.txt"), ("a.txt.exe", "a.txt"), ("1,200 units", "200"), ("at 10:30", "30"),
            ("at 10:30", "10"), ("May 13, 2024-05-13", "2024"), ("GB29NWBK60161331926819", "60161331926819"),
            ("cafe\u{301}", "cafe"), ("Ali\u{200B}ce", "Ali"), ("100%25x", "100"),
            ("http://example.com/x", "example.com"),
            ("Alice", "Alice "), ("Alice", ""), ("Alice", " "), ("a well-known name", "known"), ("x\\y", "y"),
        ])
    func `nothing is found inside a longer word, number, address or path`(text: String, value: String) {
        #expect(!holds(text, .string(value)))
    }

    @Test(
        arguments: [
            ("Delete the file with ID '13'.", "13", true), ("id: 13", "13", true), ("id=13", "13", true),
            ("IDs 3, 5 and 13", "13", true), ("IDs 3, 5 and 13", "5", true), ("the id is 13", "13", true),
            ("fix #13", "13", true),
            ("identifier AB-7", "AB-7", true), ("on May 13", "13", false), ("at 13:00", "13", false),
            ("file 13", "13", false), ("my id. 13 people", "13", false), ("id 131", "13", false), ("x#13", "13", false),
            ("id AB-7", "ab-7", false), ("id 5 at 10, 13", "13", false), ("idea 13", "13", false),
            ("id 13.5", "13", false),
            ("valid 13", "13", false),
        ])
    func `an identifier is found only where the text writes it as one`(text: String, value: String, isFound: Bool) {
        #expect(holds(text, .string(value), as: .id) == isFound)
        if let number = Int(value) { #expect(holds(text, .integer(number), as: .id) == isFound) }
    }

    @Test func `an exact text keeps its letter case`() {
        #expect(holds("to '1j1l-2k3j'.", "1j1l-2k3j", as: .exact))
        #expect(!holds("to '1j1l-2k3j'.", "1J1L-2K3J", as: .exact))
        #expect(holds("to '1j1l-2k3j'.", "1J1L-2K3J"))
    }

    @Test(
        arguments: [
            ("on May 26th", "2024-05-26", true), ("on May 26th", "2023-05-26", true),
            ("May 26, 2024", "2024-05-26", true),
            ("May 26, 2023", "2024-05-26", false), ("the 17th of May 2024", "2024-05-17", true),
            ("17 May", "2024-05-17", true),
            ("Sept 3", "2024-09-03", true), ("2024-05-19 at 12:00", "2024-05-19 12:00", true),
            ("2024-05-19 at 12:00", "2024-05-19T12:00:00", true), ("2024-05-19 at 12:00", "2024-05-19 13:00", false),
            ("on June 1 at 4 pm", "2024-06-01 16:00", true), ("on June 1 at 4:30pm", "2024-06-01 16:30", true),
            ("on June 1", "2024-06-11", false), ("on June 11", "2024-06-01", false),
            ("12024-05-19", "2024-05-19", false),
        ])
    func `a date is found in any of the usual spellings`(text: String, value: String, isFound: Bool) {
        #expect(holds(text, .string(value)) == isFound)
    }

    @Test func `the time of day may be left open`() {
        let task = TypedMatch(["On 2024-05-19 at 10:00."])
        #expect(!task.holds("2024-05-19 11:00"))
        #expect(task.holds("2024-05-19 11:00", anyTimeOfDay: true))
        #expect(!task.holds("2024-05-20 11:00", anyTimeOfDay: true))
    }

    @Test(
        arguments: [
            ("We spent 12.00 in total", 12, true), ("about 1,200 units", 1200, true), ("minus: -5 degrees", -5, true),
            ("3-5 days", -5, false), ("3-5 days", 5, false), ("version 1.2.3", 1.2, false), ("10:30", 10, false),
            ("$98.70", 98.7, true), ("2024-05-19", 19, false), ("GB29", 29, false), ("5%", 5, true),
            ("1,20", 20, false),
        ] as [(String, Double, Bool)])
    func `a number is found by its value`(text: String, value: Double, isFound: Bool) {
        #expect(holds(text, .number(value)) == isFound)
        if let whole = Int(exactly: value) { #expect(holds(text, .integer(whole)) == isFound) }
    }

    @Test func `a link is found as a link`() {
        let task = TypedMatch(["See https://Example.com/a?b=c, or www.example.org."])
        for link in [
            "https://example.com/a?b=c", "http://EXAMPLE.com/a?b=c", "www.example.org", "https://www.example.org/",
        ] {
            #expect(task.holds(.string(link)))
        }
        for link in [
            "https://example.com/a", "https://example.com/a?b=cc", "https://example.com/A?b=c", "www.example.org/x",
            "https://www.example.org:8443", "https://user@www.example.org", "ftp://www.example.org",
            "www.example.org.evil.com",
        ] {
            #expect(!task.holds(.string(link)), "\(link)")
        }
    }

    @Test func `what is no text, number or date is not found`() {
        let task = TypedMatch(["true null [] {}"])
        for value in [true, false, .null, [], [:], ["true"]] as [JSONValue] { #expect(!task.holds(value)) }
        #expect(!TypedMatch([]).holds("a"))
        #expect(!TypedMatch([""]).holds(""))
        #expect(!TypedMatch(["a"]).holds(.string(String(repeating: "a", count: TypedMatch.valueLimit + 1))))
    }

    /// The oracle: a value that was cut out of the middle of a word is never found in that word.
    @Test func `random pieces of words are never found in them`() {
        var generator = SplitMix(state: 11)
        let alphabet = Array("abcXYZ019äß_".unicodeScalars)
        for _ in 0..<5000 {
            let word = (0..<Int.random(in: 2...9, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            let start = Int.random(in: 0..<word.count, using: &generator)
            let end = Int.random(in: start...word.count, using: &generator)
            func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars)
                return String(view)
            }
            let isWhole = start == 0 && end == word.count
            let piece = text(word[start..<end])
            guard !piece.isEmpty, !text(word).lowercased().replacing(piece.lowercased(), with: "").isEmpty || isWhole
            else { continue }
            #expect(holds("say \(text(word)) now", .string(piece)) == isWhole, "\(piece) in \(text(word))")
        }
    }
}
