import JSONSchemas
import Orchestration
import RunJournal
import TestSupport
import Testing

/// `for_each` with `parallel: N`: the model is asked ahead, and nothing else is any different.
@Suite(.timeLimit(.minutes(2))) struct ParallelLoopTests {
    private static func text(parallel: Int, steps: Int = 100) -> String {
        """
        workflow: many
        description: Reads notes, files some of them and reads again what became of that.
        inputs:
          notes: { type: file, default: notes.jsonl }
        tools: [file.read, issue.create]
        budget: { steps: \(steps), tokens: 1000000, wall: 10m }
        policy:
          tools:
            file.read: { decision: allow }
            issue.create: { decision: allow, max: 10, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.notes}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            parallel: \(parallel)
            steps:
              - id: class
                read: "${row.text}"
                instruction: What is it?
                max_tokens: 40
                schema: { type: object, properties: { kind: { enum: [bug, idea] } }, required: [kind], additionalProperties: false }
              - id: name
                when: "${steps.class.value.kind} == bug"
                read: "${row.text}"
                instruction: Give it a name.
                max_tokens: 40
                schema: { type: object, properties: { name: { type: string, maxLength: 30 } }, required: [name], additionalProperties: false }
              - id: file
                when: "${steps.class.value.kind} == bug"
                call: issue.create
                with: { project: demo, title: "${steps.name.value.name}", body: "${row.text}" }
              - id: check
                when: "${steps.class.value.kind} == bug"
                read: "${steps.file}"
                instruction: Was it filed?
                max_tokens: 40
                schema: { type: object, properties: { ok: { type: boolean } }, required: [ok], additionalProperties: false }
        outputs:
          result: { json: { items: "${steps.each.items}" }, to: result.json }

        """
    }

    private static let count = 5
    private static let notes = (0..<count).map { #"{"text": "note \#($0)"}"# + "\n" }.joined()

    /// Every other note is a bug.
    private static var script: [(step: String, value: JSONValue)] {
        (0..<count).flatMap { index -> [(step: String, value: JSONValue)] in
            [
                ("each[\(index)]/class", ["kind": index % 2 == 0 ? "bug" : "idea"]),
                ("each[\(index)]/name", ["name": .string("bug \(index)")]), ("each[\(index)]/check", ["ok": true]),
            ]
        }
    }

    private func stage(parallel: Int, steps: Int = 100) throws -> Stage {
        try Stage(Self.text(parallel: parallel, steps: steps), files: ["notes.jsonl": Self.notes])
    }

    /// What a run recorded, without what no two runs share.
    private func record(_ stage: Stage, _ id: RunID) throws -> [String] {
        try stage.journal.entries(of: id).map { entry in
            let facts: [JSONValue] = ["result", "written", "usage", "arguments", "observation", "outcome", "waiting"]
                .map { entry.facts[$0] ?? .null }
            // Times are measured, so they are no part of what has to be the same.
            let text = JSONValue.array(facts).serialized(.compact).replacing(stage.folder.path, with: "")
                .replacing(/"(?:prompt|answer)_ms":[0-9.]+/, with: "")
            return "\(entry.kind) \(entry.step) \(text)"
        }
    }

    @Test func `the record is the same whatever N is`() async throws {
        var records: [[String]] = []
        for parallel in [1, 2, 3, 8] {
            let stage = try stage(parallel: parallel)
            let verdict = try await stage.play(on: GatheringModel(Self.script))
            #expect(verdict.outcome == .done, "\(verdict)")
            #expect(try stage.output()["items"]?.arrayValue?.count == Self.count)
            records.append(try record(stage, verdict.run))
        }
        #expect(records[0].count > 30)
        for other in records.dropFirst() { #expect(other == records[0]) }
    }

    @Test(arguments: [1, 3]) func `as many items as N are asked about at a time`(parallel: Int) async throws {
        let model = GatheringModel(Self.script, gathering: parallel)
        let verdict = try await stage(parallel: parallel).play(on: model)
        #expect(verdict.outcome == .done, "\(verdict)")
        // They waited for each other, so that many there were; the turn of an item may ask beside them what hangs on its calls.
        #expect(parallel...(parallel + (parallel > 1 ? 1 : 0)) ~= model.mostInside, "\(model.mostInside)")
        // Each question is put once, and one by one in the order of the items.
        #expect(model.asked.count == Set(model.asked).count)
        #expect(model.asked.count == 5 + 3 + 3)
        if parallel == 1 { #expect(model.asked == model.asked.sorted { $0.prefix(7) < $1.prefix(7) }) }
    }

    @Test func `a budget ends the run at the same place`() async throws {
        var records: [[String]] = []
        for parallel in [1, 4] {
            let stage = try stage(parallel: parallel, steps: 7)
            let verdict = try await stage.play(on: GatheringModel(Self.script))
            #expect(verdict.outcome == .budgetExhausted, "\(verdict)")
            records.append(try record(stage, verdict.run))
        }
        #expect(records[0] == records[1])
    }

    @Test func `an answer that fails stops the run in its item's turn`() async throws {
        var records: [[String]] = []
        for parallel in [1, 4] {
            let stage = try stage(parallel: parallel)
            var script = Self.script
            script.removeAll { $0.step == "each[2]/class" }
            let verdict = try await stage.play(on: GatheringModel(script))
            #expect(verdict.outcome == .badData, "\(verdict)")
            #expect(try stage.entries(verdict.run, .stepFinished).contains { $0.step == "each[1]/class" })
            records.append(try record(stage, verdict.run))
        }
        #expect(records[0] == records[1])
    }

    @Test func `a run that is cancelled while it looks ahead goes on from its record`() async throws {
        let stage = try stage(parallel: 3)
        // More are waited for than ever come.
        let stuck = GatheringModel(Self.script, gathering: 4)
        let begun = try Run.start(
            stage.configuration(), services: stage.services(on: stuck), currentDirectory: stage.folder.path)
        let run = Task { try await begun.execute() }
        await stuck.waitFor(3)
        run.cancel()
        let verdict = try await run.value
        #expect(verdict.outcome == .cancelled, "\(verdict)")
        #expect(try stage.entries(verdict.run, .stepFinished).allSatisfy { !$0.step.hasPrefix("each") })
        #expect(try await stage.resume(verdict.run, on: GatheringModel(Self.script, gathering: 3)).outcome == .done)
        #expect(try stage.output()["items"]?.arrayValue?.count == Self.count)
    }

    @Test(arguments: [700, 1500, 3000, 1_000_000])
    func `a token budget ends the run at the same place, and nothing is asked twice`(tokens: Int) async throws {
        var records: [[String]] = []
        var outcomes: [RunVerdict.Outcome] = []
        for parallel in [1, 4] {
            let text = Self.text(parallel: parallel).replacing("tokens: 1000000", with: "tokens: \(tokens)")
                .replacing("max_tokens: 40", with: "max_tokens: 100000")
            let stage = try Stage(text, files: ["notes.jsonl": Self.notes])
            let model = GatheringModel(Self.script, gathering: parallel, hasCache: true)
            let verdict = try await stage.play(on: model)
            outcomes.append(verdict.outcome)
            #expect(model.asked.count == Set(model.asked).count, "\(model.asked)")
            records.append(
                try stage.journal.entries(of: verdict.run).filter { $0.kind == .stepFinished }.map { entry in
                    "\(entry.step) \((entry.facts["result"] ?? .null).serialized(.compact))"
                        .replacing(stage.folder.path, with: "")
                })
        }
        #expect(outcomes[0] == outcomes[1])
        #expect(outcomes[0] == (tokens < 1_000_000 ? .budgetExhausted : .done))
        #expect(records[0] == records[1])
    }

    @Test(arguments: [1, 3]) func `a loop whose step is the reading is asked ahead too`(parallel: Int) async throws {
        let text = """
            workflow: direct
            description: Reads notes.
            inputs:
              notes: { type: file, default: notes.jsonl }
            tools: [file.read]
            policy: { tools: { file.read: { decision: allow } } }
            steps:
              - id: load
                call: file.read
                with: { path: "${inputs.notes}", as: jsonl }
              - id: each
                for_each: "${steps.load.rows}"
                as: row
                parallel: \(parallel)
                read: "${row.text}"
                instruction: What is it?
                max_tokens: 40
                schema: { type: object, properties: { kind: { enum: [bug, idea] } }, required: [kind], additionalProperties: false }
            outputs:
              result: { json: { items: "${steps.each.items}" }, to: result.json }

            """
        let stage = try Stage(text, files: ["notes.jsonl": Self.notes])
        let script = (0..<Self.count).map { (step: "each[\($0)]", value: ["kind": "bug"] as JSONValue) }
        let model = GatheringModel(script, gathering: parallel)
        let verdict = try await stage.play(on: model)
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(model.mostInside == parallel)
        #expect(model.asked.count == Self.count)
    }
}
