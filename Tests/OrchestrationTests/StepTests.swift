import Databases
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing

/// Each kind of step, taken once to its end.
@Suite struct StepTests {
    static let spec = "# Rules\n\nKeys must be unique. It may rain.\n\nA value must not be empty.\n"

    @Test func `calls, reads, loops, conditions and renders hand their results on`() async throws {
        let stage = try Stage(
            """
            workflow: parts
            description: Every kind of step but a gate.
            inputs:
              spec: { type: file, default: spec.md }
              shout: { type: boolean, default: "false" }
            tools: [file.read, table.write, sql.query]
            policy:
              tools:
                file.read: { decision: allow, args: { path: { under: "${inputs.spec}" } } }
                table.write: { decision: allow }
                sql.query: { decision: allow }
            steps:
              - id: load
                call: file.read
                with: { path: "${inputs.spec}" }
              - id: each
                for_each: { segments: sentences, of: "${steps.load}" }
                as: s
                steps:
                  - id: class
                    read: "${s.text}"
                    instruction: Which kind is it?
                    schema:
                      type: object
                      properties: { kind: { enum: [must, may] } }
                      required: [kind]
                      additionalProperties: false
                  - id: note
                    when: "${steps.class.value.kind} == may"
                    render: { template: "{{section}}/{{index}}", data: { section: "${s.section}", index: "${s.index}" } }
              - id: store
                call: table.write
                with: { table: t, rows: "${steps.each.items}", columns: [index, class] }
              - id: counted
                call: sql.query
                with: { statement: "SELECT json_extract(class, '$.value.kind') AS kind, count(*) AS n FROM t GROUP BY 1 ORDER BY 1" }
              - id: never
                when: "${inputs.shout}"
                call: file.read
                with: { path: "${inputs.spec}" }
            outputs:
              result: { json: { counted: "${steps.counted.rows}", items: "${steps.each.items}", never: "${steps.never}" }, to: result.json }
            """, files: ["spec.md": Self.spec])
        let verdict = try await stage.play([
            ("each[0]/class", ["kind": "must"]), ("each[1]/class", ["kind": "may"]),
            ("each[2]/class", ["kind": "must"]),
        ])
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(verdict.exitCode == 0)
        let result = try stage.output()
        #expect(result["counted"] == [["kind": "may", "n": 1], ["kind": "must", "n": 2]])
        #expect(result["never"]?.isNull == true)
        let items = result["items"]?.arrayValue ?? []
        #expect(items.map { $0["note"]?["text"]?.stringValue } == [nil, "Rules/1", nil])
        let bytes = Array(Self.spec.utf8)
        for item in items {
            let start = try #require(item["item"]?["byte_start"]?.intValue)
            let end = try #require(item["item"]?["byte_end"]?.intValue)
            #expect(String(decoding: bytes[start..<end], as: UTF8.self) == item["item"]?["text"]?.stringValue)
        }
    }

    @Test func `a script that disagrees with the schema or lacks a value is bad data`() async throws {
        let text = """
            workflow: one
            description: One read.
            inputs: { note: { type: string, trust: untrusted, default: It broke. } }
            steps:
              - id: class
                read: "${inputs.note}"
                instruction: Which kind is it?
                schema: { type: object, properties: { kind: { enum: [a, b] } }, required: [kind], additionalProperties: false }
            outputs:
              result: { json: { kind: "${steps.class.value.kind}", sure: "${steps.class.confidence}" }, to: result.json }
            """
        let good = try await Stage(text).play([("class", ["kind": "b"])])
        #expect(good.outcome == .done)
        let wrong = try await Stage(text).play([("class", ["kind": "c"])])
        #expect(wrong.outcome == .badData && wrong.exitCode == 65)
        let missing = try await Stage(text).play([("other", ["kind": "b"])])
        #expect(missing.outcome == .badData && missing.reason?.contains("`class`") == true)
        let none = try await Stage(text).play()
        #expect(none.outcome == .unavailable && none.exitCode == 78)
    }

