import JSONSchemas
import Testing
import WorkflowFormat

@Suite struct ToolDefinitionTests {
    private static let manifest = """
        tool: grep.lines
        summary: Find lines.
        arguments:
          type: object
          properties:
            pattern: { type: string }
            files: { type: array, items: { type: string } }
            limit: { type: integer }
          required: [pattern]
          additionalProperties: false
        result: { type: object, properties: { rows: { type: array } } }
        labels: { /rows: untrusted }
        effect: pure
        sink: { control: [files], content: [pattern] }
        sandbox: reading
        kind: command
        command: [grep, "--max-count=${limit}", --, "${pattern}", "${files}"]
        """

    private func load(_ text: String) throws -> ToolDefinition {
        let folder = try TemporaryFolder(["tool.yaml": text])
        return try ToolDefinition.load(path: folder.path + "/tool.yaml")
    }

    @Test func `a manifest loads with every value in place`() throws {
        let tool = try load(Self.manifest)
        #expect(tool.name == "grep.lines")
        #expect(tool.effect == .pure)
        #expect(tool.sinkControl == ["files"])
        #expect(tool.sinkContent == ["pattern"])
        #expect(tool.sandboxProfile == "reading")
        #expect(tool.labels.map(\.pointer) == ["/rows"])
        #expect(tool.kind.name == "command")
        #expect(
            try load(Self.manifest.replacing("sandbox: reading", with: "sandbox: none")).sandboxProfile == nil
        )
    }

    @Test(arguments: [
        ("summary: Find", "sumary: Find", "1:unknown key `sumary`"),
        ("effect: pure", "effect: pur", "`effect` is `pur`, which is unknown. Write `pure`."),
        ("kind: command", "kind: builtin", "`command` needs `kind: command`"),
        ("additionalProperties: false", "additionalProperties: true", "leaves other members open"),
        (
            "type: string }\n    files", "type: string, format: date }\n    files",
            "`format` at `#/properties/pattern` is not supported"
        ),
        ("/rows: untrusted", "/row: untrusted", "the result has no field `/row`. Write `/rows`."),
        ("/rows: untrusted", "/rows: tainted", "the label `tainted` is unknown"),
        ("control: [files]", "control: [file]", "the tool has no argument `file`. Write `files`."),
        ("\"${pattern}\"", "\"${patern}\"", "the tool has no argument `patern`. Write `pattern`."),
        ("[grep,", "[\"${pattern}\",", "the command's first word isn't a fixed program"),
        (
            "limit: { type: integer }", "limit: { type: integer, description: How many, at most. }",
            "`at most.` at `#/properties/limit` is not supported. Quote a text that has a comma."
        ),
        ("tool: grep.lines", "tool: grep..lines", "names joined by dots"),
    ])
    func `a fault in a manifest is named`(old: String, new: String, message: String) throws {
        #expect(Self.manifest.contains(old))
        let errors = try #require(
            #expect(throws: WorkflowErrors.self) {
                try load(Self.manifest.replacing(old, with: new))
            })
        #expect(errors.description.contains(message.drop { $0 == "1" || $0 == ":" }), "\(errors)")
        #expect(errors.description.contains("Can't read tool manifest"))
    }

    @Test func `a command's holes are filled without a shell`() throws {
        guard case .command(let command) = try load(Self.manifest).kind else {
            Issue.record("it isn't a command")
            return
        }
        #expect(
            try command.words(for: ["pattern": "a b; rm -rf $HOME", "files": ["x", "-y"], "limit": 3])
                == ["grep", "--max-count=3", "--", "a b; rm -rf $HOME", "x", "-y"])
        #expect(try command.words(for: ["pattern": "a"]) == ["grep", "--max-count=", "--", "a"])
    }

    @Test func `an argument can't pass for an option`() throws {
        let text = Self.manifest.replacing(" --, ", with: " ")
        guard case .command(let command) = try load(text).kind else {
            Issue.record("it isn't a command")
            return
        }
        #expect(try command.words(for: ["pattern": "a"]).last == "a")
        #expect(throws: CommandTemplateError.self) { try command.words(for: ["pattern": "-a"]) }
        #expect(throws: CommandTemplateError.self) {
            try command.words(for: ["pattern": "a", "files": ["--x"]])
        }
    }

    @Test func `a folder's tools load in the order of their files, and two of one name don't`() throws {
        let folder = try TemporaryFolder([
            "b.yaml": Self.manifest, "note.txt": "no tool", ".hidden.yaml": "x: [",
        ])
        try folder.write(Self.manifest.replacing("grep.lines", with: "a.tool"), to: "a.yaml")
        #expect(try ToolDefinition.loadAll(directory: folder.path).map(\.name) == ["a.tool", "grep.lines"])
        try folder.write(Self.manifest, to: "c.yaml")
        #expect(throws: WorkflowErrors.self) { try ToolDefinition.loadAll(directory: folder.path) }
    }

    @Test func `calls and observations survive being written and read`() throws {
        let call = ToolCall(tool: "a", arguments: ["y": 1, "x": [nil]])
        #expect(ToolCall(fromJSON: call.toJSON()) == call)
        #expect(call.canonical == ToolCall(tool: "a", arguments: ["x": [nil], "y": 1.0]).canonical)
        for observation in [
            Observation(.succeeded(["rows": []])),
            Observation(.failed(ToolFailure(code: "busy", message: "It is busy.", retryable: true))),
        ] {
            #expect(Observation(fromJSON: observation.toJSON()) == observation)
        }
        #expect(Observation(fromJSON: ["outcome": "other"]) == nil)
    }
}
