import Foundation
import JSONSchemas
import TestSupport
import Testing

/// What the triage workflow works out of a model's shares, with its own statements on tables of the test: a script tells no
/// shares.
@Suite struct TriageStatementTests {
    private let command: Command

    init() throws {
        command = try Command()
    }

    /// The rows of the workflow's step `id` over `tables`.
    private func rows(_ id: String, _ tables: [String: [JSONValue]], _ columns: [String: [String]]) throws
        -> [JSONValue]
    {
        let shipped = try String(
            contentsOfFile: Command.repository + "Workflows/ticket-triage/workflow.yaml", encoding: .utf8)
        let start = try #require(shipped.range(of: "  - id: \(id)\n"))
        let rest = shipped[start.upperBound...]
        let end = try #require(rest.range(of: "\n  - id: "))
        let step = shipped[start.lowerBound..<end.lowerBound].replacing("${inputs.min_sure}", with: "0.4")
        var text = """
            workflow: statement
            description: One statement of another workflow.
            inputs: { rows: { type: file, default: rows.json } }
            tools: [file.read, table.write, sql.query]
            policy: { tools: { file.read: { decision: allow }, table.write: { decision: allow }, sql.query: { decision: allow } } }
            steps:
              - id: load
                call: file.read
                with: { path: "${inputs.rows}", as: json }

            """
        for name in tables.keys.sorted() {
            text += """
                  - id: store_\(name)
                    call: table.write
                    with:
                      table: \(name)
                      rows: "${steps.load.value.\(name)}"
                      columns: [\((columns[name] ?? []).joined(separator: ", "))]

                """
        }
        text += step + "\noutputs:\n  rows: { jsonl: \"${steps.\(id).rows}\", to: rows.jsonl }\n"
        _ = try command.folder.write(text, to: "statement/workflow.yaml")
        let object = JSONValue.object(JSONObject(tables.map { ($0.key, .array($0.value)) }))
        _ = try command.folder.write(object.serialized(.compact), to: "statement/rows.json")
        let output = command.folder.path("out")
        let done = try command.run(["run", command.folder.path("statement"), "--output", output, "--unattended"])
        try #require(done.status == 0, "\(done.errors)")
        let written = try String(contentsOfFile: output + "/rows.jsonl", encoding: .utf8)
        return try written.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// The kinds that come out for tickets of which the model said `tickets`, beside examples of so many of each kind.
    private func evened(
        _ tickets: [JSONObject], examples: [String: Int], modelShares: [JSONObject]? = nil
    ) throws -> [JSONValue] {
        let sorted = tickets.enumerated().map { place, shares -> JSONValue in
            let best = shares.max { ($0.value.doubleValue ?? 0) < ($1.value.doubleValue ?? 0) }
            return [
                "item": ["place": .integer(place)],
                "class": [
                    "value": ["kind": .string(best?.key ?? "")], "confidence": ["/kind": best?.value ?? 0],
                    "shares": ["/kind": .object(shares)],
                    "model_shares": ["/kind": .object(modelShares?[place] ?? shares)],
                ],
            ]
        }
        let lines = examples.sorted { $0.key < $1.key }.flatMap { kind, count in
            Array(repeating: JSONValue.object(["decided": ["kind": .string(kind)]]), count: count)
        }
        return try rows(
            "evened", ["sorted": sorted, "lines": lines, "labels": [["unsaid": ["kind": "none"]]]],
            ["sorted": ["item", "class", "near_class"], "lines": ["line", "decided"], "labels": ["unsaid"]])
    }

    private static let undecided: JSONObject = ["bug": 0.54, "wish": 0.46]
    private static let bug: JSONObject = ["bug": 1, "wish": 0]

    @Test func `what the model says much more often than people did loses where it is undecided`() throws {
        let tickets = Array(repeating: Self.undecided, count: 30) + Array(repeating: Self.bug, count: 10)
        let rows = try evened(tickets, examples: ["bug": 20, "wish": 20])
        #expect(
            rows.map { $0["value"]?["kind"] } == Array(repeating: "wish", count: 30)
                + Array(repeating: "bug", count: 10))
        // What it said stays beside, and nothing becomes surer.
        #expect(rows[0]["said"] == ["kind": "bug"] && rows[0]["confidence"]?["/kind"]?.doubleValue == 0.46)
        #expect(rows[39]["confidence"] == ["/kind": 1])
        // Control arms: people said so too, and nobody said anything.
        for examples in [["bug": 30, "wish": 10], [:]] {
            let rows = try evened(tickets, examples: examples)
            #expect(rows.allSatisfy { $0["value"]?["kind"] == "bug" }, "\(examples)")
        }
    }

