import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

/// One exact value, vouched for in one run.
@Suite struct EndorsementTests {
    private let arguments: JSONObject = ["project": "demo", "title": "Crash"]
    private let labels = ["project": Samples.trusted, "title": Samples.untrusted]

    private func policy(_ rules: ToolRule...) throws -> Policy {
        try Policy(PolicyDefinition(tools: rules), tools: try Samples.tools())
    }

    /// Asks because of the title's label alone.
    private func asking() throws -> Policy { try policy(Samples.rule("issue.create")) }

    private func context(
        _ endorsements: [Endorsement], run: String = "run-1", labels: [String: Label]? = nil,
        earlier: [String: Int] = [:]
    ) -> PolicyContext {
        PolicyContext(
            run: run, address: "later", earlierCalls: earlier, argumentLabels: labels ?? self.labels,
            endorsements: endorsements)
    }

    private func endorsements(_ names: [String] = ["title"], edited: JSONObject? = nil) throws -> [Endorsement] {
        let decision = try asking().decide(
            Samples.call(arguments, label: Samples.untrusted), in: context([]))
        guard case .ask(let request) = consume decision else { throw NotAsked() }
        let approval = Approval(
            digest: request.digest, decision: .approved, person: "kim", editedArguments: edited,
            endorsedArguments: names, at: "2026-01-02")
        return Endorsement.made(by: approval, to: request)
    }

    private struct NotAsked: Error {}

    private func outcome(_ policy: Policy, _ arguments: JSONObject, _ context: PolicyContext) -> PolicyDecision {
        policy.decide(Samples.call(arguments, label: Samples.untrusted), in: context).outcome
    }

