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

    @Test func `examples of a field in a list are refused`() throws {
        let list = Self.text.replacing("/topic:", with: "/topics/*:").replacing(
            "topic: { type: string }", with: "topics: { type: array, items: { type: string } }"
        ).replacing("[topic]", with: "[topics]")
        let errors = try Self.errors(list)
        #expect(errors == ["12: `examples` belong to a field that stands in no list"])
        #expect(try Self.errors(list.replacing(", examples: \"${inputs.kinds}\"", with: "")) == [])
    }

    @Test func `an agent's choices have no examples`() throws {
        func errors(_ examples: String) throws -> [String] {
            let list = try #require(Self.text.firstRange(of: "  - id: class"))
            let end = try #require(Self.text.firstRange(of: "outputs:"))
            let agent = """
                  - id: class
                    agent:
                      goal: Sort it.
                      data: ["${inputs.note}"]
                      tools: []
                      choices:
                        /topic: { from: "${inputs.kinds}"\(examples) }
                      result:
                        type: object
                        properties: { topic: { type: string } }
                        required: [topic]
                        additionalProperties: false

                """
            return try Self.errors(
                String(Self.text[..<list.lowerBound]) + agent + String(Self.text[end.lowerBound...]))
        }
        let refused = try errors(", examples: \"${inputs.kinds}\"")
        #expect(refused.contains { $0.contains("`examples` belong to a choice of a `read` step") }, "\(refused)")
        #expect(try errors("").isEmpty)
    }

    @Test(arguments: [false, true], ["${n}", "${steps.near.value}"])
    func `examples and options that hang on a loop's item are refused`(isGrouped: Bool, list: String) throws {
        func text(options: String, examples: String) throws -> String {
            let read = try #require(Self.text.firstRange(of: "  - id: class"))
            let end = try #require(Self.text.firstRange(of: "outputs:"))
            let plain = String(Self.text[read.lowerBound..<end.lowerBound])
            let step = plain.replacing("from: \"${inputs.kinds}\"", with: "from: \"\(options)\"")
                .replacing("examples: \"${inputs.kinds}\"", with: "examples: \"\(examples)\"")
            let near = plain.replacing("id: class", with: "id: near")
            func inner(_ steps: String) -> String {
                steps.split(separator: "\n").map { "    " + $0 + "\n" }.joined()
            }
            let loop =
                "  - id: sorting\n    for_each: \"${inputs.kinds}\"\n    as: n\n    steps:\n" + inner(near + step)
            let group = "  - id: all\n    when: \"${inputs.kinds}\"\n    steps:\n" + inner(loop)
            return Self.text.replacing(plain, with: isGrouped ? group : loop)
                .replacing("steps.class}", with: isGrouped ? "steps.all.sorting.items}" : "steps.sorting.items}")
        }
        let before = "${inputs.kinds}"
        for (options, examples, problem) in [
            (before, list, "`examples` are the same for all items of a loop"),
            (list, before, "the options of a choice with `examples` are the same for all items of a loop"),
        ] {
            let errors = try Self.errors(try text(options: options, examples: examples))
            #expect(errors.contains { $0.contains(problem) }, "\(errors)")
        }
        // Control arm: lists from before the loop.
        #expect(try Self.errors(try text(options: before, examples: before)) == [])
    }

    @Test func `shares and what examples say add up to 1 again`() {
        let mixed = ChoiceExamples.mixed([0.6, 0.4], with: [0, 1], weight: 0.25)
        #expect(abs(mixed[0] - 0.45) < 1e-12 && abs(mixed[1] - 0.55) < 1e-12)
        #expect(ChoiceExamples.mixed([0.6, 0.4], with: [], weight: 0.25) == [0.6, 0.4])
    }
}
