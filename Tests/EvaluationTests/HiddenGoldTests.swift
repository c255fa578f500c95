import Evaluation
import Foundation
import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

/// What is to be found out never reaches a run.
@Suite struct HiddenGoldTests {
    private static let both = (1...5).map { "{\"id\": \"i\($0)\", \"text\": \"t\", \"kind\": \"k\"}\n" }.joined()
    /// The figure's gold is the whole line.
    private static let whole = LetterSuite.text.replacing("scorer: exact", with: "scorer: exact, gold: \"\"")

    /// The names of what runs see of an item.
    private func seen(_ letters: LetterSuite) async throws -> Set<String> {
        var names: Set<String> = []
        _ = try await letters.evaluator().run { batch, _ in
            names.formUnion(try letters.shown(batch).flatMap { $0.objectValue?.keys ?? [] })
            return LetterSuite.outcome(exit: 0)
        }
        return names
    }

    private func suite(_ letters: LetterSuite) throws -> Suite {
        try Suite(SuiteDefinition.load(path: letters.folder.path))
    }

    @Test(arguments: [
        "gold.jsonl", "./gold.jsonl", "sub/../gold.jsonl", "${data}/gold.jsonl", "link.jsonl", "copy.jsonl",
    ])
    func `one file for items and gold hides the gold, however it is spelled`(path: String) async throws {
        let expectations: [(String, Set<String>)] = [(LetterSuite.text, ["id", "text"]), (Self.whole, ["id"])]
        for (text, expected) in expectations {
            let letters = try LetterSuite(["gold.jsonl": Self.both, "copy.jsonl": Self.both, "sub/empty": ""])
            try FileManager.default.createSymbolicLink(
                atPath: letters.folder.path("link.jsonl"), withDestinationPath: "gold.jsonl")
            try letters.folder.write(
                text.replacing("items: items.jsonl", with: "items: \"\(path)\""), to: "suite.yaml")
            #expect(try await seen(letters) == expected)
            #expect(try suite(letters).hiddenMembers == [])
        }
    }

    @Test func `some lines of the gold as items hide it too`() async throws {
        let letters = try LetterSuite([
            "gold.jsonl": Self.both, "suite.yaml": Self.whole,
            "items.jsonl": Self.both.split(separator: "\n").prefix(3).joined(separator: "\n"),
        ])
        #expect(try await seen(letters) == ["id"])
    }

    @Test func `items that carry a scored member in a file of their own don't show it, and that is said`() async throws
    {
        let items = LetterSuite.items(1...5).replacing("}", with: ", \"kind\": \"old\"}")
        let carrying = try LetterSuite(["items.jsonl": items])
        #expect(try await seen(carrying) == ["id", "text"])
        #expect(try suite(carrying).hiddenMembers == ["kind"])
        // Others are shown whole, also where a figure reads the whole line of the gold.
        for text in [LetterSuite.text, Self.whole] {
            let plain = try LetterSuite(["suite.yaml": text])
            #expect(try await seen(plain) == ["id", "text"])
            #expect(try suite(plain).hiddenMembers == [])
        }
    }

    @Test func `a suite without items can't be limited`() throws {
        let text = LetterSuite.text.replacing("items: items.jsonl\n", with: "")
            .replacing("items_per_run: 2\n", with: "").replacing("letters: \"${items}\", ", with: "")
        let letters = try LetterSuite(["suite.yaml": text])
        let definition = try SuiteDefinition.load(path: letters.folder.path)
        #expect(try Suite(definition).gold.count == 5)
        let error = #expect(throws: SuiteError.self) { _ = try Suite(definition, limit: 2) }
        #expect(error?.description.hasPrefix("Can't limit suite `letters`: it has no `items`") == true)
    }
}
