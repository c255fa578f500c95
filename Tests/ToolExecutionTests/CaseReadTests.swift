import JSONSchemas
import TestSupport
import Testing
import WorkflowFormat

@Suite struct CaseReadTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    private func rows(_ text: String) async throws -> [JSONValue] {
        let path = try bench.folder.write(text, to: "cases.jsonl")
        return try await bench.value("case.read", ["path": .string(path)])["rows"]?.arrayValue ?? []
    }

    @Test func `lines with input and expect are read`() async throws {
        let rows = try await rows(
            """
            {"id": "a", "input": "k=1", "expect": "accept", "value": {"k": 1}}
            {"id": "b", "input_base64": "/w==", "expect": "reject"}
            """)
        #expect(rows[0] == ["id": "a", "expect": "accept", "input": "k=1", "input_base64": nil, "value": ["k": 1]])
        #expect(rows[1] == ["id": "b", "expect": "reject", "input": nil, "input_base64": "/w==", "value": nil])
    }

    @Test func `lines with kind and an input of another name are read`() async throws {
        let rows = try await rows(
            """
            {"id": "a", "kind": "valid", "toml": "k=1", "expected": {"k": 1}, "sha256": "0"}
            {"id": "b", "kind": "invalid", "toml_base64": "/w=="}
            """)
        #expect(rows[0] == ["id": "a", "expect": "accept", "input": "k=1", "input_base64": nil, "value": ["k": 1]])
        #expect(rows[1] == ["id": "b", "expect": "reject", "input": nil, "input_base64": "/w==", "value": nil])
    }

    @Test func `a text with a zero character is kept as bytes`() async throws {
        let rows = try await rows(#"{"id": "a", "input": "k\u0000=1", "expect": "reject"}"#)
        #expect(rows[0] == ["id": "a", "expect": "reject", "input": nil, "input_base64": "awA9MQ==", "value": nil])
        try bench.folder.write(bytes: [0x6B, 0, 0x31], to: "f/invalid/z.toml")
        let path = JSONValue.string(bench.folder.path("f"))
        let files = try await bench.value("case.read", ["path": path])["rows"]?.arrayValue ?? []
        #expect(files.map { $0["input_base64"] } == ["awAx"])
    }

    @Test func `a folder of valid and invalid files is read`() async throws {
        try bench.folder.write("k=1", to: "f/valid/x/a.toml")
        try bench.folder.write(#"{"k": 1}"#, to: "f/valid/x/a.json")
        try bench.folder.write(bytes: [0xFF], to: "f/invalid/b.toml")
        try bench.folder.write("left out", to: "f/README.md")
        let path = JSONValue.string(bench.folder.path("f"))
        let rows = try await bench.value("case.read", ["path": path])["rows"]?.arrayValue ?? []
        #expect(
            rows == [
                ["id": "invalid/b", "expect": "reject", "input": nil, "input_base64": "/w==", "value": nil],
                ["id": "valid/x/a", "expect": "accept", "input": "k=1", "input_base64": nil, "value": ["k": 1]],
            ])
    }

    @Test func `an identifier that is there twice is refused`() async throws {
        let line = #"{"id": "a", "input": "x", "expect": "accept"}"#
        #expect(try await rows(line + "\n" + line.replacing("\"a\"", with: "\"b\"")).count == 2)
        let path = try bench.folder.write(line + "\n" + line, to: "cases.jsonl")
        let failure = try await bench.failure("case.read", ["path": .string(path)])
        #expect(failure.code == "bad_data")
        #expect(failure.message.contains("case 2") && failure.message.contains("`a`"))
    }

    @Test func `two files of one name, but for what follows the last dot, are refused`() async throws {
        let path = JSONValue.string(bench.folder.path("f"))
        try bench.folder.write("k=1", to: "f/valid/a.toml")
        #expect(try await bench.value("case.read", ["path": path])["count"] == 1)
        try bench.folder.write("k=2", to: "f/valid/a.txt")
        let failure = try await bench.failure("case.read", ["path": path])
        #expect(failure.code == "bad_data")
        #expect(failure.message.contains("valid/a."))
    }

    @Test(arguments: [
        #"{"id": "a\u0000b", "input": "x", "expect": "accept"}"#,
        #"{"input": "x", "expect": "accept"}"#, #"{"id": "a", "expect": "accept"}"#, #"{"id": "a", "input": "x"}"#,
        #"{"id": "a", "input": "x", "expect": "maybe"}"#, #"["a"]"#,
        #"{"id": "a", "p": "x", "q": "y", "expect": "accept"}"#,
    ])
    func `a line that is no case is named`(line: String) async throws {
        let path = try bench.folder.write(line, to: "cases.jsonl")
        let failure = try await bench.failure("case.read", ["path": .string(path)])
        #expect(failure.code == "bad_data")
        #expect(failure.message.contains("case 1"))
    }
}