    @Test func `a call that asks for no other reason than the value's label is allowed`() throws {
        let policy = try asking()
        #expect(outcome(policy, arguments, context([])) == .ask)
        let decision = policy.decide(
            Samples.call(arguments, label: Samples.untrusted), in: context(try endorsements()))
        #expect(decision.outcome == .allow)
        #expect(
            decision.sentence
                == "Allowed by `issue.create`: `kim` endorsed this value of `title` at step `later` of this run.")
    }

    @Test func `it fits no other value, argument, tool or run`() throws {
        let made = try endorsements()
        let policy = try policy(
            Samples.rule("issue.create"), Samples.rule("issue.find", ["query": [.from(["inputs"])]]),
            Samples.rule("file.read"))
        let both = ["project": Samples.trusted, "title": Samples.untrusted, "body": Samples.untrusted]
        #expect(outcome(policy, arguments, context(made)) == .allow)
        for title: JSONValue in ["Crash ", "crash", "", "Crash!"] {
            #expect(outcome(policy, ["project": "demo", "title": title], context(made)) == .ask)
        }
        let asBody: JSONObject = ["project": "demo", "body": "Crash"]
        #expect(outcome(policy, asBody, context(made, labels: both)) == .ask)
        #expect(outcome(policy, ["project": "Crash", "title": "Crash"], context(made, labels: [:])) == .ask)
        #expect(outcome(policy, arguments, context(made, run: "run-2")) == .ask)
        let query: JSONObject = ["query": "Crash"]
        let decision = policy.decide(
            Samples.call("issue.find", query, label: Samples.untrusted), in: context(made, labels: [:]))
        #expect(decision.outcome == .deny)
        #expect(
            made.allSatisfy { !$0.covers("title", of: ToolCall(tool: "issue.find", arguments: arguments), in: "run-1") }
        )
    }

    @Test func `any other reason for asking still asks`() throws {
        let made = try endorsements()
        #expect(outcome(try policy(Samples.rule("issue.create", .ask)), arguments, context(made)) == .ask)
        let limited = try policy(Samples.rule("issue.create", .allow, max: 1, otherwise: .ask))
        #expect(outcome(limited, arguments, context(made, earlier: ["issue.create": 1])) == .ask)
        let short = try policy(Samples.rule("issue.create", .allow, otherwise: .ask, ["title": [.maxLength(2)]]))
        #expect(outcome(short, arguments, context(made)) == .ask)
        // Another untrusted value beside it.
        let two: JSONObject = ["project": "demo", "title": "Crash", "body": "text"]
        #expect(outcome(try asking(), two, context(made, labels: ["project": Samples.trusted])) == .ask)
        let unknown = PolicyContext(
            run: "run-1", address: "later", argumentLabels: labels, isOutcomeUnknown: true, endorsements: made)
        #expect(outcome(try asking(), arguments, unknown) == .ask)
    }

    @Test func `what is denied stays denied`() throws {
        let made = try endorsements(["title", "project"])
        #expect(made.count == 2)
        for rule in [
            Samples.rule("issue.create", .deny),
            Samples.rule(["title": [.from(["workflow", "inputs", "endorsed", "plan"])]]),
            Samples.rule(["title": [.maxLength(2)]]), Samples.rule(["project": [.oneOf(["other"])]]),
        ] {
            let decided = outcome(try policy(rule), arguments, context(made, labels: [:]))
            #expect(decided == .deny, "\(rule)")
        }
        // The control: the same rule asks where it says so, and then the endorsement counts.
        let asks = try policy(Samples.rule("issue.create", .allow, otherwise: .ask, ["title": [.from(["inputs"])]]))
        #expect(outcome(asks, arguments, context([])) == .ask)
        #expect(outcome(asks, arguments, context(made)) == .allow)
    }

    @Test func `an endorsement says nothing about who may see a value`() throws {
        let secret = ["project": Samples.trusted, "title": Label(integrity: .untrusted, readers: .only(["kim"]))]
        let decision = try asking().decide(
            Samples.call(arguments, label: Samples.untrusted), in: context(try endorsements(), labels: secret))
        guard case .allow(let warrant) = consume decision else { throw NotAsked() }
        #expect(warrant.argumentLabels == secret)
    }

    @Test func `only a yes to this very question makes one, of arguments that the call has`() throws {
        let decision = try asking().decide(Samples.call(arguments, label: Samples.untrusted), in: context([]))
        guard case .ask(let request) = consume decision else { throw NotAsked() }
        func made(_ answer: Approval.Answer, _ digest: String, _ names: [String], edited: JSONObject? = nil) -> Int {
            Endorsement.made(
                by: Approval(
                    digest: digest, decision: answer, person: "kim", editedArguments: edited, endorsedArguments: names,
                    at: ""),
                to: request
            ).count
        }
        #expect(made(.approved, request.digest, ["title"]) == 1)
        #expect(made(.approved, request.digest, ["title", "title"]) == 1)
        #expect(made(.rejected, request.digest, ["title"]) == 0)
        #expect(made(.approved, "other", ["title"]) == 0)
        #expect(made(.approved, request.digest, ["surprise", "body"]) == 0)
        #expect(made(.approved, request.digest, ["title"], edited: ["project": "demo"]) == 0)
        let edited = try endorsements(edited: ["project": "demo", "title": "Better"])
        #expect(outcome(try asking(), arguments, context(edited)) == .ask)
        #expect(outcome(try asking(), ["project": "demo", "title": "Better"], context(edited)) == .allow)
    }

    @Test func `a no to the question, or to a call that carries the value, takes it back`() throws {
        let made = try #require(try endorsements().first)
        func question(_ arguments: JSONObject, run: String = "run-1") throws -> ApprovalRequest {
            let policy = try policy(Samples.rule("issue.create", .ask))
            let decision = policy.decide(Samples.call(arguments), in: context([], run: run))
            guard case .ask(let request) = consume decision else { throw NotAsked() }
            return request
        }
        func answer(_ request: ApprovalRequest, _ decision: Approval.Answer) -> Bool {
            made.isWithdrawn(
                by: Approval(digest: request.digest, decision: decision, person: "kim", at: ""), to: request)
        }
        #expect(answer(try question(arguments), .rejected))
        #expect(!answer(try question(arguments), .approved))
        #expect(!answer(try question(["project": "demo", "title": "Other"]), .rejected))
        #expect(!answer(try question(arguments, run: "run-2"), .rejected))
    }

    @Test func `it survives the journal as part of a context, and a broken one is no context`() throws {
        let call = ToolCall(tool: "issue.create", arguments: arguments)
        let before = PolicyContext(
            run: "run-1", address: "later", earlierCalls: ["issue.create": 2, "issue.find": 0],
            roots: ["file.read.path.under": ["/a", "/b"]], resolvedPaths: ["path": "/a/x"], argumentLabels: labels,
            lists: ["rule": ["one", "two"]], isOutcomeUnknown: true, attempt: 3, endorsements: try endorsements())
        let written = before.toJSON(deciding: call).serialized()
        func read(_ text: String) throws -> PolicyContext? {
            PolicyContext(
                fromJSON: try JSONValue(parsing: text), run: "run-1", address: "later", argumentLabels: labels)
        }
        let after = try #require(try read(written))
        #expect(after.toJSON(deciding: call).serialized() == written)
        #expect(after.endorsements == before.endorsements && after.attempt == 3 && after.isOutcomeUnknown)
        #expect(
            after.roots == before.roots && after.lists == before.lists && after.resolvedPaths == before.resolvedPaths)
        #expect(after.earlierCalls == ["issue.create": 2])
        let broken = [
            ("\"issue.create\":2", "\"issue.create\":\"2\""), ("[\"/a\",\"/b\"]", "[\"/a\",7]"),
            ("\"argument\":\"title\"", "\"argument\":7"), ("\"paths\"", "\"path\""),
        ]
        for (part, other) in broken {
            #expect(written.contains(part), "\(written)")
            #expect(try read(written.replacing(part, with: other)) == nil)
        }
        // One about another call is not written down with this one.
        let other = before.toJSON(deciding: ToolCall(tool: "issue.create", arguments: ["title": "Other"]))
        #expect(other["endorsements"] == nil)
    }

    /// Labels only ever make a decision stricter, with endorsements and without.
    @Test func `adding an untrusted source never turns ask into allow`() throws {
        var random = Seeded(state: 41)
        let made = try endorsements(["title", "project"])
        func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: 0..<elements.count, using: &random)]
        }
        let origins: [ArgumentPredicate] = [
            .from(["workflow"]), .from(["inputs", "endorsed"]), .from(["plan"]), .allowUntrusted,
            .oneOf(["Crash", "demo"]),
        ]
        let own: [Label] = [
            .trusted(.workflow()), .trusted(.input("project")), .endorsed(Samples.ticket), Samples.untrusted,
            .trusted(Source(step: "plan")),
        ]
        let order: [PolicyDecision] = [.allow, .ask, .deny]
        var moved = 0
        for _ in 0..<20_000 {
            var rules: [String: [ArgumentPredicate]] = [:]
            for name in ["project", "title", "body"] where Bool.random(using: &random) { rules[name] = [pick(origins)] }
            let policy = try policy(
                Samples.rule("issue.create", pick([.allow, .allow, .ask]), otherwise: pick([.ask, .deny]), rules))
            var labels: [String: Label] = [:]
            for name in ["project", "title"] { labels[name] = pick(own) }
            let arguments: JSONObject = ["project": pick(["demo", "evil"]), "title": pick(["Crash", "Other"])]
            let endorsed = Bool.random(using: &random) ? made : []
            let before = outcome(policy, arguments, context(endorsed, labels: labels))
            let name = pick(["project", "title"])
            labels[name] = labels[name]?.joined(with: .untrusted(Source(step: "web", tool: "web.get")))
            let after = outcome(policy, arguments, context(endorsed, labels: labels))
            let (left, right) = (order.firstIndex(of: before) ?? 3, order.firstIndex(of: after) ?? 0)
            #expect(left <= right, "\(before) became \(after): \(rules) \(arguments)")
            moved += left < right ? 1 : 0
        }
        #expect(moved > 500)
    }
}
