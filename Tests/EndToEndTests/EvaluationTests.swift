import Foundation
import JSONSchemas
import TestSupport
import Testing

/// `warrant eval` with scripted models.
@Suite(.serialized) struct EvaluationTests {
    private static let workflow = """
        workflow: sorting
        description: Says of which kind each text is.
        inputs: { texts: { type: file } }
        tools: [file.read, table.write, sql.query]
        policy:
          tools:
            file.read: { decision: allow }
            table.write: { decision: allow }
            sql.query: { decision: allow }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.texts}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: class
                read: "${row.text}"
                instruction: Which kind is it?
                schema: { type: object, properties: { kind: { enum: [bug, praise] } }, required: [kind], additionalProperties: false }
          - id: store
            call: table.write
            with: { table: sorted, rows: "${steps.each.items}", columns: [index, item, class] }
          - id: answers
            call: sql.query
            with:
              statement: |
                SELECT json_extract(item, '$.id') AS id, json_extract(class, '$.value.kind') AS kind
                FROM sorted ORDER BY "index"
        outputs:
          answers: { json: "${steps.answers.rows}", to: answers.json }

        """

    private static let suite = """
        suite: kinds
        workflow: ..
        inputs: { texts: "${items}" }
        items: items.jsonl
        gold: gold.jsonl
        items_per_run: 6
        output: answers.json
        scores: [{ name: kind, scorer: exact }]

        """

    private let command: Command

    init() throws {
        command = try Command()
        try command.folder.write(Self.workflow, to: "sorting/workflow.yaml")
        try command.folder.write(Self.suite, to: "sorting/eval/suite.yaml")
        let items = (0..<12).map { "{\"id\": \"t\($0)\", \"text\": \"text \($0)\"}\n" }
        try command.folder.write(items.joined(), to: "sorting/eval/items.jsonl")
        let gold = (0..<12).map { "{\"id\": \"t\($0)\", \"kind\": \"bug\"}\n" }
        try command.folder.write(gold.joined(), to: "sorting/eval/gold.jsonl")
    }

    /// A script that is right on the first `count` of the twelve items, which come as two runs of six.
    private func script(right count: Int) throws -> String {
        let lines = (0..<12).map { index in
            "{\"step\": \"each[\(index % 6)]/class\", \"value\": {\"kind\": \"\(index < count ? "bug" : "praise")\"}}\n"
        }
        return "scripted:" + (try command.folder.write(lines.joined(), to: "right-\(count).jsonl"))
    }

    private var suitePath: String { command.folder.path("sorting/eval") }

    @Test func `figures, files and cost of a suite`() throws {
        let done = try command.run([
            "eval", suitePath, "--model", script(right: 9), "--output", command.folder.path("e"), "--json",
        ])
        #expect(done.status == 0, "\(done.errors)")
        let result = done.verdict
        #expect(result?["type"] == "evaluation" && result?["n"] == 12)
        #expect(result?["scores"]?["kind"]?["value"]?.doubleValue == 0.75)
        let low = result?["scores"]?["kind"]?["low"]?.doubleValue ?? 0
        #expect(low > 0.4 && low < 0.75)
        #expect(result?["cost"]?["runs"] == 2 && (result?["cost"]?["tokens"]?.intValue ?? 0) > 0)
        for name in ["evaluation.json", "evaluation.html", "evaluation.junit.xml", "batch-1/run/answers.json"] {
            #expect(FileManager.default.fileExists(atPath: command.folder.path("e/" + name)), "\(name)")
        }
        let junit = try String(contentsOfFile: command.folder.path("e/evaluation.junit.xml"), encoding: .utf8)
        #expect(junit.contains("failures=\"3\""))
        // The same command again has nothing left to run, and the script would have nothing left to say.
        let empty = try "scripted:" + command.folder.write("", to: "right-9.jsonl")
        let again = try command.run([
            "eval", suitePath, "--model", empty, "--output", command.folder.path("e"), "--json",
        ])
        #expect(again.verdict == result, "\(again.errors)")
    }

    @Test func `a worse model is found to be worse, side by side and against an earlier evaluation`() throws {
        let both = try command.run([
            "eval", suitePath, "--model", script(right: 12), "--model", script(right: 4), "--output",
            command.folder.path("e"), "--json",
        ])
        #expect(both.status == 0, "\(both.errors)")
        let comparison = both.verdict?["comparison"]?["kind"]
        #expect((comparison?["p"]?.doubleValue ?? 1) < 0.05)
        #expect(comparison?["first_better"] == 8 && comparison?["second_better"] == 0)
        let against = try command.run([
            "eval", suitePath, "--model", script(right: 4), "--output", command.folder.path("f"), "--against",
            command.folder.path("e/model-1"), "--json",
        ])
        #expect(against.verdict?["comparison"]?["kind"] == comparison, "\(against.errors)")
        let same = try command.run([
            "eval", suitePath, "--model", script(right: 12), "--output", command.folder.path("g"), "--against",
            command.folder.path("e/model-1"), "--json",
        ])
        #expect(same.verdict?["comparison"]?["kind"]?["p"] == 1, "\(same.errors)")
    }

    @Test func `what is wrong with a suite ends with its code and one sentence`() throws {
        let model = try script(right: 12)
        let good = try command.run([
            "eval", suitePath, "--model", model, "--output", command.folder.path("e"), "--json",
        ])
        #expect(good.status == 0, "\(good.errors)")
        let bad = try command.folder.write(
            Self.suite.replacing("gold: gold", with: "gold: cold"), to: "sorting/bad/suite.yaml")
        let missing = try command.verdict(["eval", bad, "--model", model], exit: 65)
        #expect(missing.verdict?["reason"]?.stringValue?.hasPrefix("Can't read gold file") == true)
        let field = try command.folder.write(
            Self.suite.replacing("scorer: exact", with: "scorer: exact, gold: /sort")
                .replacing("items.jsonl", with: "../eval/items.jsonl")
                .replacing("gold.jsonl", with: "../eval/gold.jsonl"),
            to: "sorting/field/suite.yaml")
        let unknown = try command.verdict(["eval", field, "--model", model], exit: 65)
        #expect(unknown.verdict?["reason"]?.stringValue?.contains("no line of the gold file has `/sort`") == true)
        let gold = try command.folder.text(of: "sorting/eval/gold.jsonl")
        try command.folder.write(gold.replacing("}\n", with: ", \"by\": \"Kim\"}\n"), to: "sorting/eval/gold.jsonl")
        let more = try command.run(["eval", suitePath, "--model", model, "--output", command.folder.path("more")])
        #expect(more.status == 0 && more.errors.contains("no score reads these members of the gold file: `by`"))
        let typo = try command.folder.write(
            Self.suite.replacing("scores:", with: "scorez:"), to: "sorting/typo/suite.yaml")
        let unread = try command.verdict(["eval", typo, "--model", model], exit: 65)
        #expect(unread.verdict?["reason"]?.stringValue?.contains("suite.yaml:8:1") == true)
    }
}
