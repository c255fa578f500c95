import JSONSchemas
import Orchestration
import TestSupport
import Testing
import WorkflowFormat

/// What `warrant check` says of loops that the context may be too small for.
@Suite struct WorkflowRoomTests {
    private static func text(parallel: Int, limit: Int, model: String = "") -> String {
        """
        workflow: crowded
        description: Reads notes.
        inputs:
          notes: { type: file, default: notes.jsonl }
        \(model)
        tools: [file.read]
        policy: { tools: { file.read: { decision: allow } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.notes}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            parallel: \(parallel)
            steps:
              - id: class
                read: "${row.text}"
                instruction: What is it?
                max_tokens: \(limit)
                schema: { type: object, properties: { kind: { enum: [bug, idea] } }, required: [kind], additionalProperties: false }
        outputs:
          result: { json: { items: "${steps.each.items}" }, to: result.json }

        """
    }

    private func facts(_ text: String) throws -> String {
        let stage = try Stage(text, files: ["notes.jsonl": "{}\n"])
        return try WorkflowCheck.check(stage.workflow, registry: stage.registry)
    }

    @Test func `more items at once than the context may hold are told about`() throws {
        let crowded = try facts(Self.text(parallel: 16, limit: 500))
        #expect(crowded.contains("; 16 items of `each` at once may take 96"), "\(crowded)")
        #expect(crowded.contains("context has 8192"))
        let small = try facts(Self.text(parallel: 4, limit: 500, model: "model: { context: 2048 }"))
        #expect(small.contains("context has 2048"))
        // Control arms: fewer items, shorter answers, a larger context, and a server, whose context nobody knows.
        for text in [
            Self.text(parallel: 12, limit: 500), Self.text(parallel: 16, limit: 300),
            Self.text(parallel: 16, limit: 500, model: "model: { context: 16384 }"),
            Self.text(parallel: 16, limit: 500, model: "model: { use: \"http://127.0.0.1:8080/v1#m\" }"),
        ] {
            let facts = try facts(text)
            #expect(!facts.contains("at once may take"), "\(facts)")
        }
    }

    @Test func `more tokens than can be reckoned with are refused, and the most there may be are told`() throws {
        for limit in [1_000_001, Int.max / 2, Int.max] {
            let error = #expect(throws: WorkflowErrors.self) { try facts(Self.text(parallel: 4, limit: limit)) }
            #expect(error?.description.contains("`max_tokens` must be a whole number from 1 to 1000000") == true)
        }
        let most = try facts(Self.text(parallel: 64, limit: 1_000_000))
        #expect(most.contains("; 64 items of `each` at once may take 64006"), "\(most)")
    }

    @Test func `temperatures beside the workflow are told about, and a file that is none is refused`() throws {
        let text = Self.text(parallel: 1, limit: 500)
        let field = Calibration.Field(
            weights: "w", step: "each/class", pointer: "/kind", prompt: "p", options: ["bug", "idea"], temperature: 2,
            count: 20, suite: "s")
        #expect(try !facts(text).contains("calibration.json"))
        let stage = try Stage(text, files: ["notes.jsonl": "{}\n"])
        try Calibration([field]).save(directory: stage.workflow.directory)
        let told = try WorkflowCheck.check(stage.workflow, registry: stage.registry)
        #expect(told.hasSuffix("; `calibration.json` has temperatures of 1 field"), "\(told)")
        try stage.folder.write("<<<<<<<", to: "workflow/calibration.json")
        let error = #expect(throws: RunStartError.self) {
            try WorkflowCheck.check(stage.workflow, registry: stage.registry)
        }
        #expect(error?.description.contains("it is no calibration") == true)
    }
}
