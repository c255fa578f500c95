import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

@Suite struct ResultLabelTests {
    private static let result: JSONValue = [
        "type": "object",
        "properties": [
            "id": ["type": "integer"], "note": ["type": "string"],
            "rows": [
                "type": "array",
                "items": [
                    "type": "object", "properties": ["id": ["type": "integer"], "title": ["type": "string"]],
                ],
            ],
        ],
    ]

    private func labels(_ labels: [FieldLabel], _ arguments: [String: Label] = [:]) throws -> LabelMap {
        let tool = ToolDefinition(
            name: "t", summary: "A tool.", arguments: .anything, result: try JSONSchema(Self.result), labels: labels)
        return tool.resultLabels(at: "s", call: Label.joining(arguments.values), arguments: arguments)
    }

    @Test func `a field without a label is untrusted, and so is a whole with one`() throws {
        let labels = try labels([FieldLabel(pointer: "/id", integrity: "endorsed")])
        #expect(labels.at(["id"]).label == .endorsed(Source(step: "s", tool: "t", pointer: "/id")))
        #expect(labels.at(["note"]).label.integrity == .untrusted)
        #expect(labels.label.integrity == .untrusted)
        #expect(try self.labels([]).label.integrity == .untrusted)
    }

    @Test func `a whole whose every field is vouched for is vouched for`() throws {
        let all = ["/id", "/note", "/rows"].map { FieldLabel(pointer: $0, integrity: "endorsed") }
        #expect(try labels(all).label.integrity == .endorsed)
        let title = FieldLabel(pointer: "/rows/*/title", integrity: "untrusted")
        #expect(try labels(all + [title]).label.integrity == .untrusted)
    }

    @Test func `a list whose elements are spoken about is itself untrusted until it is too`() throws {
        let ids = try labels([FieldLabel(pointer: "/rows/*/id", integrity: "endorsed")])
        #expect(ids.at(["rows", "0", "id"]).label.integrity == .endorsed)
        #expect(ids.at(["rows", "0", "title"]).label.integrity == .untrusted)
        #expect(ids.at(["rows", "0"]).label.integrity == .untrusted)
        #expect(ids.at(["rows"]).label.integrity == .untrusted)
    }

    @Test func `a field takes the labels of the arguments it depends on`() throws {
        let untrusted = Label(
            integrity: .untrusted, readers: .only(["support"]), sources: [Source(step: "load", tool: "file.read")])
        let arguments = ["title": untrusted, "project": Label.trusted(.input("project"))]
        let labels = try labels(
            [
                FieldLabel(pointer: "/id", integrity: "endorsed", apartFrom: ["title"]),
                FieldLabel(pointer: "/note", integrity: "endorsed", readers: ["support", "qa"]),
            ], arguments)
        #expect(labels.at(["id"]).label.integrity == .endorsed)
        #expect(labels.at(["id"]).label.readers == .everyone)
        #expect(labels.at(["id"]).label.sources.contains(.input("project")))
        #expect(labels.at(["note"]).label.integrity == .untrusted)
        #expect(labels.at(["note"]).label.readers == .only(["support"]))
    }

    @Test func `a label that can't be read is untrusted`() throws {
        #expect(try labels([FieldLabel(pointer: "/id", integrity: "sound")]).at(["id"]).label.integrity == .untrusted)
    }

    @Test func `labels survive being written and read, and damage gives none`() throws {
        let labels = try labels(
            [
                FieldLabel(pointer: "/rows/*/id", integrity: "endorsed", readers: ["a~b/c"]),
                FieldLabel(pointer: "", integrity: "untrusted"),
            ], ["x": .trusted(.workflow())])
        let written = labels.toJSON()
        #expect(LabelMap(fromJSON: written) == labels)
        #expect(LabelMap(fromJSON: try JSONValue(parsing: written.serialized())) == labels)
        #expect(LabelMap(fromJSON: ["labels": [], "fields": []]) == nil)
        #expect(LabelMap(fromJSON: .null) == nil)
        for damaged in [JSONValue.string("damaged"), 7, -1, .null] {
            for field in ["at", "label"] {
                var items = try #require(written["fields"]?.arrayValue)
                var first = try #require(items[0].objectValue)
                first[field] = damaged
                items[0] = .object(first)
                let changed: JSONValue = ["labels": written["labels"] ?? .null, "fields": .array(items)]
                #expect(LabelMap(fromJSON: changed) == nil)
            }
        }
        #expect(LabelMap(fromJSON: ["labels": [["integrity": "sound"]], "fields": written["fields"] ?? .null]) == nil)
    }
}
