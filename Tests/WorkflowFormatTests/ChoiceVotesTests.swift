import Testing
import WorkflowFormat

/// `votes` of a choice: what loads, and what is refused where it stands.
@Suite struct ChoiceVotesTests {
    private static let text = """
        workflow: voting
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
              /topic: { from: "${inputs.kinds}", votes: "${inputs.kinds}" }
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

    private static func votes(_ text: String) throws -> ChoiceVotes? {
        let folder = try TemporaryFolder(["workflow.yaml": text])
        let workflow = try Workflow.load(path: folder.path, tools: [])
        guard case .read(let read)? = workflow.steps.first?.kind else { return nil }
        return read.choices.first?.votes
    }

    @Test func `votes count as much as the workflow says, or 0.3`() throws {
        #expect(try Self.votes(Self.text)?.weight == 0.3)
        let weighty = Self.text.replacing("kinds}\" }\n    schema", with: "kinds}\", vote_weight: 0.9 }\n    schema")
        #expect(weighty != Self.text)
        #expect(try Self.votes(weighty)?.weight == 0.9)
        #expect(try Self.votes(Self.text.replacing(", votes: \"${inputs.kinds}\"", with: "")) == nil)
    }

    @Test(arguments: [
        ("kinds}\" }", "kinds}\", vote_weight: 1 }", "must be a number from 0.0 to 0.9"),
        (", votes: \"${inputs.kinds}\"", ", vote_weight: 0.5", "`vote_weight` needs `votes`"),
        ("votes: \"${inputs.kinds}\"", "votes: \"${inputs.note}\"", "`votes` needs a list, which this isn't"),
        ("votes: \"${inputs.kinds}\"", "votes: \"${inputs.kinds}\", by: likelihood", "`by: likelihood` has no `votes`"),
    ])
    func `what can't work is refused where it stands`(old: String, new: String, problem: String) throws {
        #expect(try Self.errors(Self.text).isEmpty)
        let errors = try Self.errors(Self.text.replacing(old, with: new))
        #expect(errors.count == 1 && errors[0].hasPrefix("12: ") && errors[0].contains(problem), "\(errors)")
    }

    @Test func `shares and votes add up to 1 again`() {
        let mixed = ChoiceVotes.mixed([0.6, 0.4], with: [0, 1], weight: 0.25)
        #expect(abs(mixed[0] - 0.45) < 1e-12 && abs(mixed[1] - 0.55) < 1e-12)
        #expect(ChoiceVotes.mixed([0.6, 0.4], with: [], weight: 0.25) == [0.6, 0.4])
        // Half a vote leaves the model more.
        let less = ChoiceVotes.mixed([0.6, 0.4], with: [0, 0.5], weight: 0.5)
        #expect(abs(less[0] - 0.45) < 1e-12 && abs(less[1] - 0.55) < 1e-12)
    }
}
