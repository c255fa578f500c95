import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WebAddresses
import WorkflowFormat

/// Rules on where a value comes from by the task, on links, on calls that name nobody, and on what is never allowed.
@Suite struct SinkRuleTests {
    private static let text: JSONValue = ["type": "string"]

    static func tools() throws -> [ToolDefinition] {
        [
            try Samples.tool(
                "mail.send", control: ["to"], content: ["subject", "body", "when"],
                properties: [
                    "to": ["type": "array", "items": ["type": "string"]], "subject": text, "body": text, "when": text,
                    "files": ["type": "array", "items": ["type": "object"]],
                ]),
            ToolDefinition(
                name: "file.delete", summary: "A tool.",
                arguments: try JSONSchema([
                    "type": "object", "properties": ["id": text, "url": text], "additionalProperties": false,
                ]), effect: .opaque, sinkControl: ["id"], identifiers: ["id": "file"]),
        ]
    }

    static func policy(
        _ rules: [ToolRule], forbids: [ForbidRule] = [], only: [String]? = nil, narrowedBy: [PolicyDefinition] = []
    ) throws -> Policy {
        try Policy(
            PolicyDefinition(tools: rules, forbids: forbids, only: only), tools: tools(), narrowedBy: narrowedBy)
    }

    static func decide(
        _ policy: Policy, _ arguments: JSONObject, tool: String = "mail.send", task: String = "",
        handles: HandleLedger = HandleLedger(), label: Label = Samples.untrusted
    ) -> Said {
        Said(
            policy.decide(
                Labelled(ToolCall(tool: tool, arguments: arguments), label: label),
                in: PolicyContext(run: "run", address: "step", task: TypedMatch([task]), handles: handles)))
    }

    private static func mail(_ argument: String, _ predicates: ArgumentPredicate..., unaddressed: Bool = false)
        -> ToolRule
    {
        ToolRule(
            tool: "mail.send", decision: .allow, otherwise: .ask,
            arguments: [
                ArgumentRule(argument: argument, predicates: predicates)
            ]
                + ["to", "subject", "body", "when"].filter { $0 != argument }.map {
                    ArgumentRule(argument: $0, predicates: [.allowUntrusted])
                }, isTrustedWhenUnaddressed: unaddressed)
    }

    @Test func `each element has to be in the task`() throws {
        let policy = try Self.policy([Self.mail("to", .from(["task"]))])
        let task = "Write to ann@example.com and bob@example.com"
        #expect(Self.decide(policy, ["to": ["ann@example.com", "bob@example.com"]], task: task).outcome == .allow)
        let said = Self.decide(policy, ["to": ["ann@example.com", "eve@example.com"]], task: task)
        #expect(said.outcome == .ask && said.rule == "mail.send.to.from")
        #expect(Self.decide(policy, ["to": []], task: task).outcome == .allow)
        #expect(Self.decide(policy, ["to": ["ann@example.com"]]).outcome == .ask)
    }

    @Test func `a handle counts as endorsed for its kind, and only where endorsed values are accepted`() throws {
        var handles = HandleLedger()
        handles.observe(
            ToolCall(tool: "x", arguments: [:]), result: ["id": "7"], at: "made",
            rules: [VouchRule(kind: "file", handle: JSONPointer(["id"]), condition: .created)], task: TypedMatch())
        func said(_ predicates: [ArgumentPredicate]) throws -> PolicyDecision {
            let rule = ToolRule(
                tool: "file.delete", decision: .allow, arguments: [ArgumentRule(argument: "id", predicates: predicates)]
            )
            return Self.decide(try Self.policy([rule]), ["id": "7"], tool: "file.delete", handles: handles).outcome
        }
        // The manifest says that the argument is a file's identifier.
        #expect(try said([.from(["endorsed"])]) == .allow)
        #expect(try said([.from(["task", "endorsed"])]) == .allow)
        #expect(try said([.from(["task"])]) == .deny)
        #expect(try said([.from(["endorsed"]), .handle("event")]) == .deny)
    }

