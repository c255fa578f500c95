import Foundation
import JSONSchemas
import TestSupport
import Testing

// One after the other with its tests: weights take both cores.
extension RealModelTests {
    /// `warrant eval --calibrate` in the built executable with real weights, which have probabilities.
    @Suite(.timeLimit(.minutes(20)))
    struct CalibrationTests {
        private static let workflow = """
            workflow: sorting
            description: Says of which kind each text is.
            inputs: { texts: { type: file } }
            model: { context: 4096 }
            budget: { steps: 1000, tokens: 1000000, wall: 20m }
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
                parallel: 4
                steps:
                  - id: class
                    read: "${row.text}"
                    instruction: Which kind of message is it?
                    max_tokens: 30
                    min_confidence: { /kind: 0 }
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
            items_per_run: 60
            output: answers.json
            scores: [{ name: kind, scorer: exact }]

            """

        private let command: Command

        init() throws {
            command = try Command()
            try command.folder.write(Self.workflow, to: "sorting/workflow.yaml")
            try command.folder.write(Self.suite, to: "sorting/eval/suite.yaml")
            var items = ""
            var gold = ""
            for number in 0..<60 {
                let isBug = number % 2 == 0
                let text = isBug ? "Version \(number) crashes when I save." : "Version \(number) is lovely, thank you!"
                items += "{\"id\": \"n\(number)\", \"text\": \"\(text)\"}\n"
                gold += "{\"id\": \"n\(number)\", \"kind\": \"\(isBug ? "bug" : "praise")\"}\n"
            }
            try command.folder.write(items, to: "sorting/eval/items.jsonl")
            try command.folder.write(gold, to: "sorting/eval/gold.jsonl")
        }

        private func evaluate(_ more: [String], output: String) throws -> Finished {
            try command.run(
                ["eval", command.folder.path("sorting/eval"), "--model", Weights.name, "--json", "--output"]
                    + [command.folder.path(output)] + more)
        }

        @Test func `a temperature is fitted on one half, and used on the other until the prompt changes`() throws {
            let fitted = try evaluate(["--calibrate"], output: "d")
            #expect(fitted.status == 0, "\(fitted.errors)")
            let field = try #require(fitted.verdict?["calibration"]?[0], "\(fitted.output)")
            #expect(field["step"] == "each/class" && field["field"] == "/kind")
            let temperature = try #require(field["temperature"]?.doubleValue)
            #expect(temperature > 0)
            let count = try #require(field["after"]?["n"]?.intValue)
            #expect(count == fitted.verdict?["n"]?.intValue)
            let before = try #require(field["before"]?["accuracy"]?.doubleValue)
            let after = try #require(field["after"]?["accuracy"]?.doubleValue)
            #expect(after >= before)
            let file = try JSONValue(parsing: command.folder.text(of: "sorting/calibration.json"))
            #expect(file["fields"]?[0]?["temperature"]?.doubleValue == temperature)

            let heldOut = try evaluate(["--held-out"], output: "h")
            #expect(heldOut.status == 0, "\(heldOut.errors)")
            let used = try #require(heldOut.verdict?["confidence"]?[0], "\(heldOut.output)")
            #expect(used["temperature"]?.doubleValue == temperature)
            #expect(used["reliability"]?["n"]?.intValue == 60 - count)

            let workflow = try command.folder.text(of: "sorting/workflow.yaml")
            try command.folder.write(
                workflow.replacing("Which kind of message", with: "What kind of message"), to: "sorting/workflow.yaml")
            let changed = try evaluate(["--held-out", "--limit", "4"], output: "c")
            #expect(changed.errors.contains("the prompt was changed since"), "\(changed.errors)")
            #expect(changed.verdict?["confidence"]?[0]?["temperature"] == 1)
        }
    }
}
