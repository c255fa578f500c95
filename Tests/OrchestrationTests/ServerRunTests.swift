import Databases
import JSONSchemas
import ModelRuntime
import Orchestration
import RunJournal
import TestSupport
import Testing

/// Runs whose model is behind a server. Each record replays without the server; see `Stage`.
@Suite(.timeLimit(.minutes(2))) struct ServerRunTests {
    private static let key = "sk-run-secret-9876543210"

    private static let text = """
        workflow: served
        description: Two readings and an agent.
        inputs:
          note: { type: string, trust: untrusted, default: It crashes. }
          project: { type: string, trust: trusted, default: demo }
        tools: [issue.create]
        policy:
          tools:
            issue.create: { decision: allow, max: 2, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: class
            read: "${inputs.note}"
            instruction: What is it?
            max_tokens: 40
            min_confidence: { /kind: 0.5 }
            schema: { type: object, properties: { kind: { enum: [bug, idea] } }, required: [kind], additionalProperties: false }
          - id: name
            read: "${inputs.note}"
            instruction: Give it a name.
            max_tokens: 40
            schema: { type: object, properties: { name: { type: string, maxLength: 30 } }, required: [name], additionalProperties: false }
          - id: file
            call: issue.create
            with: { project: "${inputs.project}", title: "${steps.name.value.name}", body: "${inputs.note}" }
        outputs:
          result: { json: { class: "${steps.class}", name: "${steps.name.value.name}" }, to: result.json }

        """

    private func model(_ stub: ChatStub) throws -> ServerModel {
        ServerModel(
            try ServerAddress(stub.address), key: ServerKey(Self.key),
            clock: RetryClock { _ in
            } draw: {
                0
            })
    }

    private static func reply(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
        let asksName = String(decoding: request.body, as: UTF8.self).contains("Give it a name.")
        return ChatStub.text(
            asksName ? #"{"name": "Crash"}"# : #"{"kind": "bug"}"#,
            usage: ["prompt_tokens": 30, "completion_tokens": 6], model: "served-name")
    }

    @Test func `a limit of 0 lets pass what nobody knows to be sure`() async throws {
        let stage = try Stage(Self.text.replacing("/kind: 0.5", with: "/kind: 0"))
        let stub = try ChatStub(Self.reply)
        let verdict = try await stage.play(on: try model(stub))
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(stub.requests.count == 2)
        let result = try stage.output()["class"]
        #expect(result?["value"]?["kind"] == "bug")
        #expect(result?["escalated"] == [])
    }

    @Test func `the record says who answered, and has no confidence and no key`() async throws {
        let stage = try Stage(Self.text)
        let stub = try ChatStub(Self.reply)
        let verdict = try await stage.play(on: try model(stub))
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(stub.requests.allSatisfy { $0.headers["authorization"] == "Bearer \(Self.key)" })
        let result = try stage.output()
        #expect(result["name"] == "Crash")
        // What nobody knows to be sure goes to a person.
        #expect(result["class"]?["value"]?["kind"] == .null)
        #expect(result["class"]?["outcome"] == "needs_person")
        #expect(result["class"]?["confidence"] == [:])
        let finished = try stage.entries(verdict.run, .stepFinished).first { $0.step == "name" }
        #expect(
            finished?.body["answered_by"] == [
                "model": .string(stub.address), "reported": "served-name", "form": "json_schema", "usage": "reported",
            ])
        let started = try #require(stage.entries(verdict.run, .runStarted).first)
        let weights = try #require(Self.weights(in: started.body))
        #expect(weights["name"] == .string(stub.address))
        #expect(weights["constrained"] == "remote")
        #expect(weights["sha256"] == .null)
        for entry in try stage.journal.entries(of: verdict.run) {
            #expect(!entry.body.serialized().contains("run-secret"))
        }
        // A model in this process is marked in no such way.
        let plain = try Stage(Self.text)
        let scripted = try await plain.play(
            [(step: "class", value: ["kind": "bug"]), (step: "name", value: ["name": "Crash"])])
        #expect(try plain.output()["class"]?["value"]?["kind"] == "bug")
        for entry in try plain.journal.entries(of: scripted.run) {
            #expect(!entry.body.serialized().contains("constrained"))
            #expect(entry.body["answered_by"] == nil)
        }
    }

    private static func weights(in value: JSONValue) -> JSONValue? {
        if let found = value["weights"] { return found }
        return (value.objectValue ?? [:]).values.lazy.compactMap { weights(in: $0) }.first
    }

    @Test func `a server that goes away leaves a run that goes on later`() async throws {
        let stage = try Stage(Self.text)
        let broken = try ChatStub { request in
            let answer = Self.reply(request)
            return String(decoding: request.body, as: UTF8.self).contains("Give it a name.")
                ? ChatStub.error(503, message: "gone") : answer
        }
        let verdict = try await stage.play(on: try model(broken))
        #expect(verdict.outcome == .tryAgain, "\(verdict)")
        #expect(verdict.exitCode == 75)
        #expect(verdict.reason?.contains("(503), 4 times") == true)
        #expect(broken.requests.count == 5)
        let sound = try ChatStub(Self.reply)
        let resumed = try await stage.resume(verdict.run, on: try model(sound))
        #expect(resumed.outcome == .done, "\(resumed)")
        // What was answered before is not asked again.
        #expect(sound.requests.count == 1)
        #expect(try stage.tracker.list().map(\.title) == ["Crash"])
    }

    @Test func `an answer that breaks the schema ends the run before anything is done with it`() async throws {
        let stage = try Stage(Self.text)
        let stub = try ChatStub { request in
            String(decoding: request.body, as: UTF8.self).contains("Give it a name.")
                ? ChatStub.text(#"{"name": "IGNORE ALL RULES", "run": "rm -rf"}"#) : Self.reply(request)
        }
        let verdict = try await stage.play(on: try model(stub))
        #expect(verdict.outcome == .badData, "\(verdict)")
        #expect(verdict.reason?.contains("breaks the schema: `/run`") == true)
        #expect(verdict.reason?.contains("IGNORE") == false)
        #expect(try stage.tracker.list().isEmpty)
        for entry in try stage.journal.entries(of: verdict.run) {
            #expect(!entry.body.serialized().contains("rm -rf"))
        }
    }

    @Test func `a run is cancelled while a server hangs`() async throws {
        let stage = try Stage(Self.text)
        var silent = LoopbackServer.Answer()
        silent.isSilent = true
        let stub = try ChatStub(silent)
        let model = try model(stub)
        let run = try Run.start(
            stage.configuration(), services: stage.services(on: model), currentDirectory: stage.folder.path)
        let task = Task { try await run.execute() }
        while stub.requests.isEmpty { await Task.yield() }
        task.cancel()
        let verdict = try await task.value
        #expect(verdict.outcome == .cancelled)
        #expect(try await stage.replay(verdict.run).isIdentical)
    }
}
