import TestDesign
import Testing

@Suite struct FailureGrouperTests {
    /// Inputs that must be taken and are.
    private static let right = [
        "name = [1, 2]\n", "list = [3]\n", "text = \"some words\"\n", "size = 12\n", "# a remark\nsize = 3\n",
        "# another\nname = [4, 5, 6]\n", "# a third\ntext = \"x\"\n",
    ]

    private static func passing() -> [CaseOutcome] {
        right.enumerated().map { index, input in
            CaseOutcome(
                id: "right-\(index)", input: input, shouldAccept: true, failure: "", detail: "", joins: false)
        }
    }

    private static func taken(_ id: String, _ input: String, joins: Bool = false) -> CaseOutcome {
        CaseOutcome(
            id: id, input: input, shouldAccept: false, failure: "invalid-accepted", detail: "it was accepted",
            joins: joins)
    }

    private static func refused(_ id: String, _ input: String, _ message: String) -> CaseOutcome {
        CaseOutcome(
            id: id, input: input, shouldAccept: true, failure: "valid-rejected", detail: message, joins: false)
    }

    private static let wrong = [
        ("a", "name = [1,, 2]\n"), ("b", "list = [3,, 4]\n"), ("c", "text = \"some \u{1}words\"\n"),
        ("d", "name = \"other\u{2} words\"\n"), ("e", "# a remark \u{3}\n"),
        ("f", "list = [1, 2\n"), ("g", "name = [3\n"),
    ]

    @Test func `what is new in the inputs and where it stands makes the groups`() {
        let groups = FailureGrouper.groups(of: Self.passing() + Self.wrong.map { Self.taken($0.0, $0.1) })
        #expect(groups == [["a", "b"], ["c", "d"], ["e"], ["f", "g"]])
    }

    @Test func `identifiers and the order of cases change nothing`() {
        let renamed = Dictionary(Self.wrong.enumerated().map { ($1.0, "z-\(9 - $0)") }) { first, _ in first }
        let cases = Self.wrong.reversed().map { Self.taken(renamed[$0.0] ?? "", $0.1) }
        let groups = FailureGrouper.groups(of: cases + Self.passing().reversed())
        let expected = [["a", "b"], ["c", "d"], ["e"], ["f", "g"]].map { Set($0.compactMap { renamed[$0] }) }
        #expect(Set(groups.map { Set($0) }) == Set(expected))
    }

    @Test func `a program's messages count without their places and names`() {
        let cases = [
            Self.refused("a", "name = 1.5\n", "ParseError: no digit behind `name` (line 1 column 9)"),
            Self.refused("b", "size = -2\n", "ParseError: no digit behind `size` (line 1 column 8)"),
            Self.refused("c", "list = []\n", "ParseError: an empty list"),
        ]
        #expect(FailureGrouper.groups(of: Self.passing() + cases) == [["a", "b"], ["c"]])
    }

    @Test func `failures of different kinds are never of one group`() {
        let input = "name = [1,, 2]\n"
        let crash = CaseOutcome(
            id: "b", input: input, shouldAccept: false, failure: "undocumented-failure", detail: "it was accepted",
            joins: false)
        #expect(FailureGrouper.groups(of: Self.passing() + [Self.taken("a", input), crash]) == [["a"], ["b"]])
    }

    @Test func `a case that joins goes to the group it is like and shapes none`() {
        let shaping = Self.passing() + Self.wrong.map { Self.taken($0.0, $0.1) }
        let joining = [
            Self.taken("later", "size = [7,, 8]\n", joins: true), Self.taken("strange", "%%%\n", joins: true),
        ]
        let groups = FailureGrouper.groups(of: shaping + joining)
        #expect(groups == [["a", "b", "later"], ["c", "d"], ["e"], ["f", "g"], ["strange"]])
    }

    @Test(.timeLimit(.minutes(1)))
    func `a message as long as a book, all brackets, comes to an end`() {
        let message = "ParseError: " + String(repeating: "(1", count: 50_000)
        let cases = [Self.refused("a", "name = 1.5\n", message), Self.refused("b", "size = 2.5\n", message)]
        #expect(FailureGrouper.groups(of: Self.passing() + cases) == [["a", "b"]])
    }

    @Test func `without failures there are no groups, and without right inputs there are some`() {
        #expect(FailureGrouper.groups(of: Self.passing()).isEmpty)
        #expect(FailureGrouper.groups(of: []).isEmpty)
        let groups = FailureGrouper.groups(of: Self.wrong.map { Self.taken($0.0, $0.1) })
        #expect(groups.flatMap(\.self).sorted() == Self.wrong.map { $0.0 })
    }
}
