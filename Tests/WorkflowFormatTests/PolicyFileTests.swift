import JSONSchemas
import Testing
import WebAddresses
import WorkflowFormat

@Suite struct PolicyFileTests {
    static let manifests = """
        tools:
          - tool: mail.send
            summary: Send a mail.
            arguments:
              type: object
              properties: { to: { type: array, items: { type: string } }, body: { type: string }, count: { type: integer } }
              additionalProperties: false
            effect: opaque
            sink: { control: [to], content: [body] }
            kind: builtin
          - tool: event.find
            summary: Find events.
            arguments: { type: object, properties: { query: { type: string } }, additionalProperties: false }
            result:
              type: object
              properties: { rows: { type: array, items: { type: object, properties: { id: { type: string }, title: { type: string } } } } }
            vouches:
              - { kind: event, records: /rows, handle: /id, when: described, by: [/title] }
            effect: pure
            kind: builtin
          - tool: event.cancel
            summary: Cancel an event.
            arguments: { type: object, properties: { id: { type: string } }, additionalProperties: false }
            effect: opaque
            sink: { control: [id] }
            identifiers: { id: event }
            kind: builtin
        """

    static let good = """
        policy: office
        tools:
          event.find: { decision: allow }
          event.cancel: { decision: allow, otherwise: ask, args: { id: { from: [task, endorsed] } } }
          mail.send:
            decision: allow
            otherwise: ask
            unaddressed: trusted
            args:
              to: { from: [task] }
              body: { allow: untrusted, links: { from: [task], host_in: [example.org] } }
        forbid:
          - { id: no-eve, tools: [mail.send], when: { to: { one_of: [eve@example.org] } }, because: she left }
          - { id: no-secret-out, when: { sink: egress, content: secret, body: { content: secret } }, decision: ask }
        only: [event.find, event.cancel, mail.send]
        tests:
          - { tool: mail.send, task: Write to ann., call: { to: [ann] }, expect: allow }
        """

    private func errors(replacing old: String = "", with new: String = "") throws -> [String] {
        let tools = try ToolDefinition.parseList(Self.manifests, file: "tools.yaml")
        do throws(WorkflowErrors) {
            _ = try PolicyFile.parse(Self.good.replacing(old, with: new), file: "p.yaml", folder: "/", tools: tools)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    @Test func `a policy file has rules, limits and tests`() throws {
        let tools = try ToolDefinition.parseList(Self.manifests, file: "tools.yaml")
        let file = try PolicyFile.parse(Self.good, file: "p.yaml", folder: "/", tools: tools)
        #expect(file.name == "office" && file.tools.count == 3)
        let mail = try #require(file.definition.tools.first { $0.tool == "mail.send" })
        #expect(mail.isTrustedWhenUnaddressed && mail.tests.count == 1 && mail.tests.first?.task == ["Write to ann."])
        #expect(
            mail.arguments.last?.predicates == [
                .allowUntrusted, .links(LinkRule(allowsTask: true, hosts: [try HostEntry("example.org")])),
            ])
        #expect(file.definition.only?.count == 3)
        #expect(
            file.definition.forbids.first?.clauses == [.init(argument: "to", conditions: [.oneOf(["eve@example.org"])])]
        )
        let secrets = try #require(file.definition.forbids.last)
        #expect(secrets.sink == .egress && secrets.content == .secret && secrets.decision == .ask)
        #expect(secrets.clauses == [.init(argument: "body", conditions: [.secret])] && !secrets.isUnconditional)
        #expect(file.definition.forbids.first?.decision == .deny)
        #expect(tools[1].vouches.first?.condition == .described(by: [JSONPointer(["title"])]))
        #expect(tools[2].identifiers == ["id": "event"])
    }