    static let quoting = """
        workflow: quoting
        description: Quotes are proven.
        inputs: { spec: { type: file, default: spec.md } }
        tools: [file.read]
        policy: { tools: { file.read: { decision: allow } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.spec}" }
          - id: each
            for_each: { segments: lines, of: "${steps.load}" }
            as: line
            steps:
              - id: found
                read: "${line.text}"
                instruction: Quote the rules.
                quotes: [/rules/*/quote]
                schema:
                  type: object
                  properties:
                    rules:
                      type: array
                      items:
                        type: object
                        properties: { quote: { type: string, maxLength: 80 } }
                        required: [quote]
                        additionalProperties: false
                  required: [rules]
                  additionalProperties: false
        outputs:
          result: { json: { items: "${steps.each.items}" }, to: result.json }
        """

    @Test func `a quote that does not stand in the source is dropped and counted, a proven one has its place`()
        async throws
    {
        let stage = try Stage(Self.quoting, files: ["spec.md": "Größe matters.\nKeys must be unique.\n"])
        let verdict = try await stage.play([
            ("each[0]/found", ["rules": []]),
            (
                "each[1]/found",
                ["rules": [["quote": "keys must be unique"], ["quote": "must be unique"], ["quote": "nowhere"]]]
            ),
        ])
        #expect(verdict.outcome == .done, "\(verdict)")
        let found = try #require(try stage.output()["items"]?[1]?["found"])
        #expect(found["value"]?["rules"] == [["quote": "must be unique"]])
        #expect(found["dropped"] == 2)
        let quote = try #require(found["quotes"]?[0])
        let bytes = try stage.folder.bytes(of: "workflow/spec.md")
        let range = try #require(quote["byte_start"]?.intValue)..<(try #require(quote["byte_end"]?.intValue))
        #expect(String(decoding: bytes[range], as: UTF8.self) == "must be unique")
        #expect(quote["source_sha256"]?.stringValue?.utf8.count == 64)
    }

    static let choosing = """
        workflow: choosing
        description: A closed choice among rows.
        inputs:
          rows: { type: file, default: rows.jsonl }
          what: { type: string, trust: untrusted, default: It crashed. }
        tools: [file.read]
        policy: { tools: { file.read: { decision: allow } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: tie
            read: "${inputs.what}"
            instruction: Which one is it?
            choices: { /requirement: { from: "${steps.load.rows}", id: id, show: quote, none: true } }
            schema: { type: object, properties: { requirement: { type: string } }, required: [requirement], additionalProperties: false }
        outputs:
          result: { json: "${steps.tie}", to: result.json }
        """

    @Test(arguments: [("A", "R-1"), ("B", "R-2"), ("none", nil)])
    func `the model writes a letter and the row's identifier comes back`(letter: String, identifier: String?)
        async throws
    {
        let rows = #"{"id": "R-1", "quote": "Keys."}"# + "\n" + #"{"id": "R-2", "quote": "Values."}"#
        let stage = try Stage(Self.choosing, files: ["rows.jsonl": rows])
        let verdict = try await stage.play([("tie", ["requirement": .string(letter)])])
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(try stage.output()["value"]?["requirement"] == identifier.map { .string($0) } ?? .null)
        let prompt = try stage.entries(verdict.run, .promptBuilt)[0].body.serialized()
        #expect(prompt.contains("A: Keys.") && prompt.contains("B: Values.") && !prompt.contains("R-1"))
    }

    @Test func `a letter that was not offered is impossible`() async throws {
        let stage = try Stage(Self.choosing, files: ["rows.jsonl": #"{"id": "R-1", "quote": "Keys."}"#])
        #expect(try await stage.play([("tie", ["requirement": "B"])]).outcome == .badData)
        #expect(try await stage.play([("tie", ["requirement": "A"])]).outcome == .done)
    }
}
