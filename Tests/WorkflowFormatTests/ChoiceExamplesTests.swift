import Testing
import WorkflowFormat

/// `examples` of a choice: what loads, and what is refused where it stands.
@Suite struct ChoiceExamplesTests {
    private static let text = """
        workflow: learning
        inputs:
          note: { type: string, trust: untrusted, default: It crashes. }
          kinds: { type: list, default: "bug, idea" }
        tools: []
        policy: { tools: {} }
        steps:
          - id: class
            read: "${inputs.note}"
            instruction: What is it?
            choices:
              /topic: { from: "${inputs.kinds}", examples: "${inputs.kinds}" }
            schema:
              type: object
              properties: { topic: { type: string } }
              required: [topic]
              additionalProperties: false
        outputs:
          result: { json: { class: "${steps.class}" }, to: result.json }

        """

    private static func errors(_ text: String) throws -> [String] {
        let folder = try TemporaryFolder(["workflow.yaml": text])
        do throws(WorkflowErrors) {
            _ = try Workflow.load(path: folder.path, tools: [])
            return []
        } catch {
            return error.errors.map { "\($0.position.line): \($0.problem)" }
        }
    }

    private static func examples(_ text: String) throws -> ChoiceExamples? {
        let folder = try TemporaryFolder(["workflow.yaml": text])
        let workflow = try Workflow.load(path: folder.path, tools: [])
        guard case .read(let read)? = workflow.steps.first?.kind else { return nil }
        return read.choices.first?.examples
    }

    @Test func `examples count as much as the workflow says, or 0.75`() throws {
        #expect(try Self.examples(Self.text)?.weight == 0.75)
        let weighty = Self.text.replacing("kinds}\" }\n    schema", with: "kinds}\", example_weight: 0.9 }\n    schema")
        #expect(weighty != Self.text)
        #expect(try Self.examples(weighty)?.weight == 0.9)
        #expect(try Self.examples(Self.text.replacing(", examples: \"${inputs.kinds}\"", with: "")) == nil)
    }

    @Test(arguments: [
        ("kinds}\" }", "kinds}\", example_weight: 1 }", "must be a number from 0.0 to 0.9"),
        (", examples: \"${inputs.kinds}\"", ", example_weight: 0.5", "`example_weight` needs `examples`"),
        ("examples: \"${inputs.kinds}\"", "examples: \"${inputs.note}\"", "`examples` needs a list, which this isn't"),
        (
            "examples: \"${inputs.kinds}\"", "examples: \"${inputs.kinds}\", by: likelihood",
            "`by: likelihood` has no `examples`"
        ),
        ("\"${inputs.kinds}\" }", "\"${inputs.kinds}\", none: true }", "a choice with `examples` has no `none`"),
    ])
    func `what can't work is refused where it stands`(old: String, new: String, problem: String) throws {
        #expect(try Self.errors(Self.text).isEmpty)
        let errors = try Self.errors(Self.text.replacing(old, with: new))
        #expect(errors.count == 1 && errors[0].hasPrefix("12: ") && errors[0].contains(problem), "\(errors)")
    }

    @Test(arguments: ["${n}", "${steps.near.value}"])
    func `examples that hang on a loop's item are refused`(list: String) throws {
        func text(_ list: String) throws -> String {
            let read = try #require(Self.text.firstRange(of: "  - id: class"))
            let end = try #require(Self.text.firstRange(of: "outputs:"))
            let plain = String(Self.text[read.lowerBound..<end.lowerBound])
            let step = plain.replacing("examples: \"${inputs.kinds}\"", with: "examples: \"\(list)\"")
            let near = plain.replacing("id: class", with: "id: near")
            let loop = "  - id: sorting\n    for_each: \"${inputs.kinds}\"\n    as: n\n    steps:\n"
            let inner = (near + step).split(separator: "\n").map { "    " + $0 + "\n" }.joined()
            return Self.text.replacing(plain, with: loop + inner).replacing(
                "steps.class}", with: "steps.sorting.items}")
        }
        let errors = try Self.errors(try text(list))
        #expect(errors.contains { $0.contains("`examples` are the same for all items of a loop") }, "\(errors)")
        // Control arm: a list from before the loop.
        #expect(try Self.errors(try text("${inputs.kinds}")).isEmpty)
    }

    @Test func `shares and what examples say add up to 1 again`() {
        let mixed = ChoiceExamples.mixed([0.6, 0.4], with: [0, 1], weight: 0.25)
        #expect(abs(mixed[0] - 0.45) < 1e-12 && abs(mixed[1] - 0.55) < 1e-12)
        #expect(ChoiceExamples.mixed([0.6, 0.4], with: [], weight: 0.25) == [0.6, 0.4])
    }
}
