import Evaluation
import TestSupport
import Testing
import WorkflowFormat

/// What a suite's manifest lists.
@Suite struct SuiteSourcesTests {
    private func sources(_ letters: LetterSuite) throws -> [SuiteSource] {
        try Suite(SuiteDefinition.load(path: letters.folder.path)).sources
    }

    @Test func `a manifest lists suite, items, gold and fixed inputs as the suite spells them`() throws {
        let sources = try sources(LetterSuite())
        #expect(sources.map(\.role) == ["suite", "items", "gold", "input labels", "input mode"])
        #expect(sources.map(\.name) == ["suite.yaml", "items.jsonl", "gold.jsonl", "labels.json", "plain"])
        #expect(sources.map { $0.digest.prefix(5) } == ["file ", "file ", "file ", "file ", "text "])
        #expect(sources.allSatisfy { $0.digest.count == 5 + 64 })
    }

    @Test func `another file is another digest, and the others stay`() throws {
        let before = try sources(LetterSuite())
        let after = try sources(LetterSuite(["labels.json": "[\"k\", \"l\"]"]))
        #expect(zip(before, after).filter { $0 != $1 }.map(\.0.role) == ["input labels"])
        // Control arm: the same files in another folder.
        #expect(try sources(LetterSuite()) == before)
    }

    @Test func `a scorer of the suite's own is listed once, and its program on the machine is not`() throws {
        let own = "scorer: command, answer: /kind, gold: /kind, command: [python3, own.py"
        let text = LetterSuite.text + "  - { name: own, \(own)] }\n  - { name: other, \(own), more] }\n"
        func scorers(_ program: String) throws -> [SuiteSource] {
            try sources(LetterSuite(["suite.yaml": text, "own.py": program])).filter { $0.role == "scorer" }
        }
        let before = try scorers("print(1)")
        #expect(before.map(\.name) == ["own.py"])
        #expect(before[0].digest.hasPrefix("file "))
        #expect(try scorers("print(0)") != before)
        // Control arm: the same program in another folder.
        #expect(try scorers("print(1)") == before)
    }
}
