import Databases
import JSONSchemas
import ModelRuntime
import Orchestration
import RunJournal
import Testing

/// An answer of a model that comes to no end.
@Suite struct EndlessAnswerTests {
    private static let text = """
        workflow: studies
        description: An agent step for each row.
        inputs:
          project: { type: string, trust: trusted, default: demo }
          rows: { type: file, default: rows.jsonl }
        tools: [file.read, issue.create]
        policy:
          tools:
            file.read: { decision: allow }
            issue.create: { decision: allow, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.rows}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            steps:
              - id: study
                agent:
                  goal: Find the rule.
                  max_turns: 3
                  tools:
                    - { tool: issue.create, name: file, with: { project: "${inputs.project}" } }
                  result: { type: object, properties: { answer: { type: string, maxLength: 40 } }, required: [answer], additionalProperties: false }
        outputs:
          result: { json: "${steps.each.items}", to: result.json }
        """
    private static let files = ["rows.jsonl": "{\"n\": 1}\n{\"n\": 2}\n"]
    /// More tokens than an answer may have, whatever a token is.
    private static let endless = AgentTests.call(
        "file", ["title": "t", "body": .string(String(repeating: "word ", count: 1000))])

    @Test func `in a loop it ends its own item, and the others go on`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let verdict = try await stage.play([("each[0]/study#1", Self.endless), ("each[1]/study#1", AgentTests.finish)])
        #expect(verdict.outcome == .done, "\(verdict)")
        let items = try stage.output().arrayValue ?? []
        #expect(items.map { $0["study"]?["outcome"] } == ["stuck", "done"])
        #expect(try stage.tracker.list().isEmpty)
        // What is recorded is not asked again.
        let again = try await stage.resume(verdict.run)
        #expect(again.outcome == .done, "\(again)")
    }

    @Test func `what it took is on record and counts`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let script: [(step: String, value: JSONValue)] = [
            ("each[0]/study#1", Self.endless), ("each[1]/study#1", AgentTests.finish),
        ]
        let run = try await stage.play(script).run
        let ends = try stage.entries(run, .stepFinished).filter { $0.step.hasSuffix("/study") }
        #expect(ends.count == 2 && ends[1].body["unended"] == nil)
        let unended = try #require(ends[0].body["unended"])
        func count(_ name: String) -> Int { unended[name]?.intValue ?? 0 }
        #expect(count("evaluated") > 0 && count("forced") + count("sampled") > 600)
        let turns = try stage.entries(run, .valueProduced).compactMap { $0.body["usage"]?["evaluated"]?.intValue }
        let total = RunMetrics(try stage.journal.entries(of: run)).total
        #expect(total.evaluated == turns.reduce(count("evaluated"), +))
        // As many tokens as it took leave none for the next item; some more are enough for it.
        let tokens = ["evaluated", "reused", "forced", "sampled"].reduce(-count("common")) { $0 + count($1) }
        for (more, outcome) in [(0, RunVerdict.Outcome.budgetExhausted), (700, .done)] {
            let budget = "budget: { tokens: \(tokens + more) }\ntools: [file.read"
            let text = Self.text.replacing("tools: [file.read", with: budget)
            let short = try await Stage(text, files: Self.files).play(script)
            #expect(short.outcome == outcome, "\(short)")
        }
    }

    @Test func `outside of a loop it ends the run`() async throws {
        let stage = try Stage(AgentTests.text, files: AgentTests.files)
        let verdict = try await stage.play([("study#1", Self.endless)])
        #expect(verdict.outcome == .budgetExhausted && verdict.exitCode == 4, "\(verdict)")
    }

    @Test func `a result without end in an optional part is given without it, which the record and a note say`()
        async throws
    {
        let answer = "answer: { type: string, maxLength: 40 }"
        let text = Self.text.replacing(
            answer + " }", with: answer + ", steps: { type: array, items: { type: string, maxLength: 99 } } }")
        let endless = AgentTests.call(
            "finish", ["answer": "found", "steps": .array((1...99).map { .string("Step \($0).") })])
        let ended = AgentTests.call("finish", ["answer": "found", "steps": ["One."]])
        let stage = try Stage(text, files: Self.files)
        let notes = Notes()
        let model = ScriptedModel([
            ("each[0]/study#1", endless), ("each[0]/study#1", AgentTests.finish), ("each[1]/study#1", ended),
        ])
        let verdict = try await stage.play(on: model) { notes.add($0) }
        #expect(verdict.outcome == .done, "\(verdict)")
        // The second item is the control arm: what ends is kept.
        let items = try stage.output().arrayValue ?? []
        #expect(items.map { $0["study"]?["value"] } == [["answer": "found"], ["answer": "found", "steps": ["One."]]])
        let turns = try stage.entries(verdict.run, .valueProduced).map(\.body)
        #expect(turns.map { $0["left_out"] } == [["steps"], nil])
        func tokens(_ turn: JSONValue) -> Int {
            (turn["usage"]?["forced"]?.intValue ?? 0) + (turn["usage"]?["sampled"]?.intValue ?? 0)
        }
        #expect(turns.map { tokens($0) > 700 } == [true, false])
        #expect(notes.all.filter { $0.contains("`each[0]/study#1` wrote `finish` again without `steps`") }.count == 1)
        #expect(items.map { $0["study"]?["left_out"] } == [["steps"], nil])
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay)")
        // What the record says was left out is in the other call.
        let changed = try stage.journal.entries(of: verdict.run).map { entry in
            guard entry.kind == .valueProduced, entry.step == "each[1]/study#1", var body = entry.body.objectValue
            else { return entry }
            body["left_out"] = ["steps"]
            return entry.with(body: .object(body))
        }
        let other = try await stage.replay(verdict.run, as: changed)
        #expect(!other.isIdentical && other.difference?.sentence.contains("without steps") == true, "\(other)")
    }

    @Test func `a later step can tell that something was left out`() async throws {
        let answer = "answer: { type: string, maxLength: 40 }"
        let text = AgentTests.text.replacing(
            answer + " }", with: answer + ", steps: { type: array, items: { type: string, maxLength: 99 } } }"
        ).replacing(
            "outputs:",
            with:
                "  - { id: asked, when: \"${steps.study.left_out}\", call: issue.find, with: { project: demo, query: x } }\noutputs:"
        )
        let endless = AgentTests.call(
            "finish", ["answer": "found", "steps": .array((1...99).map { .string("Step \($0).") })])
        for (script, count) in [([endless, AgentTests.finish], 1), ([AgentTests.finish], 0)] {
            let stage = try Stage(text, files: AgentTests.files)
            let verdict = try await stage.play(script.map { ("study#1", $0) })
            #expect(verdict.outcome == .done, "\(verdict)")
            #expect(try stage.entries(verdict.run, .executionStarted).filter { $0.step == "asked" }.count == count)
        }
    }

    private static let optional: String = {
        let answer = "answer: { type: string, maxLength: 40 }"
        return text.replacing(
            answer + " }", with: answer + ", steps: { type: array, items: { type: string, maxLength: 99 } } }")
    }()
    private static let endlessSteps = AgentTests.call(
        "finish", ["answer": "found", "steps": .array((1...99).map { .string("Step \($0).") })])

    @Test func `the run's tokens bound how often a turn is written`() async throws {
        let script: [(step: String, value: JSONValue)] = [
            ("each[0]/study#1", Self.endlessSteps), ("each[0]/study#1", AgentTests.finish),
            ("each[1]/study#1", AgentTests.finish),
        ]
        let stage = try Stage(Self.optional, files: Self.files)
        let run = try await stage.play(script).run
        let first = try #require(try stage.entries(run, .valueProduced).first?.body["usage"])
        // Both tries have the same prompt, and the second may take 700 tokens.
        let prompt = ((first["evaluated"]?.intValue ?? 0) + (first["reused"]?.intValue ?? 0)) / 2
        for (less, isWrittenAgain) in [(0, true), (1, false)] {
            let budget = "budget: { tokens: \(2 * (prompt + 700) - less) }\ntools: [file.read"
            let short = try Stage(Self.optional.replacing("tools: [file.read", with: budget), files: Self.files)
            let verdict = try await short.play(script)
            let turns = try short.entries(verdict.run, .valueProduced)
            #expect(turns.contains { $0.body["left_out"] != nil } == isWrittenAgain, "\(less) \(verdict)")
        }
    }
}
