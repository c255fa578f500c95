import Testing
import WorkflowFormat

@Suite struct ManifestLabelTests {
    private func manifest(_ labels: String, result: String? = nil, sink: String = "") throws -> ToolDefinition {
        let folder = try TemporaryFolder([
            "tool.yaml": """
            tool: a.tool
            summary: A tool.
            arguments:
              type: object
              properties: { title: { type: string }, project: { type: string } }
              additionalProperties: false
            \(result.map { "result: \($0)" } ?? "")
            labels: \(labels)
            effect: pure
            sink: { control: [project], content: [title]\(sink) }
            kind: builtin
            """
        ])
        return try ToolDefinition.load(path: folder.path + "/tool.yaml")
    }

    private static let items = "{ type: object, properties: { id: { type: integer } } }"
    private static let rows = "{ type: object, properties: { rows: { type: array, items: \(items) } } }"

    @Test func `labels of fields of rows, with readers and what they do not depend on`() throws {
        let tool = try manifest(
            "{ /rows: untrusted, /rows/*/id: { integrity: endorsed, readers: [a, b], apart_from: [title] } }",
            result: Self.rows, sink: ", audience: [support]")
        #expect(
            tool.labels == [
                FieldLabel(pointer: "/rows", integrity: "untrusted"),
                FieldLabel(pointer: "/rows/*/id", integrity: "endorsed", readers: ["a", "b"], apartFrom: ["title"]),
            ])
        #expect(tool.sinkAudience == ["support"])
        let narrow = try manifest("{ /rows: { readers: [] } }", result: Self.rows)
        // Nobody may see it, which is not the same as everybody.
        #expect(narrow.labels == [FieldLabel(pointer: "/rows", integrity: "untrusted", readers: [])])
        #expect(narrow.sinkAudience == nil)
    }

    @Test(
        arguments: [
            ("{ /row: untrusted }", rows, "8:11: ", "the result has no field `/row`. Write `/rows`."),
            ("{ /rows/*/title: untrusted }", rows, "8:11: ", "the result has no field `/rows/*/title`."),
            ("{ /rows: untrusted }", nil, "8:11: ", "the result has no field `/rows`"),
            ("{ /rows/*/x: untrusted }", rows.replacing(items, with: "{}"), "8:11: ", "no field"),
            ("{ rows: untrusted }", rows, "8:11: ", "isn't a pointer into the result"),
            ("{ /rows: { integrity: sound } }", rows, "8:31: ", "the label `sound` is unknown"),
            ("{ /rows: { reader: [a] } }", rows, "8:20: ", "unknown key `reader`"),
            ("{ /rows: { apart_from: [titel] } }", rows, "8:20: ", "the tool has no argument `titel`. Write `title`."),
            ("{ /rows: { readers: a } }", rows, "8:29: ", "`readers` must be a list"),
        ] as [(String, String?, String, String)])
    func `a label for what isn't there is an error with its place`(
        labels: String, result: String?, place: String, message: String
    ) throws {
        let errors = try #require(
            #expect(throws: WorkflowErrors.self) { try manifest(labels, result: result) })
        #expect(errors.errors.count == 1, "\(errors)")
        #expect(errors.description.contains("tool.yaml:" + place), "\(errors)")
        #expect(errors.description.contains(message), "\(errors)")
    }

    @Test func `what calls are measured by is never untrusted`() throws {
        func errors(_ input: String, _ rule: String) throws -> [String] {
            try SampleWorkflow.errors(
                replacing: "path: { under: \"${inputs.orders}\" }", with: "path: { under: \"\(input)\"\(rule) }")
        }
        // The path of an untrusted file is the operator's own word.
        #expect(try errors("${inputs.orders}", "") == [])
        #expect(try errors("${inputs.shop}", "") == [])
        let found = try errors("${inputs.note}", "")
        #expect(found.count == 1)
        #expect(
            found.first?.hasSuffix(
                "`${inputs.note}` can be untrusted and stands in `under`, which decides on calls. Give the input `trust: trusted` if whoever starts a run vouches for it."
            ) == true, "\(found)")
        #expect(found.first?.hasPrefix("workflow.yaml:13:") == true, "\(found)")
        let commands = try errors("${inputs.orders}", ", commands: \"${inputs.orders}\"")
        #expect(commands.first?.contains("stands in `commands`") == true, "\(commands)")
    }
}
