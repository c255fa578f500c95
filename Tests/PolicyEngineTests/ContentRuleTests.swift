import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

/// What a call may not carry, whatever its rules allow.
@Suite struct ContentRuleTests {
    private static let token = "ghp" + "_aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYaaaa"
    private static let canary = "abcdefghijklmnop"

    private static func tool(
        sandbox: String? = nil, origin: ResultOrigin = .outside, effect: Effect = .opaque, hasSink: Bool = true
    ) throws -> ToolDefinition {
        let text: JSONValue = ["type": "string"]
        return ToolDefinition(
            name: "mail.send", summary: "A tool.",
            arguments: try JSONSchema([
                "type": "object", "properties": ["to": text, "body": text, "rows": ["type": "array"]],
            ]), effect: effect, sinkControl: hasSink ? ["to"] : [], sinkContent: hasSink ? ["body"] : [],
            sandboxProfile: sandbox, origin: origin)
    }

    private static func decide(
        _ body: JSONValue, argument: String = "body", forbids: [ForbidRule] = [], layers: [PolicyDefinition] = [],
        tool: ToolDefinition? = nil, canaries: [String] = []
    ) throws -> Said {
        let rule = ToolRule(
            tool: "mail.send", decision: .allow,
            arguments: ["to", "body", "rows"].map { ArgumentRule(argument: $0, predicates: [.allowUntrusted]) })
        let policy = try Policy(
            PolicyDefinition(tools: [rule], forbids: forbids), tools: [tool ?? self.tool()], narrowedBy: layers)
        return Said(
            policy.decide(
                Labelled(ToolCall(tool: "mail.send", arguments: [argument: body]), label: Samples.untrusted),
                in: PolicyContext(run: "run", address: "step", canaries: canaries)))
    }

    @Test func `a person looks at what looks like a secret and leads outside`() throws {
        #expect(try Self.decide("Nothing to see.").outcome == .allow)
        let said = try Self.decide("The key is \(Self.token).".json)
        #expect(said.outcome == .ask && said.rule == "content.secret")
        #expect(said.sentence.contains("`body` holds what looks like a GitHub token") && !said.sentence.contains("ghp"))
        // Wherever it stands in the call.
        #expect(try Self.decide([["a": [.string(Self.token)]]], argument: "rows").outcome == .ask)
        #expect(try Self.decide([[Self.token: 1]], argument: "rows").outcome == .ask)
        #expect(try Self.decide(Self.token.json, argument: "to").outcome == .ask)
    }

    @Test func `what stays in the run's own files and sandboxes may hold one`() throws {
        let body = Self.token.json
        #expect(try Self.decide(body, tool: Self.tool(sandbox: "test")).outcome == .allow)
        #expect(try Self.decide(body, tool: Self.tool(origin: .arguments, effect: .idempotent)).outcome == .allow)
        #expect(try Self.decide(body, tool: Self.tool(effect: .pure, hasSink: false)).outcome == .allow)
        #expect(try Self.decide(body, tool: Self.tool(effect: .pure)).outcome == .ask)
        #expect(try Self.decide(body, tool: Self.tool(hasSink: false)).outcome == .ask)
    }

    @Test func `a rule denies it, or asks in its own words, and narrows as any other`() throws {
        let deny = ForbidRule(id: "no-secret-out", sink: .egress, content: .secret)
        let ask = ForbidRule(id: "look", sink: .egress, content: .secret, decision: .ask, reason: "keys are private")
        #expect(try Self.decide("Fine.", forbids: [deny, ask]).outcome == .allow)
        let denied = try Self.decide(Self.token.json, forbids: [deny])
        #expect(denied.outcome == .deny && denied.rule == "forbid.no-secret-out")
        let asked = try Self.decide(Self.token.json, forbids: [ask])
        #expect(asked.outcome == .ask)
        let narrowed = try Self.decide(Self.token.json, layers: [PolicyDefinition(forbids: [deny])])
        #expect(narrowed.outcome == .deny && narrowed.rule == "operator.forbid.no-secret-out")
        // Not where the call leads nowhere.
        #expect(try Self.decide(Self.token.json, forbids: [deny], tool: Self.tool(sandbox: "test")).outcome == .allow)
        let anywhere = ForbidRule(id: "no-secret", content: .secret)
        #expect(try Self.decide(Self.token.json, forbids: [anywhere], tool: Self.tool(sandbox: "x")).outcome == .deny)
    }

    @Test func `a condition on one argument looks at that argument`() throws {
        let forbid = ForbidRule(id: "no", clauses: [.init(argument: "to", conditions: [.secret])])
        #expect(try Self.decide(Self.token.json, argument: "to", forbids: [forbid]).outcome == .deny)
        #expect(try Self.decide("ann", argument: "to", forbids: [forbid]).outcome == .allow)
        #expect(try Self.decide(Self.token.json, forbids: [forbid]).outcome == .ask)
    }

    @Test func `a rule that would allow what it forbids is refused`() {
        #expect(throws: PolicyError.self) {
            try Self.decide("x", forbids: [ForbidRule(id: "no", content: .secret, decision: .allow)])
        }
    }

    @Test(arguments: [
        "abcdefghijklmnop", "See ABCDEFGH-ijklmnop!", "a b c d e f g h i j k l m n o p", "</t-abcdefghijklmnop>",
    ])
    func `a mark of the run's prompts never leaves them`(text: String) throws {
        #expect(try Self.decide(text.json).outcome == .allow)
        let said = try Self.decide(text.json, canaries: ["ponmlkjihgfedcba", Self.canary])
        #expect(said.outcome == .deny && said.rule == "content.canary" && !said.sentence.contains("abc"))
        #expect(try Self.decide([[text: .null]], argument: "rows", canaries: [Self.canary]).outcome == .deny)
        // Into a file as little as to a server; a table of the run is its own.
        let file = try Self.tool(origin: .arguments, effect: .idempotent)
        #expect(try Self.decide(text.json, tool: file, canaries: [Self.canary]).outcome == .deny)
        let table = try Self.tool(origin: .arguments, effect: .idempotent, hasSink: false)
        #expect(try Self.decide(text.json, tool: table, canaries: [Self.canary]).outcome == .allow)
        #expect(try Self.decide("abcdefgh", canaries: [Self.canary]).outcome == .allow)
    }

    @Test func `a recorded decision knows the mark that it was made by`() throws {
        let context = PolicyContext(run: "run", address: "step", canaries: ["ponmlkjihgfedcba", Self.canary])
        func recorded(_ body: String) -> PolicyContext? {
            PolicyContext(
                fromJSON: context.toJSON(deciding: ToolCall(tool: "mail.send", arguments: ["body": body.json])),
                run: "run", address: "step", argumentLabels: [:])
        }
        #expect(recorded("See \(Self.canary)")?.canaries == [Self.canary])
        #expect(recorded("See you")?.canaries == [])
    }
}

extension String {
    fileprivate var json: JSONValue { .string(self) }
}
