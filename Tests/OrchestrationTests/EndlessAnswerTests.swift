import Databases
import JSONSchemas
import Orchestration
import Testing

/// An answer of a model that comes to no end.
@Suite struct EndlessAnswerTests {
    private static let text = """
        workflow: studies
        description: An agent step for each row.
        inputs:
          project: { type: string, trust: trusted, default: demo }
          rows: { type: file, default: rows.jsonl }
        tools: [file.read, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            issue.create: { decision: allow, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: study
                agent:
                  goal: Find the rule.
                  max_turns: 3
                  tools:
                    - { tool: issue.create, name: file, with: { project: "${inputs.project}" } }
                  result: { type: object, properties: { answer: { type: string, maxLength: 40 } }, required: [answer], additionalProperties: false }
        outputs:
          result: { json: "${steps.each.items}", to: result.json }
        """
    private static let files = ["rows.jsonl": "{\"n\": 1}\n{\"n\": 2}\n"]
    /// More tokens than an answer may have, whatever a token is.
    private static let endless = AgentTests.call(
        "file", ["title": "t", "body": .string(String(repeating: "word ", count: 1000))])

    @Test func `in a loop it ends its own item, and the others go on`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let verdict = try await stage.play([("each[0]/study#1", Self.endless), ("each[1]/study#1", AgentTests.finish)])
        #expect(verdict.outcome == .done, "\(verdict)")
        let items = try stage.output().arrayValue ?? []
        #expect(items.map { $0["study"]?["outcome"] } == ["stuck", "done"])
        #expect(try stage.tracker.list().isEmpty)
        // What is recorded is not asked again.
        let again = try await stage.resume(verdict.run)
        #expect(again.outcome == .done, "\(again)")
    }

    @Test func `outside of a loop it ends the run`() async throws {
        let stage = try Stage(AgentTests.text, files: AgentTests.files)
        let verdict = try await stage.play([("study#1", Self.endless)])
        #expect(verdict.outcome == .budgetExhausted && verdict.exitCode == 4, "\(verdict)")
    }
}
