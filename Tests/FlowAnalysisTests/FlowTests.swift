import FlowAnalysis
import JSONSchemas
import Testing
import WorkflowFormat

@Suite struct FlowTests {
    private static let create = """
          - id: file
            call: issue.create
            with: { project: "${inputs.project}", title: "${inputs.words}" }
        """

    // MARK: - Each kind of step

    @Test func `an untrusted input reaches a call, a trusted one is no flow`() throws {
        let flows = try Sample.flows(Self.create)
        #expect(flows.ways(to: "title") == ["words (untrusted)"])
        #expect(flows.ways(to: "project") == [])
        #expect(try Sample.flows(trust: "trusted", Self.create).flows == [])
    }

    @Test func `a tool's result brings what its arguments bring, or itself`() throws {
        let steps = """
              - id: load
                call: file.read
                with: { path: "${inputs.tickets}" }
              - id: similar
                call: issue.find
                with: { query: bug, project: "${inputs.project}" }
              - id: file
                call: issue.create
                with: { project: "${inputs.project}", title: "${steps.load.rows[0]}", body: "${steps.similar.rows[0].title}" }
            """
        let flows = try Sample.flows(steps)
        // The file is what its input names; the tracker is somebody else's.
        #expect(flows.ways(to: "title") == ["tickets (untrusted) -> load"])
        #expect(flows.ways(to: "body") == ["similar (issue.find)"])
        // A file that the operator vouches for may hold anything all the same: its manifest says so.
        #expect(try Sample.flows(trust: "trusted", steps).ways(to: "title") == ["load (file.read)"])
    }

