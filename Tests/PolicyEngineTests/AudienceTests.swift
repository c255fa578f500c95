import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

@Suite struct AudienceTests {
    private func decide(
        readers: Readers, audience: [String]?, otherwise: PolicyDecision = .deny, argument: String = "body"
    ) throws -> Said {
        let text: JSONValue = ["type": "string"]
        let tool = ToolDefinition(
            name: "note.send", summary: "A tool.",
            arguments: try JSONSchema([
                "type": "object", "properties": ["to": text, "body": text, "style": text],
                "additionalProperties": false,
            ]), sinkControl: ["to"], sinkContent: ["body"], sinkAudience: audience)
        let policy = try Policy(
            PolicyDefinition(tools: [Samples.rule("note.send", .allow, otherwise: otherwise)]), tools: [tool])
        let label = Label(integrity: .trusted, readers: readers)
        return Said(
            policy.decide(
                Samples.call("note.send", [argument: "x"], label: Samples.trusted),
                in: Samples.context(labels: [argument: label])))
    }

    @Test func `a value goes only where everyone there may see it`() throws {
        #expect(try decide(readers: .everyone, audience: nil).outcome == .allow)
        #expect(try decide(readers: .only(["support"]), audience: nil).outcome == .deny)
        #expect(try decide(readers: .only(["support"]), audience: ["support"]).outcome == .allow)
        #expect(try decide(readers: .only(["support", "qa"]), audience: ["support"]).outcome == .allow)
        #expect(try decide(readers: .only(["support"]), audience: ["support", "qa"]).outcome == .deny)
        #expect(try decide(readers: .only([]), audience: ["support"]).outcome == .deny)
        // An argument that lands nowhere shows nothing to anybody.
        #expect(try decide(readers: .only([]), audience: nil, argument: "style").outcome == .allow)
        #expect(try decide(readers: .only([]), audience: nil, argument: "to").outcome == .deny)
    }

    @Test func `the rule is named, and may ask instead`() throws {
        let denied = try decide(readers: .only(["support"]), audience: nil)
        #expect(denied.rule == "note.send.body.readers")
        #expect(denied.sentence.contains("only `support` may see"))
        #expect(try decide(readers: .only(["support"]), audience: nil, otherwise: .ask).outcome == .ask)
    }

    @Test func `another reader less never loosens a decision`() throws {
        for audience in [nil, ["a"], ["a", "b"], []] as [[String]?] {
            let wide = try decide(readers: .only(["a", "b"]), audience: audience).outcome
            let narrow = try decide(readers: .only(["a"]), audience: audience).outcome
            #expect(!(wide == .deny && narrow == .allow))
        }
    }
}
