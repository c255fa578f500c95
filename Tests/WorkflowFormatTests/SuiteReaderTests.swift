import JSONSchemas
import Testing
import WorkflowFormat

@Suite struct SuiteReaderTests {
    private static let text = """
        suite: letters
        workflow: ../..
        inputs: { letters: "${items}" }
        items: items.jsonl
        gold: gold.jsonl
        output: out.json
        scores:
          - { name: kind, scorer: exact }
          - { name: size, scorer: one_step_away, order: [s, m, l], answer: /a/size, gold: /g }
        """

    @Test func `a suite is read, and what is left out has its default`() throws {
        let suite = try SuiteDefinition.parse(Self.text, file: "/x/suite.yaml")
        #expect(suite.name == "letters" && suite.identifier == "id" && suite.itemsPerRun == 20)
        #expect(suite.directory == "/x")
        #expect(suite.figures[0].answer == JSONPointer(["kind"]) && suite.figures[0].gold == JSONPointer(["kind"]))
        #expect(suite.figures[1].answer == JSONPointer(["a", "size"]) && suite.figures[1].order == ["s", "m", "l"])
    }

    @Test func `an input that takes a member of the item makes a run an item`() throws {
        let text = Self.text.replacing("${items}", with: "${data}/${item.file}")
        #expect(try SuiteDefinition.parse(text, file: "suite.yaml").itemsPerRun == 1)
        let error = #expect(throws: WorkflowErrors.self) {
            try SuiteDefinition.parse(text + "\nitems_per_run: 2", file: "suite.yaml")
        }
        #expect(error?.description.contains("a run takes one item") == true)
    }

    @Test(arguments: [
        ("gold: gold.jsonl", "gld: gold.jsonl", "unknown key `gld`"),
        ("gold: gold.jsonl", "", "has no `gold`"), ("scorer: exact", "scorer: exakt", "exakt"),
        ("name: size", "name: kind", "two scores `kind`"), (", order: [s, m, l]", "", "needs the `order`"),
        ("scorer: exact", "scorer: exact, order: [a, b]", "`order` is for `one_step_away` only"),
        ("answer: /a/size", "answer: a", "isn't a JSON pointer"), ("${items}", "x", "no input takes the items"),
        ("items: items.jsonl", "", "there are none"),
        ("output: out.json", "output: out.json\nitems_per_run: 0", "items_per_run"),
    ])
    func `what is wrong is said with its line`(old: String, new: String, problem: String) {
        let text = Self.text.replacing(old, with: new)
        let error = #expect(throws: WorkflowErrors.self) { try SuiteDefinition.parse(text, file: "suite.yaml") }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.errors.allSatisfy { $0.position.line > 0 } == true)
    }
}
