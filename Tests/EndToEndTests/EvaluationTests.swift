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

    @Test func `a calibration that can't be read is told of before any run, and not written over`() throws {
        let model = try script(right: 9)
        func calibrate() throws -> Finished {
            try command.run([
                "eval", suitePath, "--model", model, "--calibrate", "--output", command.folder.path("k"), "--json",
            ])
        }
        try command.folder.write("<<<<<<< ours", to: "sorting/calibration.json")
        let refused = try calibrate()
        #expect(refused.status == 65, "\(refused.errors)")
        #expect(refused.errors.contains("it is no calibration"), "\(refused.errors)")
        #expect(try command.folder.text(of: "sorting/calibration.json") == "<<<<<<< ours")
        // Control arm: without the file the runs are taken, and no script weighs anything.
        try FileManager.default.removeItem(atPath: command.folder.path("sorting/calibration.json"))
        let taken = try calibrate()
        #expect(taken.errors.contains("no run weighed a field"), "\(taken.errors)")
        #expect(!refused.errors.contains("no run weighed a field"))
    }

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
        let manifest = try JSONValue(parsing: command.folder.text(of: "e/manifest.json"))
        let conditions = try #require(manifest["evaluations"]?[0])
        #expect(conditions["part"] == "whole" && conditions["items"] == 12)
        #expect(conditions["data"]?.arrayValue?.map { $0["role"] } == ["suite", "items", "gold"])
        #expect(conditions["data"]?[1]?["name"] == "items.jsonl")
        #expect(conditions["workflow"]?["prompts"]?["each/class"]?.stringValue?.count == 64)
        #expect(conditions["workflow"]?["calibration"] == .null)
        #expect(conditions["runs"]?.arrayValue?.count == 2)
        #expect(
            manifest["files"]?.arrayValue?.map { $0["name"] }
                == ["evaluation.html", "evaluation.junit.xml", "evaluation.json"])
        #expect(manifest["files"]?.arrayValue?.allSatisfy { $0["sha256"]?.stringValue?.count == 64 } == true)
        // The same command again has nothing left to run.
        let again = try command.run([
            "eval", suitePath, "--model", script(right: 9), "--output", command.folder.path("e"), "--json",
        ])
        #expect(again.verdict?["scores"] == result?["scores"], "\(again.errors)")
        #expect(again.verdict?["cost"] == result?["cost"])
        let kept = try JSONValue(parsing: command.folder.text(of: "e/manifest.json"))
        #expect(kept["evaluations"] == manifest["evaluations"])
        // Another item is other data, and the rest is the same.
        try command.folder.write(
            try command.folder.text(of: "sorting/eval/gold.jsonl") + "{\"id\": \"other\", \"kind\": \"bug\"}\n",
            to: "sorting/eval/gold.jsonl")
        let scoredAnew = try command.run([
            "eval", suitePath, "--model", script(right: 9), "--output", command.folder.path("e"), "--json",
        ])
        #expect(scoredAnew.status == 0, "\(scoredAnew.errors)")
        let other = try JSONValue(parsing: command.folder.text(of: "e/manifest.json"))["evaluations"]?[0]?["data"]
        #expect(other?[1] == conditions["data"]?[1] && other?[2] != conditions["data"]?[2])
        #expect(again.verdict?["runs_from_before"] == 2 && again.errors.contains("2 of 2 runs were taken from before"))
    }

    @Test func `nothing is calibrated on what was held out, or on what wasn't weighed`() throws {
        let path = command.folder.path("sorting/calibration.json")
        let both = try command.run(["eval", suitePath, "--calibrate", "--held-out", "--model", script(right: 9)])
        #expect(both.status == 64 && both.errors.contains("Can't calibrate on the held-out items"), "\(both.errors)")
        // Compared would be what was fitted.
        for more in try [["--model", script(right: 12)], ["--against", command.folder.path("e")]] {
            let compared = try command.run(
                ["eval", suitePath, "--calibrate", "--model", script(right: 9), "--output", command.folder.path("x")]
                    + more)
            #expect(compared.status == 64, "\(compared.errors)")
            #expect(compared.errors.contains("Can't compare while calibrating"), "\(compared.errors)")
        }
        // A script has no probabilities.
        let unweighed = try command.run([
            "eval", suitePath, "--calibrate", "--model", script(right: 12), "--output", command.folder.path("d"),
            "--json",
        ])
        #expect(unweighed.status == 65, "\(unweighed.errors)")
        #expect(unweighed.errors.contains("Can't calibrate suite `kinds`: no run weighed a field"))
        #expect(!FileManager.default.fileExists(atPath: path))
        let heldOut = try command.run([
            "eval", suitePath, "--held-out", "--model", script(right: 12), "--output", command.folder.path("h"),
            "--json",
        ])
        let count = try #require(heldOut.verdict?["n"]?.intValue, "\(heldOut.errors)")
        #expect(1..<12 ~= count)
        // One that can't be read is told and changes nothing.
        try command.folder.write("{", to: "sorting/calibration.json")
        let ignored = try command.run([
            "eval", suitePath, "--model", script(right: 9), "--output", command.folder.path("i"), "--json",
        ])
        #expect(
            ignored.status == 0 && ignored.errors.contains("it is no calibration. It is ignored."), "\(ignored.errors)")
    }

    @Test func `answers from before are not taken for answers to other items or inputs`() throws {
        func evaluate() throws -> Finished {
            try command.run([
                "eval", suitePath, "--model", script(right: 12), "--output", command.folder.path("e"), "--json",
            ])
        }
        #expect(try evaluate().status == 0)
        // The gold reaches no run: with another one the same answers are scored anew.
        let gold = try command.folder.text(of: "sorting/eval/gold.jsonl")
        try command.folder.write(
            gold.replacing("\"t0\", \"kind\": \"bug\"", with: "\"t0\", \"kind\": \"praise\""),
            to: "sorting/eval/gold.jsonl")
        let rescored = try evaluate()
        #expect(rescored.status == 0 && rescored.verdict?["runs_from_before"] == 2, "\(rescored.errors)")
        #expect(rescored.verdict?["scores"]?["kind"]?["value"]?.doubleValue == 0.9167)
        #expect(rescored.errors.contains("scored anew since the gold changed"))
        let items = try command.folder.text(of: "sorting/eval/items.jsonl")
        try command.folder.write(
            items.replacing("text 7", with: "another text"), to: "sorting/eval/items.jsonl")
        let refused = try evaluate()
        #expect(refused.status == 65 && refused.errors.contains("since its runs were taken, the items changed"))
        try command.folder.write(items, to: "sorting/eval/items.jsonl")
        #expect(try evaluate().status == 0)
    }

    @Test func `answers by another script, with memory or under another policy are not mixed`() throws {
        let model = try script(right: 12)
        let arguments = ["eval", suitePath, "--model", model, "--output", command.folder.path("e"), "--json"]
        #expect(try command.run(arguments).status == 0)
        let text = try command.folder.text(of: "right-12.jsonl")
        try command.folder.write(text.replacing("bug", with: "praise"), to: "right-12.jsonl")
        let other = try command.run(arguments)
        #expect(other.status == 65 && other.errors.contains("another `weights`"), "\(other.errors)")
        try command.folder.write(text, to: "right-12.jsonl")
        #expect(try command.run(arguments).status == 0)
        let memory = try command.run(arguments + ["--remembered"])
        #expect(memory.status == 65 && memory.errors.contains("another `remembered`"), "\(memory.errors)")
        try command.folder.write(
            "tools: { file.read: { decision: allow } }\n", to: "config/warrant/policy.yaml")
        let policy = try command.run(arguments)
        #expect(policy.status == 65 && policy.errors.contains("another `operator_policy`"), "\(policy.errors)")
    }

    @Test func `an evaluation with a refused effect does no effect twice`() throws {
        let text = Self.workflow
            .replacing("sql.query]", with: "sql.query, issue.create, issue.comment]")
            .replacing(
                "    sql.query: { decision: allow }\n",
                with: """
                        sql.query: { decision: allow }
                        issue.create: { decision: allow, max: 9, args: { title: { allow: untrusted } } }
                        issue.comment: { decision: allow, max: 9, args: { id: { allow: untrusted } } }

                    """
            )
            .replacing(
                "  - id: store\n",
                with: """
                      - id: file
                        for_each: "${steps.load.rows}"
                        as: row
                        steps:
                          - id: issue
                            call: issue.create
                            with: { project: demo, title: "${row.text}", body: "as filed" }
                          - id: note
                            call: issue.comment
                            with: { project: demo, id: "${row.note}", body: "seen" }
                      - id: store

                    """)
        try command.folder.write(text, to: "sorting/workflow.yaml")
        // There is no issue 99.
        let items = (0..<12).map { index in
            "{\"id\": \"t\(index)\", \"text\": \"text \(index)\", \"note\": \(index == 9 ? 99 : 1)}\n"
        }
        try command.folder.write(items.joined(), to: "sorting/eval/items.jsonl")
        let arguments = try [
            "eval", suitePath, "--model", script(right: 12), "--output", command.folder.path("e"), "--json",
        ]
        func counts() throws -> [Int] {
            let script = """
                import sqlite3, sys
                rows = [sqlite3.connect(sys.argv[1]).execute('select count(*) from ' + name).fetchone()[0]
                        for name in ('issues', 'comments')]
                print(rows)
                """
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script, command.folder.path("home/tracker.sqlite")]
            process.standardOutput = pipe
            try process.run()
            let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return try JSONValue(parsing: Array(data)).arrayValue?.compactMap(\.intValue) ?? []
        }
        for runsFromBefore in [0, 2, 2] {
            let done = try command.run(arguments)
            #expect(done.status == 0 && done.verdict?["scores"]?["kind"]?["value"] == 1, "\(done.errors)")
            #expect(done.verdict?["runs_from_before"]?.intValue == runsFromBefore)
            let refused = done.verdict?["refused_runs"]?.arrayValue ?? []
            #expect(refused.count == 1 && refused.first?["exit"] == 1)
            #expect(refused.first?["reason"]?.stringValue?.contains("`file[3]/note` was refused") == true)
            #expect(try counts() == [12, 11])
        }
        // Killed before the end of the second run was noted, it is known from the run's record.
        let log = try command.folder.text(of: "e/progress.jsonl").split(separator: "\n")
        try command.folder.write(log.prefix(4).joined(separator: "\n") + "\n", to: "e/progress.jsonl")
        let noted = try command.run(arguments)
        #expect(noted.verdict?["refused_runs"]?.arrayValue?.count == 1, "\(noted.errors)")
        #expect(try counts() == [12, 11])
    }

    @Test func `an evaluation with failed runs ends with 1 and goes on with them`() throws {
        let model = try script(right: 12)
        let whole = try command.folder.text(of: "right-12.jsonl").split(separator: "\n")
        let arguments = ["eval", suitePath, "--model", model, "--output", command.folder.path("e"), "--json"]
        // The script ends in the second run.
        try command.folder.write(whole.prefix(8).joined(separator: "\n"), to: "right-12.jsonl")
        let failed = try command.run(arguments)
        #expect(failed.status == 1 && failed.errors.contains("1 of 2 runs failed"), "\(failed.errors)")
        #expect(failed.verdict?["type"] == "evaluation" && failed.verdict?["failed_runs"]?.arrayValue?.count == 1)
        #expect(failed.verdict?["scores"]?["kind"]?["value"]?.doubleValue == 0.5)
        // The script begins anew, and the run has kept the answers that it got.
        let mended = try command.run(arguments)
        #expect(mended.status == 0 && mended.verdict?["runs_from_before"] == 1, "\(mended.errors)")
        #expect(mended.verdict?["scores"]?["kind"]?["value"] == 1 && mended.verdict?["cost"]?["runs"] == 2)
        let tokens = (failed.verdict?["cost"]?["tokens"]?.intValue ?? 0)
        #expect((mended.verdict?["cost"]?["tokens"]?.intValue ?? 0) > tokens)
    }

    @Test func `what can't be compared is refused before any run is taken`() throws {
        let model = try script(right: 12)
        let earlier = try command.run([
            "eval", suitePath, "--model", model, "--output", command.folder.path("e"), "--json",
        ])
        #expect(earlier.status == 0, "\(earlier.errors)")
        let missing = try command.verdict(
            [
                "eval", suitePath, "--model", model, "--output", command.folder.path("f"), "--against",
                command.folder.path("none"),
            ], exit: 65)
        #expect(missing.verdict?["reason"]?.stringValue?.hasPrefix("Can't compare with") == true)
        for file in ["items.jsonl", "gold.jsonl"] {
            let text = try command.folder.text(of: "sorting/eval/" + file)
            try command.folder.write(text.replacing("{\"id\": \"t", with: "{\"id\": \"u"), to: "sorting/eval/" + file)
        }
        let other = try command.verdict(
            [
                "eval", suitePath, "--model", model, "--output", command.folder.path("f"), "--against",
                command.folder.path("e"),
            ], exit: 65)
        #expect(other.verdict?["reason"]?.stringValue?.contains("no figure on an item of this suite") == true)
        #expect(!command.folder.contains("f"))
    }

    @Test func `two evaluations never work in one folder`() throws {
        let arguments = ["eval", suitePath, "--model", try script(right: 12), "--output", command.folder.path("e")]
        try command.folder.makeFolder("e")
        let busy = try command.verdict(
            arguments, exit: 75, shell: "exec 9>>'\(command.folder.path("e/progress.jsonl"))'; flock -n 9")
        #expect(busy.verdict?["reason"]?.stringValue?.contains("another `warrant eval` works there") == true)
        #expect(try command.run(arguments).status == 0)
    }

    @Test func `a share of answers is no test case`() throws {
        let text = Self.suite.replacing("scorer: exact", with: "scorer: exact, abstention: true")
        try command.folder.write(text, to: "sorting/eval/suite.yaml")
        let done = try command.run([
            "eval", suitePath, "--model", script(right: 9), "--output", command.folder.path("e"), "--json",
        ])
        #expect(done.verdict?["scores"]?["kind.coverage"]?["value"] == 1, "\(done.errors)")
        #expect(done.verdict?["cost"]?["successes"] == 9)
        let junit = try command.folder.text(of: "e/evaluation.junit.xml")
        #expect(junit.contains("tests=\"12\"") && junit.contains("failures=\"3\""))
        #expect(!junit.contains("kind.coverage") && !junit.contains("kind.answered"))
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
