import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Testing

/// Calls that come to no end.
@Suite struct UnendedCallTests {
    @Test(arguments: [
        (#"{"name": "find", "arguments": {"rank": "Queen", "deck": [{"rank": "2"#, "deck"),
        (#"{"name": "find", "arguments": {"rank": "Queen", "deck": [{"rank": "2"}, "#, "deck"),
        (#"{"name": "find", "arguments": {"rank": "Queen", "deck": [1], "count": 11"#, "count"),
        (#"{"name": "find", "arguments": {"rank": "Queen", "deck": [1], "suit": "#, "suit"),
        (#"{"name": "find", "arguments": {"a\"}b": "x\\"#, #"a"}b"#),
        (#"{"name": "find", "arguments": {"arguments": {"name": "x"#, "arguments"),
    ])
    func `the argument that was being written is found`(text: String, argument: String) {
        let found = UnendedArgument(in: text.utf8)
        #expect(found?.name == argument)
        #expect(found?.tool == "find")
    }

    @Test(arguments: [
        "", #"{"name": "find"#, #"{"name": "find", "arguments": "#, #"{"name": "find", "arguments": {"#,
        #"{"name": "find", "arguments": {"ra"#, #"{"name": "find", "arguments": {"a": 1}"#,
        #"{"name": "find", "arguments": {"deck": [1]"#, #"{"name": "find", "arguments": {"deck": [1], "su"#,
        #"{"name": "find", "arguments": {"a": "b""#, #"{"name": "find", "arguments": {"a": 1, "#,
        #"{"name": "find", "other": {"a": 1"#, #"[{"a": {"b": "#, #"}]{"arguments": {"a": 1"#,
    ])
    func `elsewhere there is none`(text: String) {
        #expect(UnendedArgument(in: text.utf8) == nil)
    }

    private static let address = "find#1"
    private static let label = Label.trusted(.workflow())

    private static func tool(_ name: String = "find", required: [String] = ["rank"]) throws -> OfferedTool {
        let list: JSONValue = ["type": "array", "items": ["type": "string", "maxLength": 200]]
        return OfferedTool(
            name: name, summary: "Find a card.",
            arguments: try JSONSchema([
                "type": "object",
                "properties": [
                    "rank": ["type": "string", "maxLength": 200], "deck": list, "notes": list, "more": list,
                ],
                "required": .array(required.map { .string($0) }), "additionalProperties": false,
            ]))
    }

    private static let cards = JSONValue.array((1...60).map { .string("card \($0)") })

    private static func call(_ arguments: JSONValue, of tool: String = "find") -> (step: String, value: JSONValue) {
        (address, ["name": .string(tool), "arguments": arguments])
    }

    private static func conversation(_ tools: [OfferedTool]) -> Conversation {
        Conversation(
            address: address, goal: "Find the queen.", data: [], tools: tools,
            dialect: ScriptedModel([]).summary.dialect)
    }

    private static func propose(
        _ script: [(step: String, value: JSONValue)], tools: [OfferedTool], limit: Int = 200, turnLimit: Int? = nil
    ) async throws -> Proposal {
        let model = ScriptedModel(script)
        return try await Planner(model: model, sampling: SamplingOptions()).propose(
            conversation(tools), tools: tools, grammar: Planner.grammar(for: tools, dialect: model.summary.dialect),
            address: address, tokenLimit: limit, turnLimit: turnLimit)
    }

    private static func failure(
        _ script: [(step: String, value: JSONValue)], tools: [OfferedTool], limit: Int = 200, turnLimit: Int? = nil
    ) async throws -> PlanningError? {
        await #expect(throws: PlanningError.self) {
            _ = try await propose(script, tools: tools, limit: limit, turnLimit: turnLimit)
        }
    }

    @Test func `a call without end is written again without the optional argument that it was in`() async throws {
        let proposal = try await Self.propose(
            [Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen"])], tools: [Self.tool()])
        #expect(proposal.arguments == ["rank": "queen"])
        #expect(proposal.leftOut == ["deck"])
        #expect(!proposal.text.contains("deck"))
    }

    @Test func `one that ends is written once, whatever it has`() async throws {
        let proposal = try await Self.propose(
            [Self.call(["rank": "queen", "deck": ["ace"]])], tools: [Self.tool()])
        #expect(proposal.arguments["deck"] == ["ace"])
        #expect(proposal.leftOut.isEmpty)
    }

    @Test func `two arguments may be left out, and what all tries cost is counted`() async throws {
        let tools = [try Self.tool()]
        let proposal = try await Self.propose(
            [
                Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen", "notes": Self.cards]),
                Self.call(["rank": "queen"]),
            ], tools: tools)
        #expect(proposal.leftOut == ["deck", "notes"])
        #expect(proposal.usage.promptTokens == 3 * Self.conversation(tools).prompt.text.utf8.count)
        #expect(proposal.usage.forced + proposal.usage.sampled > 400)
    }

    @Test func `a third is not`() async throws {
        let error = try await Self.failure(
            ["deck", "notes", "more"].map { Self.call(["rank": "queen", .init($0): Self.cards]) }
                + [Self.call(["rank": "queen"])], tools: [Self.tool()], limit: 150)
        #expect(error?.code == .answerTooLong)
        #expect(error?.description.contains("150 tokens, also without `deck` and `notes`.") == true, "\(error as Any)")
        #expect((error?.usage.forced ?? 0) + (error?.usage.sampled ?? 0) == 450)
    }

    @Test func `an argument that a call must have is never left out`() async throws {
        let error = try await Self.failure(
            [Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen"])],
            tools: [Self.tool(required: ["rank", "deck"])])
        #expect(error?.code == .answerTooLong)
        #expect(error?.description.contains("limit of 200 tokens.") == true, "\(error as Any)")
    }

    @Test func `it is the same tool's call that is written again`() async throws {
        let tools = [try Self.tool("seek"), try Self.tool()]
        let endless = Self.call(["rank": "queen", "deck": Self.cards])
        let proposal = try await Self.propose([endless, Self.call(["rank": "queen"])], tools: tools)
        #expect(proposal.tool == "find" && proposal.leftOut == ["deck"])
        let error = await #expect(throws: ModelError.self) {
            _ = try await Self.propose([endless, Self.call(["rank": "queen"], of: "seek")], tools: tools)
        }
        #expect(error?.code == .scriptDisagrees)
        // Control arm: the other tool may be called as well.
        #expect(try await Self.propose([Self.call(["rank": "queen"], of: "seek")], tools: tools).tool == "seek")
    }

    @Test func `a script without a second call ends as one without end`() async throws {
        let error = try await Self.failure(
            [Self.call(["rank": "queen", "deck": Self.cards])], tools: [Self.tool()])
        #expect(error?.code == .answerTooLong && error?.description.contains("limit of 200 tokens.") == true)
        #expect((error?.usage.forced ?? 0) + (error?.usage.sampled ?? 0) == 200)
        #expect((error?.usage.answerTime ?? .zero) > .zero)
        // Control arm: without a first call it is the script's fault.
        await #expect(throws: ModelError.self) { _ = try await Self.propose([], tools: [Self.tool()]) }
    }

    @Test func `what the turn may cost bounds the tries`() async throws {
        let tools = [try Self.tool()]
        let script = [Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen"])]
        let most = 2 * (Self.conversation(tools).prompt.text.utf8.count + 200)
        let proposal = try await Self.propose(script, tools: tools, turnLimit: most)
        #expect(proposal.leftOut == ["deck"])
        #expect(proposal.usage.budgetTokens <= most)
        let error = try await Self.failure(script, tools: tools, turnLimit: most - 1)
        #expect(error?.code == .answerTooLong)
    }

    @Test func `a tool loses only what it lists and may do without`() throws {
        let tool = try Self.tool()
        #expect(tool.without("rank") == nil)
        #expect(tool.without("unknown") == nil)
        let shorter = try #require(tool.without("deck"))
        #expect(!shorter.arguments.validate(["rank": "queen", "deck": []]).isEmpty)
        #expect(shorter.arguments.validate(["rank": "queen", "notes": []]).isEmpty)
        #expect(tool.arguments.validate(["rank": "queen", "deck": []]).isEmpty)
    }

    @Test(arguments: [["$ref": "#"], ["$ref": "#/properties/deck"]] as [JSONValue])
    func `a schema whose parts refer to others stays as it is`(more: JSONValue) throws {
        func tool(_ more: JSONValue) throws -> OfferedTool {
            OfferedTool(
                name: "find", summary: "",
                arguments: try JSONSchema([
                    "type": "object", "properties": ["deck": ["type": "array"], "more": more],
                ]))
        }
        #expect(try tool(more).without("deck") == nil)
        #expect(try tool(["type": "array"]).without("deck") != nil)
    }

    @Test func `what something else in the schema wants is not left out`() async throws {
        func tool(_ more: (String, JSONValue)) throws -> OfferedTool {
            OfferedTool(
                name: "find", summary: "",
                arguments: try JSONSchema(
                    .object([
                        "type": "object",
                        "properties": [
                            "rank": ["type": "string", "maxLength": 200],
                            "deck": ["type": "array", "items": ["type": "string", "maxLength": 200]],
                        ], "additionalProperties": false, .init(more.0): more.1,
                    ])))
        }
        let script = [Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen"])]
        for more in [("allOf", [["required": ["deck"]]]), ("minProperties", 2)] as [(String, JSONValue)] {
            #expect(try await Self.failure(script, tools: [tool(more)])?.code == .answerTooLong)
        }
        #expect(try await Self.propose(script, tools: [tool(("minProperties", 1))]).leftOut == ["deck"])
    }

    private static func recorded(_ leftOut: [String], isRedacted: Bool = false) throws -> Proposal {
        let tools = [try tool()]
        let dialect = ScriptedModel([]).summary.dialect
        let text =
            dialect.callPrefix + #"{"name": "find", "arguments": {"rank": "queen", "more": []}}"# + dialect.callSuffix
        return try RecordedTurn(
            text: text, confidence: [:], usage: TokenUsage(), isRedacted: isRedacted, leftOut: leftOut
        ).proposal(
            in: conversation(tools), tools: tools, grammar: Planner.grammar(for: tools, dialect: dialect),
            dialect: dialect, address: address)
    }

    @Test(arguments: [["more"], ["rank"], ["unknown"], ["deck", "deck"], ["deck", "more"], ["deck", "notes", "x"]])
    func `a record of something left out that can't have been isn't used`(names: [String]) throws {
        #expect(try Self.recorded(["deck", "notes"]).leftOut == ["deck", "notes"])
        for isRedacted in [false, true] {
            let error = #expect(throws: PlanningError.self) { _ = try Self.recorded(names, isRedacted: isRedacted) }
            #expect(error?.code == .answerInvalid)
        }
    }
}
