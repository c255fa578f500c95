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
        (#"{"name": "find", "arguments": {"rank": "Queen", "deck": [{"rank": "2"}], "#, "deck"),
        (#"{"name": "find", "arguments": {"rank": "Queen", "deck": [1], "su"#, "deck"),
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
        #"{"name": "find", "other": {"a": 1"#, #"[{"a": {"b": "#, #"}]{"arguments": {"a": 1"#,
    ])
    func `elsewhere there is none`(text: String) {
        #expect(UnendedArgument(in: text.utf8) == nil)
    }

    private static let address = "find#1"
    private static let label = Label.trusted(.workflow())

    private static func tool(required: [String] = ["rank"]) throws -> OfferedTool {
        OfferedTool(
            name: "find", summary: "Find a card.",
            arguments: try JSONSchema([
                "type": "object",
                "properties": [
                    "rank": ["type": "string", "maxLength": 200],
                    "deck": ["type": "array", "items": ["type": "string", "maxLength": 200]],
                    "notes": ["type": "array", "items": ["type": "string", "maxLength": 200]],
                ],
                "required": .array(required.map { .string($0) }), "additionalProperties": false,
            ]))
    }

    private static let cards = JSONValue.array((1...60).map { .string("card \($0)") })

    private static func call(_ arguments: JSONValue) -> (step: String, value: JSONValue) {
        (address, ["name": "find", "arguments": arguments])
    }

    private static func propose(
        _ script: [(step: String, value: JSONValue)], tool: OfferedTool, limit: Int = 200, turnLimit: Int? = nil
    ) async throws -> (Proposal, Conversation) {
        let model = ScriptedModel(script)
        let dialect = model.summary.dialect
        let conversation = Conversation(address: address, goal: "Find the queen.", data: [], tools: [tool], dialect: dialect)
        let proposal = try await Planner(model: model, sampling: SamplingOptions()).propose(
            conversation, tools: [tool], grammar: Planner.grammar(for: [tool], dialect: dialect), address: address,
            tokenLimit: limit, turnLimit: turnLimit)
        return (proposal, conversation)
    }

    @Test func `a call without end is written again without the optional argument that it was in`() async throws {
        let (proposal, _) = try await Self.propose(
            [Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen"])], tool: Self.tool())
        #expect(proposal.arguments == ["rank": "queen"])
        #expect(proposal.leftOut == ["deck"])
        #expect(!proposal.text.contains("deck"))
    }

    @Test func `one that ends is written once, whatever it has`() async throws {
        let (proposal, _) = try await Self.propose(
            [Self.call(["rank": "queen", "deck": ["ace"]])], tool: Self.tool())
        #expect(proposal.arguments["deck"] == ["ace"])
        #expect(proposal.leftOut.isEmpty)
    }

    @Test func `two arguments may be left out, and what all tries cost is counted`() async throws {
        let (proposal, conversation) = try await Self.propose(
            [
                Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen", "notes": Self.cards]),
                Self.call(["rank": "queen"]),
            ], tool: Self.tool())
        #expect(proposal.leftOut == ["deck", "notes"])
        #expect(proposal.usage.promptTokens == 3 * conversation.prompt.text.utf8.count)
        #expect(proposal.usage.forced + proposal.usage.sampled > 400)
    }

    @Test func `a third is not tried`() async throws {
        let endless = [
            Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen", "notes": Self.cards]),
            Self.call(["rank": .string(String(repeating: "q", count: 200))]),
        ]
        let error = await #expect(throws: PlanningError.self) {
            _ = try await Self.propose(endless, tool: Self.tool(), limit: 150)
        }
        #expect(error?.code == .answerTooLong)
        #expect((error?.usage.forced ?? 0) + (error?.usage.sampled ?? 0) == 450)
    }

    @Test func `an argument that a call must have is never left out`() async throws {
        let error = await #expect(throws: PlanningError.self) {
            _ = try await Self.propose(
                [Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen"])],
                tool: Self.tool(required: ["rank", "deck"]))
        }
        #expect(error?.code == .answerTooLong)
        #expect(error?.description.contains("200 tokens") == true)
    }

    @Test func `what the turn may cost bounds the tries`() async throws {
        let script = [Self.call(["rank": "queen", "deck": Self.cards]), Self.call(["rank": "queen"])]
        let (_, conversation) = try await Self.propose(script, tool: Self.tool())
        let most = 2 * (conversation.prompt.text.utf8.count + 200)
        let (proposal, _) = try await Self.propose(script, tool: Self.tool(), turnLimit: most)
        #expect(proposal.leftOut == ["deck"])
        #expect(proposal.usage.budgetTokens <= most)
        await #expect(throws: PlanningError.self) {
            _ = try await Self.propose(script, tool: Self.tool(), turnLimit: most - 1)
        }
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
}
