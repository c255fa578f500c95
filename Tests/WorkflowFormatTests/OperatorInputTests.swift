import JSONSchemas
import Testing
import WorkflowFormat

/// Decisions and lists that whoever starts a run brings along, and loops that look back.
@Suite struct OperatorInputTests {
    @Test func `a decision that an input makes is that input's, and anything else is refused`() throws {
        let rules = [
            ToolRule(tool: "a", decision: .ask, decidedBy: "commands"), ToolRule(tool: "b", decision: .deny),
        ]
        let policy = PolicyDefinition(tools: rules)
        #expect(try policy.decided { $0 == "commands" ? "allow" : nil }.tools.map(\.decision) == [.allow, .deny])
        #expect(throws: WorkflowErrors.self) { try policy.decided { _ in "perhaps" } }
        #expect(throws: WorkflowErrors.self) { try policy.decided { _ in nil } }
    }

    @Test(arguments: ["${inputs.note}", "${inputs.orders}", "${inputs.nobody}", "${steps.load}"])
    func `a decision comes from a trusted input with a decision as its default, or from none`(reference: String) throws
    {
        let errors = try SampleWorkflow.errors(replacing: "decision: ask\n", with: "decision: \"\(reference)\"\n")
        #expect(errors.count == 1)
        #expect(errors.first?.contains("`decision` names") == true)
    }

    @Test func `a loop that looks back takes its items in order`() throws {
        let errors = try SampleWorkflow.errors(replacing: "limit: 100", with: "so_far: past")
        #expect(errors.first?.contains("one after the other") == true)
        let workflow = try SampleWorkflow.load(replacing: "parallel: 4\n    limit: 100", with: "so_far: past")
        #expect(workflow.steps[1].forEach?.soFar == "past")
    }

    @Test func `what was done so far is data, never an instruction`() throws {
        let errors = try SampleWorkflow.errors(
            replacing: "parallel: 4\n    limit: 100\n    steps:",
            with:
                "so_far: past\n    steps:\n      - { id: say, read: \"${order.text}\", instruction: \"Go on: ${past.last}\", schema: { type: object, properties: { a: { type: boolean } }, required: [a], additionalProperties: false } }"
        )
        #expect(errors.count == 1, "\(errors)")
    }
}
