import Foundation
import JSONSchemas
import Testing
import WorkflowFormat

/// `Workflows/workflow.schema.json` is for editors; what it lists is compared with what the loader says it knows.
@Suite struct EditorSchemaTests {
    private func editorSchema() throws -> JSONValue {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try JSONValue(
            parsing: Data(contentsOf: root.appendingPathComponent("Workflows/workflow.schema.json")))
    }

    static let places = [
        ("/properties", "description: Answer complaints."),
        ("/properties/inputs/additionalProperties/properties", "type: file,"),
        ("/properties/model/properties", "use: default,"),
        ("/properties/budget/properties", "steps: 20,"),
        ("/definitions/toolRule/properties", "max: 5"),
        ("/definitions/toolRule/properties/args/additionalProperties/properties", "max_length: 40"),
        ("/definitions/toolRule/properties/tests/items/properties", "expect: deny"),
        ("/definitions/step/properties/for_each/oneOf/2/properties", "segments: lines,"),
        ("/definitions/choices/additionalProperties/properties", "id: id,"),
        ("/definitions/step/properties/agent/properties", "max_turns: 4"),
        ("/definitions/step/properties/agent/properties/tools/items/oneOf/1/properties", "tool: mail.send,"),
        ("/definitions/step/properties/approve/properties", "summary: \"{{count}}"),
        ("/definitions/step/properties/render/properties", "template: report.md.mustache"),
    ]

    @Test(arguments: places)
    func `editors and the loader know the same keys`(pointer: String, sample: String) throws {
        let properties = try #require(
            try editorSchema().value(at: JSONPointer(parsing: pointer))?.objectValue?.keys)
        let line = try #require(SampleWorkflow.text.split(separator: "\n").first { $0.contains(sample) })
        // A key of a block mapping starts its line and gets a line of its own before it.
        let isBlock = line.drop { $0 == " " }.hasPrefix(sample)
        let indent = String(repeating: " ", count: line.count - line.drop { $0 == " " }.count)
        let unknown = "zzzzzzzzzzzzzzzzzzzz: 1"
        let new = isBlock ? "\(unknown)\n\(indent)\(sample)" : "\(unknown), \(sample)"
        let errors = try SampleWorkflow.errors(replacing: sample, with: new)
        let error = try #require(errors.first { $0.contains("unknown key `zzzz") }, "\(errors)")
        let known = try #require(error.components(separatedBy: "Known keys: ").last)
        let names = known.dropLast().components(separatedBy: ", ").map { $0.replacing("`", with: "") }
        #expect(Set(names) == Set(properties))
    }

    /// What is wrong with a workflow that asks a smaller model first, one text in it replaced.
    private func cascadeErrors(_ old: String, _ new: String) throws -> [WorkflowError] {
        let text = CascadeFormatTests.text
        try #require(text.components(separatedBy: old).count == 2)
        let folder = try TemporaryFolder(["workflow.yaml": text.replacing(old, with: new)])
        do throws(WorkflowErrors) {
            _ = try Workflow.load(path: folder.path, tools: [])
            return []
        } catch {
            return error.errors
        }
    }

    @Test func `editors and the loader know the same keys of a step's first`() throws {
        let errors = try cascadeErrors("first: { below", "first: { zzzzzzzzzzzz: 1, below")
        let error = try #require(errors.first { $0.problem.contains("unknown key `zzzzzzzzzzzz`") }, "\(errors)")
        let known = try #require(error.fix?.components(separatedBy: "Known keys: ").last)
        let properties = try editorSchema().value(
            at: JSONPointer(parsing: "/definitions/step/properties/first/properties"))
        let names = try #require(properties?.objectValue?.keys)
        #expect(Set(names.map { "`\($0)`" }) == Set(known.dropLast().components(separatedBy: ", ")))
    }

    static let memories: [([String: String], Bool)] = [
        (["first": "small", "memory": "4GiB"], true), (["memory": "1500MiB"], true), (["memory": "010GiB"], true),
        (["first": "small"], false), (["memory": "0GiB"], false), (["memory": "000B"], false), (["memory": "4"], false),
    ]

    @Test(arguments: memories)
    func `editors refuse what the loader refuses about memory`(members: [String: String], isRight: Bool) throws {
        let model = try #require(try editorSchema().value(at: JSONPointer(parsing: "/properties/model")))
        let value = JSONValue.object(
            JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        #expect(try JSONSchema(model).validate(value).isEmpty == isRight)
        let text = members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        let errors = try cascadeErrors(
            "model: { use: default, first: qwen2.5-coder-0.5b, memory: 4GiB }", "model: { use: default, \(text) }")
        #expect(errors.allSatisfy { !$0.problem.contains("`memory`") } == isRight, "\(errors)")
    }

    @Test func `editors know each key of a step and an output`() throws {
        let schema = try editorSchema()
        let step = Set(
            schema.value(at: try JSONPointer(parsing: "/definitions/step/properties"))?.objectValue?.keys
                ?? [])
        #expect(
            step == [
                "id", "when", "for_each", "as", "parallel", "limit", "so_far", "call", "with", "read", "context",
                "instruction",
                "schema", "quotes", "min_confidence", "min_margin", "shares", "first", "choices",
                "max_tokens", "agent",
                "approve",
                "render",
                "steps",
            ])
        let output = Set(
            schema.value(at: try JSONPointer(parsing: "/definitions/output/properties"))?.objectValue?.keys
                ?? [])
        #expect(output == ["render", "with", "json", "csv", "columns", "jsonl", "junit", "text", "to"])
    }
}
