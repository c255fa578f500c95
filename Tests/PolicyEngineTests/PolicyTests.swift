import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

@Suite struct PolicyTests {
    @Test func `a tool that is not listed is denied, and the sentence says how to change that`() throws {
        let policy = try Samples.policy(Samples.rule("issue.find"))
        #expect(
            Said(policy.decide(Samples.call("issue.find", ["query": "x"]), in: Samples.context())).outcome
                == .allow)
        let said = Said(policy.decide(Samples.call("issue.create", ["title": "x"]), in: Samples.context()))
        #expect(said.outcome == .deny)
        #expect(
            said.sentence
                == "Denied by `default`: the policy does not list this tool; add it under `policy.tools` with a decision."
        )
        #expect(Said(policy.decide(Samples.call("no.such", [:]), in: Samples.context())).outcome == .deny)
        #expect(
            Said(try Samples.policy().decide(Samples.call("issue.find", [:]), in: Samples.context())).outcome
                == .deny)
    }

    @Test(arguments: PolicyDecision.allCases)
    func `a rule without arguments decides as it says`(decision: PolicyDecision) throws {
        let policy = try Samples.policy(Samples.rule("issue.find", decision))
        let said = Said(policy.decide(Samples.call("issue.find", ["query": "x"]), in: Samples.context()))
        #expect(said.outcome == decision)
        #expect(said.rule == "issue.find")
        #expect(said.sentence.contains("`issue.find`") && said.sentence.hasSuffix("."))
    }

    @Test func `an allowed call's warrant carries the call, its labels and where it may be made`() throws {
        let policy = try Samples.policy(Samples.rule("issue.find"))
        let call = Samples.call("issue.find", ["query": "x"], label: Samples.untrusted)
        let context = Samples.context(labels: ["query": Samples.untrusted])
        switch policy.decide(call, in: context) {
        case .allow(let warrant):
            #expect(warrant.call == call)
            #expect(warrant.argumentLabels == ["query": Samples.untrusted])
            #expect(warrant.run == "run-1" && warrant.address == "triage[3]/file#2")
            #expect(warrant.policyVersion == policy.version && warrant.approvedBy == nil)
        case .ask: Issue.record("The call must be allowed.")
        case .deny: Issue.record("The call must be allowed.")
        }
    }

    /// A predicate, an argument that holds and one that fails.
    static let predicates: [(String, ArgumentPredicate, JSONValue, JSONValue)] = [
        ("one_of", .oneOf(["demo", "site"]), "demo", "evil"),
        ("max_length", .maxLength(4), "äöüß", "äöüßx"),
        ("pattern", .pattern("^[a-z-]+$"), "demo-two", "Demo"),
        ("pattern", .pattern("mo"), "demo", "dem"),
    ]

    @Test(arguments: predicates)
    func `an argument that fails its predicate is denied by that rule, and one that holds is not`(
        name: String, predicate: ArgumentPredicate, good: JSONValue, bad: JSONValue
    ) throws {
        let policy = try Samples.policy(Samples.rule(["project": [predicate]]))
        #expect(Said(policy.decide(Samples.call(["project": good]), in: Samples.context())).outcome == .allow)
        let said = Said(policy.decide(Samples.call(["project": bad]), in: Samples.context()))
        #expect(said.outcome == .deny)
        #expect(said.rule == "issue.create.project.\(name)")
        // No argument value leaks into the sentence: it may be an attacker's text.
        #expect(!said.sentence.contains("evil") && !said.sentence.contains("Demo"))

        let asking = try Samples.policy(Samples.rule(otherwise: .ask, ["project": [predicate]]))
        #expect(Said(asking.decide(Samples.call(["project": bad]), in: Samples.context())).outcome == .ask)
        let absent = policy.decide(Samples.call(["title": "x"]), in: Samples.context())
        #expect(Said(absent).outcome == .allow)
    }

    @Test func `a number is compared with its maximum`() throws {
        let policy = try Samples.policy(Samples.rule("issue.find", ["limit": [.max(5)]]))
        for (limit, outcome) in [(5, .allow), (6, .deny), (-1, .allow)] as [(Int, PolicyDecision)] {
            let call = Samples.call("issue.find", ["limit": .integer(limit)])
            #expect(Said(policy.decide(call, in: Samples.context())).outcome == outcome)
        }
    }

    @Test func `every element of a list must be on the list`() throws {
        let policy = try Samples.policy(Samples.rule(["labels": [.oneOf(["bug", "question"])]]))
        for (labels, outcome) in [
            (["bug"], .allow), (["bug", "question"], .allow), (["bug", "admin"], .deny), ([], .allow),
        ] as [(JSONValue, PolicyDecision)] {
            #expect(
                Said(policy.decide(Samples.call(["labels": labels]), in: Samples.context())).outcome
                    == outcome)
        }
    }

    @Test func `a run makes at most the permitted number of calls`() throws {
        let policy = try Samples.policy(Samples.rule("issue.find", max: 2))
        let call = Samples.call("issue.find", ["query": "x"])
        for (earlier, outcome) in [(0, .allow), (1, .allow), (2, .deny), (3, .deny)]
            as [(Int, PolicyDecision)]
        {
            let said = Said(policy.decide(call, in: Samples.context(earlier: ["issue.find": earlier])))
            #expect(said.outcome == outcome)
            if outcome == .deny { #expect(said.rule == "issue.find.max") }
        }
        let other = Samples.context(earlier: ["issue.create": 9])
        #expect(Said(policy.decide(call, in: other)).outcome == .allow)
    }

    @Test func `arguments that break the tool's schema are denied even where the rule says otherwise ask`()
        throws
    {
        let policy = try Samples.policy(Samples.rule("issue.find", otherwise: .ask))
        for arguments in [["limit": "many"], ["querry": "x"]] as [JSONObject] {
            let said = Said(policy.decide(Samples.call("issue.find", arguments), in: Samples.context()))
            #expect(said.outcome == .deny)
            #expect(said.rule == "issue.find.arguments")
        }
    }

    @Test func `the strictest of several rules decides, in any order`() throws {
        let rules = [
            Samples.rule("issue.find", .allow), Samples.rule("issue.find", .ask),
            Samples.rule("issue.find", .allow, ["query": [.maxLength(3)]]),
        ]
        let long = Samples.call("issue.find", ["query": "long"])
        let short = Samples.call("issue.find", ["query": "sho"])
        var said: Set<Said> = []
        var versions: Set<String> = []
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1]] {
            let policy = try Policy(
                PolicyDefinition(tools: order.map { rules[$0] }), tools: try Samples.tools())
            said.insert(Said(policy.decide(long, in: Samples.context())))
            #expect(Said(policy.decide(short, in: Samples.context())).outcome == .ask)
            versions.insert(policy.version)
        }
        #expect(said.count == 1 && said.first?.outcome == .deny)
        #expect(versions.count == 1)
    }

    @Test func `an operator's policy can only narrow`() throws {
        for own in PolicyDecision.allCases {
            for operators in PolicyDecision.allCases {
                let narrowing = PolicyDefinition(tools: [Samples.rule("issue.find", operators)])
                let policy = try Samples.policy(Samples.rule("issue.find", own), narrowedBy: [narrowing])
                let alone = try Samples.policy(Samples.rule("issue.find", own))
                let call = Samples.call("issue.find", ["query": "x"])
                let narrowed = Said(policy.decide(call, in: Samples.context()))
                let before = Said(alone.decide(call, in: Samples.context()))
                #expect(rank(narrowed.outcome) == max(rank(before.outcome), rank(operators)))
            }
        }
        // What the workflow does not list stays denied, whatever the operator lists.
        let listing = PolicyDefinition(tools: [Samples.rule("issue.create", .allow)])
        let policy = try Samples.policy(Samples.rule("issue.find"), narrowedBy: [listing])
        #expect(Said(policy.decide(Samples.call(["title": "x"]), in: Samples.context())).outcome == .deny)
    }

    @Test func `what an operator's policy takes out of a text is still seen by the workflow's own rules`() throws {
        let own = Samples.rule(["body": [.allowUntrusted, .maxLength(20), .links(LinkRule())]])
        func said(_ text: String, _ operators: ArgumentPredicate...) throws -> Said {
            let layer = PolicyDefinition(tools: [Samples.rule(["body": operators])])
            return Said(
                try Samples.policy(own, narrowedBy: [layer]).decide(
                    Samples.call(["body": .string(text)]), in: Samples.context()))
        }
        #expect(try said("Nothing to see.", .strip(["links"])).outcome == .allow)
        for predicate in [ArgumentPredicate.strip(["links"]), .defang(["links"]), .maxLength(500)] {
            #expect(try said("see https://a.example", predicate).rule == "issue.create.body.links")
            #expect(
                try said("see https://a.example/and/more/and/more", predicate).outcome == .deny, "\(predicate)")
        }
        // Its own rules see what it leaves.
        let alone = Samples.rule(["body": [.allowUntrusted]])
        let layer = PolicyDefinition(tools: [Samples.rule(["body": [.strip(["links"]), .maxLength(10)]])])
        let text: JSONValue = "see https://a.example"
        switch try Samples.policy(alone, narrowedBy: [layer]).decide(
            Samples.call(["body": text]), in: Samples.context())
        {
        case .allow(let warrant): #expect(warrant.call.value.arguments["body"] == "see ")
        default: Issue.record("The call must be allowed.")
        }
    }

    @Test func `the version changes with the meaning and with nothing else`() throws {
        func version(_ rule: ToolRule) throws -> String { try Samples.policy(rule).version }
        let base = try version(Samples.rule(["title": [.maxLength(5)]]))
        #expect(base.count == 64)
        let elsewhere = ToolRule(
            tool: "issue.create", decision: .allow,
            arguments: [ArgumentRule(argument: "title", predicates: [.maxLength(5)])],
            tests: [PolicyTest(call: [:], expect: .deny)],
            position: SourcePosition(file: "other.yaml", line: 9))
        #expect(try version(elsewhere) == base)
        #expect(try version(Samples.rule(["title": [.maxLength(6)]])) != base)
        #expect(try version(Samples.rule("issue.create", .ask, ["title": [.maxLength(5)]])) != base)
        #expect(try version(Samples.rule(otherwise: .ask, ["title": [.maxLength(5)]])) != base)
    }

    @Test(arguments: [
        Samples.rule("no.such.tool"), Samples.rule(["nonsense": [.maxLength(1)]]),
        Samples.rule(["title": [.pattern("(")]]),
        Samples.rule(["title": [.oneOf([])]]), Samples.rule(["title": [.from(["moon"])]]),
        Samples.rule(["title": [.strip(["moon"])]]), Samples.rule(["title": [.maxLength(-1)]]),
        Samples.rule(["title": [.max(.nan)]]), Samples.rule(max: -1), Samples.rule(otherwise: .allow),
    ])
    func `a rule that can't be enforced is refused with its place`(rule: ToolRule) throws {
        let error = #expect(throws: PolicyError.self) { try Samples.policy(rule) }
        #expect(error?.code == .badRule)
        #expect(error?.description.hasPrefix("workflow.yaml:1:1: Can't read the policy rule `") == true)
    }

    private func rank(_ decision: PolicyDecision) -> Int {
        switch decision {
        case .allow: 0
        case .ask: 1
        case .deny: 2
        }
    }
}