    @Test func `what a choice learns from is part of what comes out`() throws {
        func ways(_ examples: String) throws -> [String] {
            try Sample.flows(
                """
                  - id: load
                    call: file.read
                    with: { path: "${inputs.tickets}" }
                  - id: sort
                    read: "${inputs.project}"
                    instruction: Sort it.
                    choices:
                      /colour: { from: [{ id: red, text: warm }, { id: green, text: cold }]\(examples) }
                    schema:
                      type: object
                      properties: { colour: { type: string } }
                      required: [colour]
                      additionalProperties: false
                  - id: file
                    call: issue.create
                    with: { project: "${inputs.project}", title: "${steps.sort.value.colour}" }
                """
            ).ways(to: "title")
        }
        #expect(
            try ways(", examples: \"${steps.load.rows}\"") == ["tickets (untrusted) -> load -> sort (one of a list)"])
        // The control arm.
        #expect(try ways("") == [])
    }

    @Test func `fields are told apart`() throws {
        let flows = try Sample.flows(
            """
              - id: similar
                call: issue.find
                with: { query: bug, project: "${inputs.project}" }
              - id: first
                call: issue.create
                with: { project: "${inputs.project}", title: "${inputs.words}", after: "${steps.similar.rows[0].id}" }
              - id: second
                call: issue.create
                with: { project: "${inputs.project}", title: t, after: "${steps.first.id}" }
            """)
        // The tracker's own numbers: neither what was looked for nor what was filed chooses them.
        #expect(flows.ways(to: "after") == [])
        #expect(flows.ways(to: "title") == ["words (untrusted)"])
    }

    @Test func `a text, a list and an object bring all that is in them`() throws {
        let flows = try Sample.flows(
            """
              - id: load
                call: file.read
                with: { path: "${inputs.tickets}" }
              - id: store
                call: table.write
                with: { table: t, rows: [{ a: 1, b: ["${steps.load.rows}"] }] }
              - id: file
                call: issue.create
                with: { project: "${inputs.project}", title: "About ${inputs.words}", body: "${steps.store.count}" }
            """)
        #expect(flows.ways(to: "title") == ["words (untrusted)"])
        #expect(flows.ways(to: "body") == ["tickets (untrusted) -> load -> store"])
    }

    @Test func `tables carry what was written to them, and no more`() throws {
        func flows(_ tables: String) throws -> [String] {
            try Sample.flows(
                """
                  - id: load
                    call: file.read
                    with: { path: "${inputs.tickets}" }
                  - id: store
                    call: table.write
                    with: { table: seen, rows: "${steps.load.rows}" }
                  - id: other
                    call: table.write
                    with: { table: own, rows: [{ a: 1 }] }
                  - id: asked
                    call: sql.query
                    with: { statement: "SELECT 1"\(tables) }
                  - id: file
                    call: issue.create
                    with: { project: "${inputs.project}", title: "${steps.asked.rows[0].title}" }
                """
            ).ways(to: "title")
        }
        #expect(try flows(", tables: [seen]") == ["tickets (untrusted) -> load -> store -> asked"])
        #expect(try flows("") == ["tickets (untrusted) -> load -> store -> asked"])
        #expect(try flows(", tables: [own]") == ["asked (sql.query)"])
    }

    @Test func `a loop's items, a reading and a text in between are named`() throws {
        let flows = try Sample.flows(
            """
              - id: load
                call: file.read
                with: { path: "${inputs.tickets}" }
              - id: triage
                for_each: "${steps.load.rows}"
                as: ticket
                steps:
                  - id: class
                    read: "${ticket}"
                    instruction: Which kind is it?
                    schema:
                      type: object
                      properties: { kind: { enum: [bug, wish, talk] }, summary: { type: string } }
                      required: [kind, summary]
                      additionalProperties: false
                  - id: text
                    render: { template: "{{s}}", data: { s: "${steps.class.value.summary}" } }
                  - id: file
                    when: "${steps.class.value.kind} == bug"
                    call: issue.create
                    with:
                      project: "${inputs.project}"
                      title: "${steps.text.text}"
                      kind: "${steps.class.value.kind}"
              - id: after
                call: issue.create
                with: { project: "${inputs.project}", title: t, body: "${steps.triage.items[0].class.value.summary}" }
            """)
        #expect(flows.ways(to: "title") == ["tickets (untrusted) -> load -> triage[]/class -> triage[]/text"])
        #expect(flows.ways(to: "kind") == ["tickets (untrusted) -> load -> triage[]/class (1 of 3)"])
        #expect(flows.ways(to: "body") == ["tickets (untrusted) -> load -> triage[]/class"])
    }

    @Test func `what an earlier item left reaches a later one`() throws {
        let flows = try Sample.flows(
            """
              - id: load
                call: file.read
                with: { path: "${inputs.tickets}" }
              - id: each
                for_each: [1, 2]
                so_far: past
                steps:
                  - id: file
                    call: issue.create
                    with: { project: "${inputs.project}", title: "${past.last.class.value.word}" }
                  - id: class
                    read: "${steps.load.rows}"
                    instruction: Which word?
                    schema: { type: object, properties: { word: { type: string } }, required: [word] }
            """)
        #expect(flows.ways(to: "title") == ["tickets (untrusted) -> load -> each[]/class"])
    }

    @Test func `a planner's arguments hold whatever it has seen`() throws {
        let flows = try agent(#"["${inputs.words}"]"#)
        #expect(flows.ways(to: "title") == ["words (untrusted) -> study", "study (issue.find) -> study"])
        #expect(flows.ways(to: "project") == [])
        #expect(flows.ways(to: "body") == [], "it is optional and not bound, so it is not offered")
        #expect(flows.flows.filter { $0.sink.argument == "title" }.allSatisfy { $0.sink.isPlanned })
        // Without data its own search still shows it what others wrote.
        #expect(try agent("[]").ways(to: "title") == ["study (issue.find) -> study"])
    }

    private func agent(_ data: String) throws -> WorkflowFlows {
        try Sample.flows(
            """
              - id: study
                agent:
                  goal: File what is left.
                  data: \(data)
                  tools:
                    - { tool: issue.find, name: look, with: { project: "${inputs.project}" } }
                    - { tool: issue.create, name: file, with: { project: "${inputs.project}" } }
                  result: { type: object, properties: { done: { type: boolean } } }
            """)
    }

    @Test func `what a person answers is the person's`() throws {
        let flows = try Sample.flows(
            """
              - id: gate
                approve: { summary: "{{w}}", data: { w: "${inputs.words}" } }
              - id: file
                call: issue.create
                with: { project: "${inputs.project}", title: "${steps.gate.reason}" }
            """)
        #expect(flows.flows == [])
    }

    // MARK: - What stands between

    @Test(arguments: [
        ("{ decision: deny }", PolicyDecision.deny, "issue.create"),
        ("{ decision: ask, args: { title: { allow: untrusted } } }", .ask, "issue.create"),
        ("{ decision: ask }", .ask, "issue.create.title.untrusted"),
        ("{ decision: allow }", .ask, "issue.create.title.untrusted"),
        ("{ decision: allow, args: { title: { from: [inputs] } } }", .deny, "issue.create.title.from"),
        (
            "{ decision: allow, otherwise: ask, args: { title: { from: [inputs] } } }", .ask, "issue.create.title.from"
        ),
        ("{ decision: allow, args: { title: { allow: untrusted, max_length: 9 } } }", .allow, "issue.create"),
        ("{ decision: allow, args: { title: { one_of: [a, b] } } }", .allow, "issue.create"),
    ])
    func `the policy's rule is named`(rule: String, decision: PolicyDecision, id: String) throws {
        let barrier = try #require(try Sample.flows(rule: rule, Self.create).barrier(of: "title"))
        #expect(barrier.decision == decision)
        #expect(barrier.rule == id)
    }

    @Test func `a tool without a rule is denied`() throws {
        #expect(
            try Sample.flows(rule: nil, Self.create).barrier(of: "title")?.description == "denied (default)")
    }

    @Test func `a rule on what a call carries is a limit, and no denial of every call`() throws {
        func barrier(_ forbid: String) throws -> FlowBarrier? {
            try Sample.flows(
                rule: "{ decision: allow, args: { title: { allow: untrusted } } }\n  forbid:\n    - \(forbid)",
                Self.create
            ).barrier(of: "title")
        }
        let secret = try barrier("{ id: no-secret-out, when: { sink: egress, content: secret } }")
        #expect(secret?.decision == .allow && secret?.limits.contains("forbid no-secret-out") == true)
        #expect(try barrier("{ id: no, when: { title: { label: untrusted } } }")?.decision == .deny)
        #expect(try barrier("{ id: no, decision: ask, when: { title: { label: untrusted } } }")?.decision == .ask)
    }

    @Test func `what limits an argument is told beside the rule`() throws {
        let limits = try #require(
            try Sample.flows(
                rule: "{ decision: ask, max: 3, args: { title: { allow: untrusted, strip: [links, mentions] } } }",
                Self.create
            ).barrier(of: "title"))
        #expect(
            limits.description
                == "asks a person (issue.create), allow: untrusted, strip links, mentions, at most 3 calls")
    }

    @Test func `a closed choice passes where the rule accepts one, and only there`() throws {
        func barrier(_ rule: String, _ field: String) throws -> FlowBarrier? {
            try Sample.flows(
                rule: "{ decision: allow, args: { title: { allow: untrusted }, kind: { \(rule) } } }",
                """
                  - id: class
                    read: "${inputs.words}"
                    instruction: Which kind is it?
                    schema:
                      type: object
                      properties: { kind: { enum: [bug, wish, talk] }, summary: { type: string } }
                      required: [kind, summary]
                      additionalProperties: false
                  - id: file
                    call: issue.create
                    with: { project: "${inputs.project}", title: t, kind: "${steps.class.value.\(field)}" }
                """
            ).barrier(of: "kind")
        }
        #expect(try barrier("accept: enum", "kind")?.decision == .allow)
        #expect(try barrier("accept: enum", "summary")?.decision == .ask)
        #expect(try barrier("max_length: 5", "kind")?.decision == .ask)
    }

    // MARK: - How it is told

    @Test func `flows are told a line each, grouped by what they reach`() throws {
        let flows = try Sample.flows(Self.create)
        #expect(
            flows.lines == [
                "  file.title of issue.create: passes (issue.create), allow: untrusted", "    from words (untrusted)",
            ])
        #expect(
            flows.flows.map { JSONValue.object($0.json) } == [
                [
                    "sink": [
                        "step": "file", "tool": "issue.create", "argument": "title", "role": "content",
                        "planned": false,
                    ],
                    "origin": ["kind": "input", "name": "words", "step": ""], "path": [], "decision": "allow",
                    "rule": "issue.create", "limits": ["allow: untrusted"],
                ]
            ])
    }
}