    @Test func `a single ticket and a single example even out next to nothing`() throws {
        let alone = try evened([["bug": 0.45, "security": 0.55, "wish": 0]], examples: ["bug": 9, "security": 2])
        #expect(alone[0]["value"] == ["kind": "security"])
        let tickets = Array(repeating: Self.bug, count: 100) + [["bug": 0.55, "wish": 0.45]]
        #expect(try evened(tickets, examples: ["bug": 1]).last?["value"] == ["kind": "bug"])
    }

    @Test func `what the model holds for a hole at all is marked, whatever others send`() throws {
        let flood = Array(repeating: ["bug": 0.05, "security": 0.95] as JSONObject, count: 200)
        let tickets: [JSONObject] = [
            ["bug": 0.88, "security": 0.12], ["bug": 0.89, "security": 0.11], Self.undecided,
        ]
        for tickets in [tickets, tickets + flood] {
            let rows = try evened(tickets, examples: ["bug": 30, "security": 1])
            #expect(rows.prefix(3).map { $0["hole"] } == [true, false, false])
            #expect(rows.prefix(2).allSatisfy { $0["value"] == ["kind": "bug"] })
        }
    }

    @Test func `examples without a hole hide none that the model alone holds for likely`() throws {
        let rows = try evened(
            [["bug": 0.95, "security": 0.05], ["bug": 0.95, "security": 0.05]], examples: ["bug": 200],
            modelShares: [["bug": 0.7, "security": 0.3], ["bug": 0.71, "security": 0.29]])
        #expect(rows.map { $0["hole"] } == [true, false])
        #expect(rows.allSatisfy { $0["value"] == ["kind": "bug"] })
    }

    @Test func `whoever sends many tickets turns no choice that leads by more than half`() throws {
        let flood = Array(repeating: ["bug": 0, "security": 1] as JSONObject, count: 300)
        func last(_ security: Double) throws -> JSONValue? {
            try evened(
                flood + [["bug": .number(1 - security), "security": .number(security)]],
                examples: ["bug": 20, "security": 20]
            ).last?["value"]
        }
        #expect(try last(0.61) == ["kind": "security"])
        // Control arm: one that leads by less is turned, so the flood does count.
        #expect(try last(0.58) == ["kind": "bug"])
    }

    @Test func `without shares what was written counts, also that the text doesn't say`() throws {
        let sorted: [JSONValue] = ["none", "bug"].enumerated().map { place, kind in
            [
                "item": ["place": .integer(place)],
                "class": ["value": ["kind": .string(kind)], "confidence": [:], "shares": [:]],
            ]
        }
        for (unsaid, wanted) in [
            (["kind": "none"] as JSONValue, [1, 0]), ("none", [0, 0]), (["": "none", "[": "x", "\"": 1], [0, 0]),
        ] {
            let rows = try rows(
                "evened", ["sorted": sorted, "lines": [], "labels": [["unsaid": unsaid]]],
                ["sorted": ["item", "class", "near_class"], "lines": ["line", "decided"], "labels": ["unsaid"]])
            #expect(rows.map { $0["value"]?["kind"] } == ["none", "bug"])
            #expect(rows.map { $0["unsaid"]?.intValue } == wanted)
            #expect(rows.allSatisfy { $0["hole"] == false })
        }
        let hole: JSONValue = [
            "item": ["place": 0], "class": ["value": ["kind": "security"], "confidence": [:], "shares": [:]],
        ]
        let marked = try rows(
            "evened", ["sorted": [hole], "lines": [], "labels": [["unsaid": nil]]],
            ["sorted": ["item", "class", "near_class"], "lines": ["line", "decided"], "labels": ["unsaid"]])
        #expect(marked.map { $0["hole"] } == [true])
    }

