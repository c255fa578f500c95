import JSONSchemas
import PolicyEngine
import Testing
import WebAddresses
import WorkflowFormat

@Suite struct HostRuleTests {
    private func tool(least: PolicyDecision = .allow, hosts: [String] = ["url"]) throws -> ToolDefinition {
        ToolDefinition(
            name: "http.get", summary: "Reads.",
            arguments: try JSONSchema([
                "type": "object", "properties": ["url": ["type": "string"]], "additionalProperties": false,
            ]), effect: .pure, sinkControl: ["url"], leastDecision: least, hostArguments: hosts)
    }

    private func decide(
        _ url: JSONValue, hosts: [String]?, decision: PolicyDecision = .allow, otherwise: PolicyDecision = .deny,
        tool: ToolDefinition? = nil
    ) throws -> Said {
        let predicates: [ArgumentPredicate] = try hosts.map { [.hostIn(try $0.map { try HostEntry($0) })] } ?? []
        let policy = try Policy(
            PolicyDefinition(tools: [
                Samples.rule("http.get", decision, otherwise: otherwise, hosts == nil ? [:] : ["url": predicates])
            ]), tools: [tool ?? self.tool()])
        return Said(policy.decide(Samples.call("http.get", ["url": url]), in: Samples.context()))
    }

    @Test(arguments: [
        ("https://docs.example/a?b#c", PolicyDecision.allow), ("https://DOCS.example/", .allow),
        ("http://docs.example/", .allow), ("https://docs.example:444/", .deny), ("https://evil.docs.example/", .deny),
        ("https://docs.example.evil/", .deny), ("https://docs.example@evil/", .deny),
        ("https://d\u{43E}cs.example/", .deny),
        ("file:///etc/passwd", .deny), ("https://docs.example\\@evil/", .deny), ("http://127.0.0.1:8080/", .allow),
        ("http://0x7f.1:8080/", .allow), ("http://127.0.0.2:8080/", .deny),
    ])
    func `a URL must be at a named host and port`(url: String, outcome: PolicyDecision) throws {
        #expect(try decide(.string(url), hosts: ["docs.example", "127.0.0.1:8080"]).outcome == outcome)
    }

    @Test func `a tool that asks URLs is denied where no host is named`() throws {
        #expect(try decide("https://docs.example/", hosts: ["docs.example"]).outcome == .allow)
        let said = try decide("https://docs.example/", hosts: nil)
        #expect(said.outcome == .deny && said.rule == "http.get.url.host_in")
        #expect(throws: PolicyError.self) { try decide("https://docs.example/", hosts: []) }
    }

    @Test func `what is no plain URL is denied even where the rule says otherwise ask`() throws {
        #expect(try decide("https://other.example/", hosts: ["docs.example"], otherwise: .ask).outcome == .ask)
        #expect(try decide("https://a@docs.example/", hosts: ["docs.example"], otherwise: .ask).outcome == .deny)
    }

    @Test(arguments: [(PolicyDecision.allow, PolicyDecision.ask), (.ask, .ask), (.deny, .deny)])
    func `a manifest's decision can't be loosened`(decision: PolicyDecision, outcome: PolicyDecision) throws {
        let closing = try tool(least: .ask, hosts: [])
        #expect(try decide("x", hosts: nil, decision: decision, tool: closing).outcome == outcome)
        let open = try tool(hosts: [])
        #expect(try decide("x", hosts: nil, decision: decision, tool: open).outcome == decision)
    }

    @Test func `the warrant carries the hosts that every rule names`() throws {
        func rule(_ hosts: [String]) throws -> PolicyDefinition {
            PolicyDefinition(tools: [Samples.rule("http.get", ["url": [.hostIn(try hosts.map { try HostEntry($0) })]])])
        }
        let policy = try Policy(
            rule(["a.example", "b.example"]), tools: [tool()], narrowedBy: [rule(["b.example", "c.example"])])
        switch policy.decide(Samples.call("http.get", ["url": "https://b.example/"]), in: Samples.context()) {
        case .allow(let warrant): #expect(warrant.hosts.map(\.description) == ["b.example"])
        default: Issue.record("not allowed")
        }
        #expect(
            Said(policy.decide(Samples.call("http.get", ["url": "https://a.example/"]), in: Samples.context())).outcome
                == .deny)
    }
}
