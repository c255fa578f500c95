import Databases
import Foundation
import IssueTracking
import JSONSchemas
import ModelRuntime
import Orchestration
import Planning
import Redaction
import RunJournal
import SandboxExecution
import TestSupport
import Testing
import WorkflowFormat

/// Steps that ask a smaller model first: who answers, when, and what the record has of it.
@Suite(.timeLimit(.minutes(2))) struct CascadeRunTests {
    private static func text(
        parallel: Int = 1, first: String = "{ below: { /kind: 0.8 } }", more: String = "", tokens: Int = 1_000_000
    ) -> String {
        """
        workflow: cascade
        description: Sorts notes.
        inputs: { notes: { type: file, default: notes.jsonl } }
        model: { use: large, first: small, memory: 4GiB }
        budget: { steps: 100, tokens: \(tokens), wall: 5m, approvals: 1 }
        tools: [file.read]
        policy: { tools: { file.read: { decision: allow } } }
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.notes}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: note
            parallel: \(parallel)
            steps:
              - id: class
                read: "${note.text}"
                instruction: What is it?
                max_tokens: 60
                first: \(first)
                \(more)
                schema:
                  type: object
                  properties: { kind: { enum: [bug, idea] }, part: { type: string, maxLength: 90 } }
                  required: [kind, part]
                  additionalProperties: false
        outputs:
          result: { json: { items: "${steps.each.items}" }, to: result.json }

        """
    }

    private static let notes = ["It crashes.", "Sort by color?", "It hangs and hums."]
        .map { "{\"text\": \"\($0)\"}\n" }.joined()

    private func stage(_ text: String) throws -> Stage { try Stage(text, files: ["notes.jsonl": Self.notes]) }

    private static func script(_ answers: [(kind: String, part: String)]) -> [(step: String, value: JSONValue)] {
        answers.enumerated().map { index, answer in
            (step: "each[\(index)]/class", value: ["kind": .string(answer.kind), "part": .string(answer.part)])
        }
    }

    /// Sure of bugs, unsure of ideas; the third answer doesn't end.
    private func small(gathering: Int = 1, sha256: String? = nil, context: Int? = nil) -> GatheringModel {
        GatheringModel(
            Self.script([("bug", "a"), ("idea", "b"), ("bug", String(repeating: "c", count: 80))]),
            gathering: gathering,
            likelihood: { $0 == "\"bug" ? log(0.9) : $0 == "\"idea" ? log(0.1) : log(1e-9) }, sha256: sha256,
            name: "small", context: context)
    }

    /// Sure of whatever it says.
    private func large(_ sha256: String? = nil, count: Int = 3) -> GatheringModel {
        GatheringModel(
            Array(Self.script([("bug", "x"), ("idea", "y"), ("bug", "z")]).prefix(count)),
            likelihood: { $0 == "\"bug" || $0 == "\"idea" ? log(0.5) : log(1e-9) }, sha256: sha256, name: "large")
    }

    private func services(
        _ stage: Stage, _ first: (any Model)?, _ model: any Model, memory: RememberedAnswers? = nil,
        report: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) -> RunServices {
        RunServices(
            journal: stage.journal, model: model, first: first,
            withoutFirst: first == nil ? "the test asks one model" : nil, memory: memory, inbox: Nobody(),
            tracker: stage.tracker, sandbox: SandboxExecutor(), stateDirectory: stage.folder.path("state"),
            redactor: stage.redactor, report: report)
    }

    private func play(
        _ stage: Stage, _ first: (any Model)?, _ model: any Model, memory: RememberedAnswers? = nil,
        calibration: Calibration? = nil, firstCalibration: Calibration? = nil
    ) async throws -> RunVerdict {
        let configuration = RunConfiguration(
            workflow: stage.workflow, inputs: [:], outputDirectory: stage.folder.path("out"), modelName: "large",
            isDryRun: false, registry: stage.registry, operatorPolicy: nil, calibration: calibration,
            firstCalibration: firstCalibration)
        let verdict = try await Run.start(
            configuration, services: services(stage, first, model, memory: memory), currentDirectory: stage.folder.path
        ).execute()
        let replay = try await stage.replay(verdict.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "\(replay)")")
        return verdict
    }

    private func bodies(_ stage: Stage, _ run: RunID) throws -> [JSONValue] {
        try stage.entries(run, .stepFinished).filter { $0.step.hasSuffix("/class") }.map(\.body)
    }

    @Test func `the larger model is asked where the smaller one is unsure or gives no answer`() async throws {
        let stage = try stage(Self.text())
        let (small, large) = (small(), large())
        let verdict = try await play(stage, small, large)
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(small.asked == ["each[0]/class", "each[1]/class", "each[2]/class"])
        #expect(large.asked == ["each[1]/class", "each[2]/class"])
        let bodies = try bodies(stage, verdict.run)
        #expect(bodies.map { $0["answered_by"]?["model"] } == ["small", "large", "large"])
        #expect(bodies.map { $0["written"]?["part"] } == ["a", "y", "z"])
        #expect(bodies[0]["first"] == nil)
        #expect(bodies[0]["result"]?["confidence"]?["/kind"] == 0.9)
        let unsure = try #require(bodies[1]["first"])
        #expect(unsure["model"] == "small")
        #expect(unsure["written"] == ["kind": "idea", "part": "b"])
        #expect(unsure["confidence"]?["/kind"] == 0.1)
        #expect(unsure["unsure"] == ["/kind"])
        #expect(abs((unsure["shares"]?["/kind"]?["shares"]?[1]?.doubleValue ?? 0) - 0.1) < 1e-9)
        #expect(bodies[1]["result"]?["confidence"]?["/kind"] == 0.5)
        let failed = try #require(bodies[2]["first"])
        #expect(failed["failed"]?.stringValue?.contains("limit of 60 tokens") == true, "\(failed)")
        #expect(failed["written"] == nil)
        let started = try #require(stage.entries(verdict.run, .runStarted).first?.body["parameters"])
        #expect(started["first_weights"]?["name"] == "small")
        #expect(started["weights"]?["name"] == "large")
    }

    @Test func `what both models took counts, and stands apart`() async throws {
        let stage = try stage(Self.text())
        let verdict = try await play(stage, small(), large())
        let entries = try stage.journal.entries(of: verdict.run)
        let bodies = try bodies(stage, verdict.run)
        let usages = bodies.map { $0["usage"] } + bodies.compactMap { $0["first"] }.map { $0["usage"] }
        #expect(usages.count == 5)
        for usage in usages {
            #expect((usage?["evaluated"]?.intValue ?? 0) > 0)
            #expect((usage?["sampled"]?.intValue ?? 0) > 0)
        }
        let metrics = RunMetrics(entries).total
        #expect(metrics.evaluated == usages.compactMap { $0?["evaluated"]?.intValue }.reduce(0, +))
        #expect(metrics.sampled == usages.compactMap { $0?["sampled"]?.intValue }.reduce(0, +))
        #expect(metrics.firstAnswers == 1)
        #expect(metrics.passedOn == 2)
        #expect(metrics.toJSON()["first"] == ["answered": 1, "passed_on": 2])
        // As many tokens as the answers that count took, and some for the third: not enough where what was said in vain
        // counts too.
        let counted = Self.tokens(bodies)
        let budget = counted[0] + counted[1] + counted[2] / 2
        let short = try self.stage(Self.text(tokens: budget))
        #expect(try await play(short, small(), large()).outcome == .budgetExhausted)
        let alone = try self.stage(Self.text(tokens: budget))
        #expect(try await play(alone, nil, large()).outcome == .done)
    }

    /// What the answers that count took.
    private static func tokens(_ bodies: [JSONValue]) -> [Int] {
        bodies.map { body in
            ["evaluated", "reused", "forced", "sampled"].compactMap { body["usage"]?[$0]?.intValue }.reduce(0, +)
        }
    }

    @Test func `the record is the same whatever N is`() async throws {
        let whole = try stage(Self.text())
        let full = try await play(whole, small(), large())
        let counted = Self.tokens(try bodies(whole, full.run))
        for tokens in [1_000_000, counted[0] + counted[1] + 1] {
            var records: [[String]] = []
            for parallel in [1, 4] {
                let stage = try stage(Self.text(parallel: parallel, tokens: tokens))
                let verdict = try await play(stage, small(gathering: parallel == 1 ? 1 : 3), large())
                #expect(verdict.outcome == (tokens == 1_000_000 ? .done : .budgetExhausted), "\(verdict)")
                records.append(
                    try bodies(stage, verdict.run).map { body in
                        let said = ["written", "answered_by", "first", "result", "usage"].map { body[$0] ?? .null }
                        return Self.timeless(.array(said)).serialized(.compact)
                    })
            }
            #expect(!records[0].isEmpty)
            #expect(records[0] == records[1])
        }
    }

    /// Without the times in it.
    private static func timeless(_ value: JSONValue) -> JSONValue {
        if let list = value.arrayValue { return .array(list.map(timeless)) }
        guard let object = value.objectValue else { return value }
        return .object(JSONObject(object.filter { !$0.key.hasSuffix("_ms") }.map { ($0.key, timeless($0.value)) }))
    }

    @Test func `no person is asked about what the larger model hasn't seen`() async throws {
        // Sure enough for `below`; a person would be asked.
        for limit in ["min_confidence: { /kind: 0.4 }", "min_margin: { /kind: 0 }", "min_margin: { /kind: 0.01 }"] {
            let stage = try stage(Self.text(first: "{ below: { /kind: 0.05 } }", more: limit))
            let verdict = try await play(stage, small(), large())
            let bodies = try bodies(stage, verdict.run)
            let isAsked = limit != "min_margin: { /kind: 0 }"
            #expect(bodies[1]["answered_by"]?["model"] == (isAsked ? "large" : "small"), "\(limit)")
            #expect((bodies[1]["first"] == nil) == !isAsked)
        }
    }

    @Test func `each model has temperatures of its own`() async throws {
        // 0.9 and 0.1 become 0.75 and 0.25 at 2, which is too unsure for a bug too.
        let stage = try stage(Self.text())
        let verdict = try await play(
            stage, small(), large(), calibration: Self.calibration(1, "large"),
            firstCalibration: Self.calibration(2, "small"))
        let first = try #require(try bodies(stage, verdict.run)[0]["first"])
        #expect(first["confidence"]?["/kind"] == 0.75)
        #expect(first["shares"]?["/kind"]?["temperature"]?.doubleValue == 2)
        let other = try self.stage(Self.text())
        let plain = try await play(other, small(), large(), calibration: Self.calibration(2, "large"))
        #expect(try bodies(other, plain.run)[0]["first"] == nil)
    }

    private static func calibration(_ temperature: Double, _ weights: String) -> Calibration {
        Calibration([
            Calibration.Field(
                weights: weights, step: "each/class", pointer: "/kind", prompt: "p", options: ["bug", "idea"],
                temperature: temperature, count: 20, suite: "s")
        ])
    }

    @Test(arguments: ["small", "tiny"])
    func `a run that goes on with other weights leaves the temperatures out, and says so`(name: String) async throws {
        let stage = try stage(Self.text())
        let begun = try await play(stage, small(), large(count: 2), firstCalibration: Self.calibration(2, "small"))
        #expect(begun.outcome == .badData, "\(begun)")
        let first = GatheringModel(
            Self.script([("bug", "a"), ("idea", "b"), ("bug", "c")]),
            likelihood: { $0 == "\"bug" ? log(0.9) : $0 == "\"idea" ? log(0.1) : log(1e-9) }, name: name)
        let notes = Notes()
        let verdict = try await Run.resume(
            stage.journal.run(begun.run), configuration: stage.configuration(),
            services: services(stage, first, large()) { notes.add($0) }
        ).execute()
        #expect(verdict.outcome == .done, "\(verdict)")
        // At 2 it is sure to 0.75, which is too little; untempered to 0.9.
        let isSame = name == "small"
        let body = try bodies(stage, begun.run)[2]
        #expect(body["answered_by"]?["model"]?.stringValue == (isSame ? "large" : "tiny"))
        #expect(body["first"]?["confidence"]?["/kind"]?.doubleValue == (isSame ? 0.75 : nil))
        #expect(notes.all.filter { $0.contains("other weights than those of `tiny`") }.count == (isSame ? 0 : 1))
        let replay = try await stage.replay(begun.run)
        #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "\(replay)")")
    }

    @Test func `what the smaller model leaves out it isn't sure of`() async throws {
        let text = Self.text().replacing("required: [kind, part]", with: "required: [part]")
        let script: [(step: String, value: JSONValue)] = (0..<3).map { ("each[\($0)]/class", ["part": "a"]) }
        let stage = try stage(text)
        func small() -> GatheringModel { GatheringModel(script, likelihood: { _ in log(0.9) }, name: "small") }
        let verdict = try await play(stage, small(), large())
        #expect(verdict.outcome == .done, "\(verdict)")
        for body in try bodies(stage, verdict.run) {
            #expect(body["answered_by"]?["model"] == "large")
            #expect(body["first"]?["unsure"] == ["/kind"])
        }
        // Nobody wants to be sure of it.
        let other = try self.stage(text.replacing("/kind: 0.8", with: "/kind: 0"))
        let free = try await play(other, small(), large())
        #expect(try bodies(other, free.run).allSatisfy { $0["answered_by"]?["model"] == "small" })
    }

    @Test func `what the smaller model said counts too where the larger one comes to no end`() async throws {
        var spent: [Int] = []
        for isFirstThere in [true, false] {
            let stage = try stage(Self.text())
            let endless = GatheringModel(
                Self.script([("bug", "x"), ("idea", String(repeating: "y", count: 80))]),
                likelihood: { _ in log(0.5) }, name: "large")
            let notes = Notes()
            let configuration = RunConfiguration(
                workflow: stage.workflow, inputs: [:], outputDirectory: stage.folder.path("out"), modelName: "large",
                isDryRun: false, registry: stage.registry, operatorPolicy: nil)
            let verdict = try await Run.start(
                configuration, services: services(stage, isFirstThere ? small() : nil, endless) { notes.add($0) },
                currentDirectory: stage.folder.path
            ).execute()
            #expect(verdict.outcome == .budgetExhausted, "\(verdict)")
            spent.append(try #require(notes.usages.last).budgetTokens)
        }
        // The same question twice, but for the answers.
        #expect(spent[0] > spent[1] + spent[1] / 2, "\(spent)")
    }

    @Test func `a run goes on from its record, with the smaller model or without`() async throws {
        for isThere in [true, false] {
            let stage = try stage(Self.text())
            let begun = try await play(stage, small(), large(count: 2))
            #expect(begun.outcome == .badData, "\(begun)")
            let before = try bodies(stage, begun.run)
            #expect(before.count == 2)
            let (first, model) = (small(), large())
            let verdict = try await Run.resume(
                stage.journal.run(begun.run), configuration: stage.configuration(),
                services: services(stage, isThere ? first : nil, model)
            ).execute()
            #expect(verdict.outcome == .done, "\(verdict)")
            let after = try bodies(stage, begun.run)
            #expect(Array(after.prefix(2)) == before)
            #expect(first.asked == (isThere ? ["each[2]/class"] : []))
            #expect(model.asked == ["each[2]/class"])
            #expect((after[2]["first"] != nil) == isThere)
            #expect((after[2]["answered_by"] != nil) == isThere)
            let replay = try await stage.replay(begun.run)
            #expect(replay.isIdentical, "\(replay.difference?.sentence ?? "\(replay)")")
            #expect(replay.stretchCount == 2)
        }
    }

    @Test func `without the smaller model the larger one answers all`() async throws {
        let stage = try stage(Self.text())
        let large = large()
        let verdict = try await play(stage, nil, large)
        #expect(large.asked.count == 3)
        #expect(try bodies(stage, verdict.run).allSatisfy { $0["answered_by"] == nil && $0["first"] == nil })
        #expect(RunMetrics(try stage.journal.entries(of: verdict.run)).total.toJSON()["first"] == nil)
        #expect(try stage.entries(verdict.run, .runStarted).first?.body["parameters"]?["first_weights"] == nil)
    }

    @Test func `the larger model may be a server`() async throws {
        let stage = try stage(Self.text())
        let stub = try ChatStub(ChatStub.text(#"{"kind": "idea", "part": "served"}"#))
        let server = ServerModel(
            try ServerAddress(stub.address),
            clock: RetryClock { _ in
            } draw: {
                0
            })
        let verdict = try await play(stage, small(), server)
        #expect(verdict.outcome == .done, "\(verdict)")
        // Nothing goes out that the smaller model was sure of.
        #expect(stub.requests.count == 2)
        let bodies = try bodies(stage, verdict.run)
        #expect(bodies.map { $0["written"]?["part"] } == ["a", "served", "served"])
        #expect(bodies[0]["answered_by"] == ["model": "small"])
        #expect(bodies[1]["answered_by"]?["reported"] == "served")
        #expect(bodies[1]["first"]?["unsure"] == ["/kind"])
        let metrics = RunMetrics(try stage.journal.entries(of: verdict.run)).total
        #expect(metrics.firstAnswers == 1)
        #expect(metrics.passedOn == 2)
    }

    @Test func `a text that doesn't fit into the smaller model goes to the larger one`() async throws {
        let stage = try stage(Self.text())
        let (small, large) = (small(context: 300), large())
        let verdict = try await play(stage, small, large)
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(small.asked.isEmpty)
        let bodies = try bodies(stage, verdict.run)
        #expect(bodies.count == 3)
        for body in bodies {
            #expect(body["first"]?["failed"]?.stringValue?.contains("the context leaves") == true, "\(body)")
            #expect(body["answered_by"]?["model"] == "large")
        }
    }

    @Test func `answers of both are remembered by their weights`() async throws {
        let stage = try stage(Self.text())
        let memory = try AnswerStore(path: stage.folder.path("answers.sqlite"))
        var asked: [[String]] = []
        var usages: [[JSONValue?]] = []
        for _ in 0..<2 {
            let small = small(sha256: String(repeating: "a", count: 64))
            let large = large(String(repeating: "b", count: 64))
            let verdict = try await play(
                stage, small, large, memory: RememberedAnswers(memory, isFresh: false))
            asked.append(small.asked + large.asked)
            let bodies = try bodies(stage, verdict.run)
            #expect(bodies.map { $0["answered_by"]?["model"] } == ["small", "large", "large"])
            usages.append(bodies.map { $0["usage"]?["remembered"] } + [bodies[1]["first"]?["usage"]?["remembered"]])
        }
        #expect(asked[0].count == 5)
        // An answer that didn't end is none to keep.
        #expect(asked[1] == ["each[2]/class"])
        #expect(usages[0] == [nil, nil, nil, nil])
        #expect(usages[1] == [1, 1, 1, 1])
    }

    @Test func `a record in which the smaller model was sure, or wasn't, doesn't replay as the other`() async throws {
        let stage = try stage(Self.text())
        let verdict = try await play(stage, small(), large())
        let changes = [
            // Then it would have counted.
            (
                #""written":{"kind":"idea","part":"b"},"confidence":{"/kind":0.1"#,
                #""written":{"kind":"idea","part":"b"},"confidence":{"/kind":0.9"#
            ),
            // Then it would not have.
            (#""confidence":{"/kind":0.9"#, #""confidence":{"/kind":0.7"#),
            (#""answered_by":{"model":"small"}"#, #""answered_by":{"model":"large"}"#),
        ]
        for (old, new) in changes {
            var count = 0
            let entries = try stage.journal.entries(of: verdict.run).map { entry in
                let text = entry.body.serialized(.compact)
                guard entry.kind == .stepFinished, text.contains(old) else { return entry }
                count += 1
                return entry.with(body: try JSONValue(parsing: text.replacing(old, with: new)))
            }
            #expect(count == 1, "\(old)")
            let replay = try await stage.replay(verdict.run, as: entries)
            #expect(!replay.isIdentical, "\(old)")
            #expect(replay.difference != nil)
        }
    }

    @Test func `a run that was given no smaller model and no reason doesn't begin`() async throws {
        let stage = try stage(Self.text())
        let configuration = RunConfiguration(
            workflow: stage.workflow, inputs: [:], outputDirectory: stage.folder.path("out"), modelName: "large",
            isDryRun: false, registry: stage.registry, operatorPolicy: nil)
        let (id, large) = (RunID.generate(), large())
        let error = #expect(throws: RunStartError.self) {
            _ = try Run.start(
                configuration, services: stage.services(on: large), currentDirectory: stage.folder.path, id: id)
        }
        #expect(error?.description.contains("it asks `small` first, which isn't loaded") == true)
        #expect(throws: JournalError.self) { try stage.journal.run(matching: id.description) }
        // The control: the same with a reason.
        #expect(try await play(stage, nil, large).outcome == .done)
    }

    @Test func `a check says which model is asked first, and refuses one under two names and an unknown one`() throws {
        // Weights that aren't here can't be weighed.
        for (large, words) in [
            ("large.gguf", "both may take 4GiB"), ("\"http://127.0.0.1:8080/v1#m\"", "which may take 4GiB"),
        ] {
            let stage = try stage(
                Self.text().replacing("use: large, first: small", with: "use: \(large), first: nowhere/small.gguf"))
            let facts = try WorkflowCheck.check(stage.workflow, registry: stage.registry)
            #expect(facts.contains("; asks nowhere/small.gguf first, \(words)"), "\(facts)")
        }
        let unknown = try stage(Self.text())
        let refusal = #expect(throws: RunStartError.self) {
            try WorkflowCheck.check(unknown.workflow, registry: unknown.registry)
        }
        #expect(refusal?.description.contains("Can't find model `small`") == true, "\(refusal?.description ?? "")")
        let twice = Self.text().replacing("use: large, first: small", with: "use: default, first: qwen2.5-coder-1.5b")
        let same = try self.stage(twice)
        let error = #expect(throws: RunStartError.self) {
            try WorkflowCheck.check(same.workflow, registry: same.registry)
        }
        #expect(error?.description.contains("is the same model") == true, "\(error?.description ?? "")")
    }
}
