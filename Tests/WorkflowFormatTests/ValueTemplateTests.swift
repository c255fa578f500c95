import JSONSchemas
import Testing
import WorkflowFormat

@Suite struct ValueTemplateTests {
    private func template(_ yaml: String) throws -> ValueTemplate {
        let folder = try TemporaryFolder([
            "workflow.yaml": """
            workflow: t
            inputs: { a: { type: string }, b: { type: string } }
            steps:
              - id: s
                read: \(yaml)
                instruction: i
                schema: {}
            """
        ])
        guard case .read(let read) = try Workflow.load(path: folder.path, tools: []).steps[0].kind else {
            return .literal(nil)
        }
        return read.data[0]
    }

    private let values: [String: JSONValue] = ["inputs.a": "text", "inputs.b": ["x": [1, 2.5, nil]]]

    private func evaluate(_ yaml: String) throws -> JSONValue {
        try template(yaml).evaluate { values[$0.text] ?? nil }
    }

    @Test func `one reference gives the value itself`() throws {
        #expect(try evaluate("\"${inputs.b}\"") == ["x": [1, 2.5, nil]])
    }

    @Test func `a text joins strings as they are and other values as JSON`() throws {
        #expect(try evaluate("\"<${inputs.a}> ${inputs.b}.\"") == "<text> {\"x\":[1,2.5,null]}.")
    }

    @Test func `containers keep their shape and plain scalars their type`() throws {
        #expect(
            try evaluate("{ l: [1, true, null, no, 1.5, 0x1F, \"2\", \"${inputs.a}\"], e: {} }")
                == ["l": [1, true, nil, "no", 1.5, 31, "2", "text"], "e": [:]])
        #expect(try template("{ l: [1, 2] }").literalValue == ["l": [1, 2]])
        #expect(try template("{ l: [1, \"${inputs.a}\"] }").literalValue == nil)
    }

    @Test func `two dollars stand for a brace that is no reference`() throws {
        #expect(try evaluate("\"$${inputs.a} $5 ${inputs.a}\"") == "${inputs.a} $5 text")
    }

    @Test(arguments: [
        ("${a}", JSONValue.Test.yes), ("not ${a}", .no), ("${a} == bug", .no), ("${a} != bug", .yes),
    ])
    func `a condition holds as its form says`(text: String, expected: JSONValue.Test) throws {
        let condition = try condition(text)
        #expect(condition.holds(for: "x") == (expected == .yes))
    }

    @Test func `nothing, false and what is empty count as untrue, zero does not`() throws {
        let condition = try condition("${a}")
        for value: JSONValue in [nil, false, "", [], [:]] { #expect(!condition.holds(for: value)) }
        for value: JSONValue in [true, 0, "x", [nil], ["a": nil]] { #expect(condition.holds(for: value)) }
    }

    @Test func `a literal in a condition has the type it looks like`() throws {
        #expect(try condition("${a} == 3").comparison == .equal(3))
        #expect(try condition("${a} == '3'").comparison == .equal("3"))
        #expect(try condition("${a} == \\\"two words\\\"").comparison == .equal("two words"))
        #expect(try condition("${a} != null").comparison == .notEqual(nil))
        #expect(try condition("${a} == true").comparison == .equal(true))
    }

    private func condition(_ text: String) throws -> Condition {
        let folder = try TemporaryFolder([
            "workflow.yaml": """
            workflow: t
            inputs: { a: { type: string } }
            steps:
              - id: s
                when: "\(text.replacing("${a}", with: "${inputs.a}"))"
                render: { template: x }
            """
        ])
        return try #require(try Workflow.load(path: folder.path, tools: []).steps[0].when)
    }

    @Test(arguments: [
        ("a b", ["a", "b"]), ("  a\t'b c' ", ["a", "b c"]),
        ("a\\ b \"c \\\"d\\\" $x\"", ["a b", "c \"d\" $x"]),
        ("''", [""]), ("a'b'\"c\"", ["abc"]), ("", []),
        ("a | b > c; `d` *", ["a", "|", "b", ">", "c;", "`d`", "*"]),
    ])
    func `a command line is split like a shell would, and nothing more`(text: String, words: [String]) throws {
        #expect(try CommandWords.split(text) == words)
    }

    @Test(arguments: ["'a", "\"a", "a\\"])
    func `an open quote is refused`(text: String) {
        #expect(throws: CommandWords.QuotingError.self) { try CommandWords.split(text) }
    }
}

extension JSONValue {
    /// Whether a condition is expected to hold for a text.
    enum Test: Sendable { case yes, no }
}