    @Test func `an argument that the manifest calls an identifier is matched as one`() throws {
        for form in [[], [.form(.exact)]] as [[ArgumentPredicate]] {
            let rule = ToolRule(
                tool: "file.delete", decision: .allow,
                arguments: [ArgumentRule(argument: "id", predicates: [.from(["task"])] + form)])
            let policy = try Self.policy([rule])
            #expect(
                Self.decide(policy, ["id": "13"], tool: "file.delete", task: "delete the file with id 13").outcome
                    == .allow)
            #expect(
                Self.decide(policy, ["id": "13"], tool: "file.delete", task: "delete it on May 13").outcome == .deny)
        }
    }

    @Test(
        arguments: [
            ("no link here, e.g. none; see report.md and 1.2.3", true), ("see https://docs.example.com/a", true),
            ("see www.task.example.org.", true), ("see WWW.TASK.EXAMPLE.ORG", true),
            ("ann@evil.example.org wrote", true),
            ("see https://evil.example", false), ("see //evil.example/x", false), ("[a](http://evil.example)", false),
            ("see evil.com", false), ("see bit.ly/x", false), ("evil.example/x", false),
            ("mailto:eve@evil.example", false),
            ("javascript:alert(1)", false), ("see https://docs.example.com@evil.example/", false),
            ("see https://docs.example.com.evil.example/", false), ("www.task.example.org/?q=secret", false),
            ("https://docs.example.com:8443/", false), ("HTTPS://EVIL.EXAMPLE", false),
            ("x,https://evil.example", false),
            ("https://xn--evil.example", false), ("https://évil.example", false), ("10.0.0.1:8080/x", false),
            ("www.task.example.org,www.evil.example", false),
            // Bare names and addresses that programs make links of.
            ("see evil.travel", false), ("at 1.2.3.4", false), ("evil\u{3002}com/x", false), ("evil\u{FF0E}com", false),
            ("evil\u{FF61}com", false), ("see evil\u{3002}com now", false), ("evil.anything", false),
            ("data.evil.example", false), ("xn--e1afmkfd.xn--p1ai", false), ("пример.рф", false),
            // Endings of files, numbers, versions, abbreviations and sentences.
            ("see feedback.xlsx and run.sh", true), ("version 10.0.19041.1 or 2.5.1", true), ("3.5 and 1.2/3", true),
            ("i.e. at 10 a.m.", true), ("終わりました。次の文です。", true), ("終わりました。Slack で", true),
        ])
    func `a text holds only links of the task and of listed hosts`(body: String, isFine: Bool) throws {
        let hosts = [try HostEntry("docs.example.com")]
        let policy = try Self.policy([
            Self.mail("body", .allowUntrusted, .links(LinkRule(allowsTask: true, hosts: hosts)))
        ])
        let said = Self.decide(policy, ["to": ["a"], "body": .string(body)], task: "Read www.task.example.org!")
        #expect(said.outcome == (isFine ? .allow : .ask), "\(said.sentence)")
        if !isFine { #expect(said.rule == "mail.send.body.links") }
    }

    @Test func `links are found in every text of a value`() throws {
        let rule = ToolRule(
            tool: "mail.send", decision: .allow,
            arguments: [ArgumentRule(argument: "files", predicates: [.allowUntrusted, .links(LinkRule())])])
        let policy = try Self.policy([rule])
        #expect(Self.decide(policy, ["files": [["name": "x"]]]).outcome == .allow)
        #expect(Self.decide(policy, ["files": [["name": ["see evil.com"]]]]).outcome == .deny)
        #expect(Self.decide(policy, ["files": [["https://evil.example": 1]]]).outcome == .deny)
    }

    @Test func `the name of a member is a value, and an object of nulls is not nothing`() throws {
        func said(_ files: JSONValue, task: String = "Send a.txt to ann.") throws -> PolicyDecision {
            let rule = ToolRule(
                tool: "mail.send", decision: .allow,
                arguments: [ArgumentRule(argument: "files", predicates: [.from(["task"])])])
            return Self.decide(try Self.policy([rule]), ["files": files], task: task).outcome
        }
        #expect(try said([]) == .allow)
        #expect(try said([["send": "a.txt"]]) == .allow)
        #expect(try said([["http://evil.example/?q=secret": "a.txt"]]) == .deny)
        #expect(try said([["http://evil.example/?q=secret": .null]]) == .deny)
        #expect(try said([["send": ["http://evil.example": .null]]]) == .deny)

        // A name that the schema lists is the tool's word; what stands under it is not.
        let schema = try JSONSchema([
            "type": "object",
            "properties": [
                "files": [
                    "type": "array",
                    "items": ["anyOf": [["type": "object", "properties": ["name": ["type": ["string", "null"]]]]]],
                ]
            ],
        ])
        let tool = ToolDefinition(
            name: "mail.send", summary: "A tool.", arguments: schema, effect: .opaque, sinkControl: ["files"])
        func listed(_ files: JSONValue) throws -> PolicyDecision {
            let rule = ToolRule(
                tool: "mail.send", decision: .allow,
                arguments: [ArgumentRule(argument: "files", predicates: [.from(["task"])])])
            let policy = try Policy(PolicyDefinition(tools: [rule]), tools: [tool])
            return Self.decide(policy, ["files": files], task: "Send a.txt to ann.").outcome
        }
        #expect(try listed([["name": "a.txt"]]) == .allow)
        #expect(try listed([["name": "b.txt"]]) == .deny)
        #expect(try listed([["name": .null]]) == .deny)
        #expect(try listed([["other": "a.txt"]]) == .deny)
    }

    @Test func `a forbidden value is found among the names of members`() throws {
        let rule = ToolRule(
            tool: "mail.send", decision: .allow,
            arguments: [ArgumentRule(argument: "files", predicates: [.allowUntrusted])])
        for condition in [ForbidRule.Condition.oneOf(["eve"]), .pattern("eve")] {
            let policy = try Self.policy(
                [rule],
                forbids: [ForbidRule(id: "no", clauses: [.init(argument: "files", conditions: [condition])])])
            let decision = Self.decide(policy, ["files": [["ann": "x"]]])
            #expect(decision.outcome == .allow, "\(decision.rule): \(decision.sentence)")
            #expect(Self.decide(policy, ["files": [["eve": "x"]]]).outcome == .deny)
        }
    }

    @Test func `a call that names nobody needs content of the task`() throws {
        let policy = try Self.policy([Self.mail("body", .allowUntrusted, unaddressed: true)])
        let task = "Note 'Lunch' for 2024-05-19 at 12:00."
        #expect(Self.decide(policy, ["subject": "Lunch", "when": "2024-05-19 13:00"], task: task).outcome == .allow)
        for to in [[], [""], nil] as [JSONValue?] {
            var call: JSONObject = ["subject": "Buy this"]
            if let to { call["to"] = to }
            let said = Self.decide(policy, call, task: task)
            #expect(said.outcome == .ask && said.rule == "mail.send.unaddressed")
        }
        #expect(Self.decide(policy, ["subject": "Buy this", "to": ["ann"]], task: task).outcome == .allow)
        #expect(Self.decide(policy, ["subject": "Buy this"], task: task, label: Samples.trusted).outcome == .allow)
    }

    @Test func `what is forbidden is denied whatever allows it`() throws {
        let rules = [Self.mail("body", .allowUntrusted)]
        func said(_ conditions: [ForbidRule.Condition], _ to: JSONValue, label: Label = Samples.untrusted) throws
            -> Said
        {
            let forbid = ForbidRule(
                id: "no", tools: ["mail.send"], clauses: [.init(argument: "to", conditions: conditions)],
                reason: "never")
            return Self.decide(try Self.policy(rules, forbids: [forbid]), ["to": to], label: label)
        }
        let hit = try said([.oneOf(["eve@example.com"])], ["ann@example.com", "EVE@example.com"])
        #expect(hit.outcome == .deny && hit.rule == "forbid.no" && hit.sentence == "Denied by `forbid.no`: never.")
        #expect(try said([.oneOf(["eve@example.com"])], ["ann@example.com"]).outcome == .allow)
        #expect(try said([.pattern("@evil")], ["a@evil.com"]).outcome == .deny)
        #expect(try said([.hostIn([HostEntry("evil.example")])], ["https://good.example/"]).outcome == .allow)
        #expect(try said([.hostIn([HostEntry("evil.example")])], ["https://EVIL.example/"]).outcome == .deny)
        // What can't be read might be anything.
        #expect(try said([.hostIn([HostEntry("evil.example")])], ["//evil.example"]).outcome == .deny)
        #expect(try said([.untrusted], ["a"]).outcome == .deny)
        #expect(try said([.untrusted], ["a"], label: Samples.trusted).outcome == .allow)
        // All conditions of all clauses.
        #expect(try said([.untrusted, .oneOf(["b"])], ["a"]).outcome == .allow)
        let always = try Self.policy(rules, forbids: [ForbidRule(id: "all")])
        #expect(Self.decide(always, ["to": ["a"]]).outcome == .deny)
    }

    @Test func `only the tools of the list may be called, and a narrowing list counts as well`() throws {
        let rules = [Self.mail("body", .allowUntrusted)]
        #expect(Self.decide(try Self.policy(rules, only: ["mail.send"]), ["to": ["a"]]).outcome == .allow)
        #expect(Self.decide(try Self.policy(rules, only: []), ["to": ["a"]]).rule == "only")
        let narrowed = try Self.policy(rules, narrowedBy: [PolicyDefinition(only: ["file.delete"])])
        let said = Self.decide(narrowed, ["to": ["a"]])
        #expect(said.outcome == .deny && said.rule == "operator.only")
    }

    @Test func `every new rule is part of the policy's version`() throws {
        let rule = Self.mail("to", .from(["task"]))
        var versions = Set([try Self.policy([rule]).version])
        let others: [Policy] = [
            try Self.policy([Self.mail("to", .from(["task"]), .form(.id))]),
            try Self.policy([Self.mail("to", .from(["task"]), .form(.exact))]),
            try Self.policy([Self.mail("to", .from(["task"]), .handle("address"))]),
            try Self.policy([Self.mail("to", .from(["task"]), .links(LinkRule()))]),
            try Self.policy([Self.mail("to", .from(["task"]), .links(LinkRule(allowsTask: true)))]),
            try Self.policy([Self.mail("to", .from(["task"]), unaddressed: true)]),
            try Self.policy([rule], forbids: [ForbidRule(id: "a")]),
            try Self.policy([rule], forbids: [ForbidRule(id: "b")]),
            try Self.policy([rule], forbids: [ForbidRule(id: "b", sink: .egress)]),
            try Self.policy([rule], forbids: [ForbidRule(id: "b", content: .secret)]),
            try Self.policy([rule], forbids: [ForbidRule(id: "b", decision: .ask)]),
            try Self.policy([rule], only: ["mail.send"]), try Self.policy([rule], only: []),
            try Self.policy([rule], narrowedBy: [PolicyDefinition(only: [])]),
            try Self.policy([
                ToolRule(
                    tool: "mail.send", decision: .allow, otherwise: .ask, arguments: rule.arguments,
                    vouches: [VouchRule(kind: "mail", condition: .created)])
            ]),
        ]
        for policy in others { #expect(versions.insert(policy.version).inserted) }
    }
}