    @Test(
        arguments: [
            ("policy: office\n", "", "has no `policy`"),
            ("decision: allow }\n", "decision: allwo }\n", "3:27: Can't read policy: `decision` is `allwo`"),
            ("event.find: {", "event.fnd: {", "3:3: Can't read policy: unknown tool `event.fnd`. Write `event.find`."),
            ("args: { id: {", "args: { idd: {", "has no argument `idd`. Write `id`."),
            ("from: [task, endorsed]", "from: [tsk]", "`from` names `tsk`, which is unknown. Write `task`."),
            ("from: [task, endorsed]", "from: [task], allow: none", "`allow` of an argument can only be `untrusted`"),
            ("from: [task, endorsed]", "is: name, from: [task]", "`is` is `name`, which is unknown"),
            ("from: [task, endorsed]", "is: id, allow: untrusted", "`allow: untrusted` accepts all"),
            ("from: [task, endorsed]", "is: id, from: [inputs]", "without `from: [task]`"),
            ("from: [task, endorsed]", "handle: evnt, from: [endorsed]", "no tool vouches for. Write `event`."),
            ("from: [task, endorsed]", "handle: event, from: [task]", "without `from: [endorsed]`"),
            ("from: [task, endorsed]", "one_of: [abc], max_length: 2", "which `max_length` refuses"),
            ("from: [task, endorsed]", "one_of: [abc], pattern: \"^x$\"", "which `pattern` refuses"),
            ("links: { from: [task], host_in: [example.org] }", "links: some", "Write `none`"),
            ("links: { from: [task], host_in: [example.org] }", "links: {}", "`links` says nothing"),
            ("links: { from: [task], host_in: [example.org] }", "links: { from: [web] }", "`from` names `web`"),
            ("links: { from: [task], host_in: [example.org] }", "links: none, strip: [links]", "takes the links out"),
            ("unaddressed: trusted", "unaddressed: yes", "can only be `trusted`"),
            (
                "event.find: { decision: allow }", "event.find: { decision: allow, unaddressed: trusted }",
                "has no arguments that say"
            ),
            (
                "event.find: { decision: allow }",
                "event.find: { decision: allow, vouches: [{ kind: event, when: sometimes }] }", "`when` is `sometimes`"
            ),
            (
                "event.find: { decision: allow }",
                "event.find: { decision: allow, vouches: [{ kind: event, when: described }] }", "has no `by`"
            ),
            (
                "event.find: { decision: allow }",
                "event.find: { decision: allow, vouches: [{ kind: event, records: /rows, handle: /idd, when: created }] }",
                "the result has no field `/rows/*/idd`"
            ),
            (
                "event.find: { decision: allow }",
                "event.find: { decision: allow, vouches: [{ kind: event, handle: id, when: created }] }",
                "isn't a pointer"
            ),
            ("id: no-eve,", "", "has no `id`"),
            ("sink: egress", "sink: egres", "`sink` is `egres`, which is unknown. Write `egress`."),
            ("content: secret, body", "content: secrets, body", "`content` is `secrets`, which is unknown"),
            ("body: { content: secret }", "body: { content: key }", "`content` of a condition can only be `secret`"),
            // A mapping is about an argument of that name, and there is none.
            ("sink: egress", "sink: { one_of: [a] }", "no tool has an argument `sink`"),
            ("decision: ask }\n", "decision: allow }\n", "so it would forbid nothing. Write `ask` or `deny`."),
            (
                "event.find: { decision: allow }",
                "event.find: { decision: allow, vouches: [{ kind: event, when: directory, handle: /id, records: /rows }] }",
                "a rule with `when: directory` has no `by`. Write the fields that name the record, such as "
                    + "`by: [/title]`, or `by: any` where nobody else can add records."
            ),
            (
                "event.find: { decision: allow }",
                "event.find: { decision: allow, vouches: [{ kind: event, when: only_match, by: [/titel], records: /rows }] }",
                "the result has no field `/rows/*/titel`"
            ),
            (
                "event.find: { decision: allow }",
                "event.find: { decision: allow, vouches: [{ kind: event, when: created, by: any }] }",
                "`by` means nothing with `when: created`"
            ),
            ("tools: [mail.send], when", "tools: [mail.snd], when", "unknown tool `mail.snd`"),
            ("when: { to: {", "when: { two: {", "has no argument `two`. Write `to`."),
            ("{ one_of: [eve@example.org] }", "{ one_of: [] }", "nothing would be forbidden"),
            ("{ one_of: [eve@example.org] }", "{ label: trusted }", "can only be `untrusted`"),
            (", when: { to: { one_of: [eve@example.org] } }", "", "forbids every call of `mail.send`"),
            (
                "only: [event.find, event.cancel, mail.send]", "only: [event.find, mail.send]",
                "is not on the list `only`"
            ),
            ("only: [event.find", "only: [event.fnd", "unknown tool `event.fnd`"),
            ("expect: allow }", "expect: maybe }", "`expect` is `maybe`"),
            ("call: { to: [ann] }", "call: { too: [ann] }", "has no argument `too`"),
            ("tool: mail.send, task", "tool: mail.sent, task", "unknown tool `mail.sent`"),
            ("task: Write to ann.", "after: [{ tool: event.fnd }]", "unknown tool `event.fnd`"),
            ("only: [", "olny: [", "unknown key `olny`"),
        ])
    func `a mistake is named with its place`(old: String, new: String, message: String) throws {
        #expect(try errors().isEmpty)
        let found = try errors(replacing: old, with: new)
        #expect(found.contains { $0.contains(message) && $0.hasPrefix("p.yaml:") }, "\(found)")
    }

    @Test func `a lookup's records count by their names, or by any where the file says so`() throws {
        func condition(_ text: String) throws -> VouchRule.Condition? {
            let manifests = Self.manifests.replacing("when: described, by: [/title]", with: text)
            return try ToolDefinition.parseList(manifests, file: "tools.yaml")[1].vouches.first?.condition
        }
        #expect(try condition("when: only_match, by: [/title]") == .onlyMatch(by: [JSONPointer(["title"])]))
        #expect(try condition("when: only_match, by: any") == .onlyMatch(by: nil))
        #expect(try condition("when: directory, by: any") == .directory(by: nil))
        #expect(throws: WorkflowErrors.self) { try condition("when: described, by: any") }
    }

    @Test func `the manifests are in a file or a folder beside the policy, and a missing one is said`() throws {
        #expect(throws: WorkflowErrors.self) {
            try PolicyFile.parse(
                "policy: p\nmanifests: none.yaml\ntools: {}\n", file: "p.yaml", folder: "/tmp", tools: [])
        }
        #expect(throws: WorkflowErrors.self) { try ToolDefinition.parseList("tools: []", file: "t.yaml") }
        #expect(throws: WorkflowErrors.self) { try PolicyFile.load(path: "/nowhere/policy.yaml", tools: []) }
    }
}
