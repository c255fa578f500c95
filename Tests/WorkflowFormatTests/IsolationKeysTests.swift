import JSONSchemas
import Testing
import WorkflowFormat

/// What the format says about references, locked plans and closed choices.
@Suite struct IsolationKeysTests {
    @Test func `a locked plan has a budget of reads`() throws {
        func agent(_ workflow: Workflow) throws -> AgentStep {
            guard case .agent(let agent)? = workflow.step("reply")?.kind else { throw Missing() }
            return agent
        }
        #expect(try agent(SampleWorkflow.load()).reads == AgentStep.standardReads)
        let small = try SampleWorkflow.load(replacing: "plan: locked", with: "plan: locked\n          reads: 3")
        #expect(try agent(small).reads == 3)
        let free = try SampleWorkflow.errors(replacing: "plan: locked", with: "reads: 3")
        #expect(free.contains { $0.contains("`reads` needs `plan: locked`") }, "\(free)")
        let negative = try SampleWorkflow.errors(
            replacing: "plan: locked", with: "plan: locked\n          reads: -1")
        #expect(negative.contains { $0.contains("`reads` must be a whole number from 0 to 200") }, "\(negative)")
    }

    private struct Missing: Error {}

    @Test func `only a closed choice can be accepted`() throws {
        let tags = "tags: { one_of: [late, broken] }"
        let workflow = try SampleWorkflow.load(replacing: tags, with: "tags: { accept: enum }")
        let rule = workflow.policy.tools.first { $0.tool == "mail.send" }?.arguments.first { $0.argument == "tags" }
        #expect(rule?.predicates == [.acceptEnum])
        let errors = try SampleWorkflow.errors(replacing: tags, with: "tags: { accept: text }")
        #expect(errors.contains { $0.contains("`accept` of an argument can only be `enum`") }, "\(errors)")
    }

    @Test func `closed choices are enumerations and booleans, as far as the workflow lists them`() throws {
        guard case .read(let read)? = try SampleWorkflow.load().step("class")?.kind else { throw Missing() }
        #expect(read.isClosedChoice(["kind"]))
        // An open text, a field of a run's choice, something that is not there, and the whole.
        for tokens in [["quote"], ["parts", "0", "name"], ["other"], []] {
            #expect(!read.isClosedChoice(tokens), "\(tokens)")
        }
        let schema = try JSONSchema([
            "type": "object",
            "properties": [
                "flag": ["type": "boolean"], "maybe": ["type": ["boolean", "string"]],
                "any": ["anyOf": [["enum": ["a"]], ["type": "string"]]],
                "two": ["anyOf": [["enum": ["a"]], ["const": 1]]],
                "deep": ["enum": [["x": 1]]],
            ],
        ])
        let other = ReadStep(data: [], instruction: PromptTemplate(text: "?"), schema: schema)
        // A choice among what a run has found is none that the workflow lists, whatever the schema says.
        let sources = ["/flag", "/*"].map { ChoiceSource(pointer: $0, from: .literal([])) }
        let chosen = ReadStep(
            data: [], instruction: PromptTemplate(text: "?"), schema: schema, choices: sources)
        #expect(!chosen.isClosedChoice(["flag"]) && !chosen.isClosedChoice(["two"]))
        #expect(other.isClosedChoice(["flag"]) && other.isClosedChoice(["two"]))
        #expect(!other.isClosedChoice(["maybe"]) && !other.isClosedChoice(["any"]) && !other.isClosedChoice(["deep"]))
    }

    @Test func `a manifest says which fields name a record`() throws {
        func load(_ handles: String) throws -> ToolDefinition {
            let text = """
                tool: note.find
                summary: Find notes.
                arguments: { type: object, properties: { query: { type: string } }, additionalProperties: false }
                result:
                  type: object
                  properties: { rows: { type: array, items: { type: object } }, best: { type: object, properties: { id: { type: integer } } } }
                handles: \(handles)
                effect: pure
                kind: builtin

                """
            let folder = try TemporaryFolder(["tool.yaml": text])
            return try ToolDefinition.load(path: folder.path + "/tool.yaml")
        }
        #expect(
            try load("{ \"/rows/*/id\": note, /best/id: note }").handles == [
                HandleField(pointer: "/rows/*/id", kind: "note"), HandleField(pointer: "/best/id", kind: "note"),
            ])
        for (handles, message) in [
            ("{ /best/name: note }", "the result has no field `/best/name`"),
            ("{ rows: note }", "`rows` isn't a pointer into the result"), ("{ \"\": note }", "isn't a pointer"),
            ("{ /best/id: a note }", "`a note` isn't a name of letters"), ("[note]", "`handles` must be a mapping"),
        ] {
            let errors = try #require(#expect(throws: WorkflowErrors.self) { try load(handles) })
            #expect(errors.description.contains(message), "\(errors)")
        }
    }
}