    /// What follows for one ticket.
    private func action(
        _ body: String, said: String = "bug", hole: Bool = false, kind: String = "bug", suspected: Bool = false,
        fails: Double, unsaid: Double = 0
    ) throws -> JSONValue? {
        let tells: JSONObject = [
            "fails": .number(fails), "seen": .number(1 - fails), "wish": 0, "other": 0,
        ]
        let tables: [String: [JSONValue]] = [
            "tickets": [
                [
                    "place": 1, "id": "T", "title": "App", "body": .string(body), "ticket": .string(body),
                    "empty": .integer(body.isEmpty ? 1 : 0), "screened": suspected ? [["reason": "role"]] : [],
                ]
            ],
            "classes": [
                [
                    "place": 1, "said": ["kind": .string(said)], "hole": .bool(hole), "value": ["kind": .string(kind)],
                    "confidence": ["/kind": 0.9], "unsaid": .number(unsaid),
                ]
            ],
            "judged": [
                ["item": ["place": 1], "vague": ["value": ["tells": "seen"], "shares": ["/tells": .object(tells)]]]
            ],
            "pairs": [], "answers": [], "labels": [["prefixes": [:]]], "allowed": [["labels": []]],
        ]
        return try rows(
            "decided", tables,
            [
                "tickets": ["place", "number", "id", "title", "body", "ticket", "empty", "screened", "cut"],
                "classes": ["place", "said", "hole", "value", "confidence", "unsaid"], "judged": ["item", "vague"],
                "pairs": ["item", "same"], "answers": ["item", "passages", "answer"], "labels": ["prefixes"],
                "allowed": ["labels"],
            ]
        ).first?["action"]
    }

    @Test func `what may be a hole goes to a person, also where evening out made it something else`() throws {
        #expect(try action("It crashes.", hole: true, fails: 0) == "person")
        #expect(try action("It crashes.", fails: 0) == "file")
        // Nor is anything thrown away that the model held for something else.
        #expect(try action("It crashes.", kind: "spam", fails: 0) == "person")
        #expect(try action("It crashes.", said: "spam", kind: "spam", fails: 0) == "spam")
        // What speaks to the sorter is seen, also where nothing else is left, or only what looks like advertising.
        #expect(try action("Buy.", said: "spam", kind: "spam", suspected: true, fails: 0) == "person")
        #expect(try action("", suspected: true, fails: 0) == "person")
        #expect(try action("", fails: 0) == "nothing")
    }

    @Test func `a short text that likely tells only that something fails lacks information`() throws {
        #expect(try action("does not work", fails: 0.15) == "ask")
        #expect(try action("does not work", fails: 0.05) == "file")
        // That it doesn't say what fails speaks for it, but not alone.
        #expect(try action("does not work", fails: 0.05, unsaid: 0.3) == "ask")
        #expect(try action("does not work", fails: 0.02, unsaid: 0.9) == "file")
        // A number or a word of the program speaks against it, and so does length; a token in place of a number doesn't.
        #expect(try action("does not work, code 12", fails: 0.15) == "file")
        #expect(
            try action("does not work, and this since we have changed the lamps in the whole of the house", fails: 0.15)
                == "file")
        #expect(try action("does not work, call <PHONE:h:9f2c41ab00d17e55>", fails: 0.15) == "ask")
    }
}
