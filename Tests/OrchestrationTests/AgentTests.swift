import Databases
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import TestSupport
import Testing

/// The planner loop under the policy.
@Suite struct AgentTests {
    static let text = """
        workflow: study
        description: One agent step.
        inputs:
          spec: { type: file, default: spec.md }
          project: { type: string, trust: trusted, default: demo }
        tools: [search, issue.create, issue.find]
        policy:
          tools:
            search: { decision: allow }
            issue.find: { decision: allow }
            issue.create: { decision: allow, args: { title: { allow: untrusted }, body: { allow: untrusted } } }
        steps:
          - id: study
            agent:
              goal: Find the rule and file an issue.
              max_turns: 5
              tools:
                - { tool: search, name: look, with: { in: "${inputs.spec}", limit: 2 } }
                - { tool: issue.create, name: file, with: { project: "${inputs.project}" } }
              result: { type: object, properties: { answer: { type: string, maxLength: 40 } }, required: [answer], additionalProperties: false }
        outputs:
          result: { json: "${steps.study}", to: result.json }
        """
    static let files = ["spec.md": "# Keys\n\nKeys must be unique.\n"]
    static let required = text.replacing("max_turns: 5", with: "max_turns: 5\n      require: [look]")

    static func call(_ name: String, _ arguments: JSONValue) -> JSONValue {
        ["name": .string(name), "arguments": arguments]
    }
    static let look = call("look", ["query": "unique keys"])
    static let finish = call("finish", ["answer": "found"])

    @Test func `calls are taken in turn and the result ends the step`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let verdict = try await stage.play([
            ("study#1", Self.look), ("study#2", Self.call("file", ["title": "t", "body": "b"])),
            ("study#3", Self.finish),
        ])
        #expect(verdict.outcome == .done, "\(verdict)")
        let result = try stage.output()
        #expect(result["outcome"] == "done" && result["value"] == ["answer": "found"] && result["turns"] == 2)
        let calls = result["calls"]?.arrayValue ?? []
        #expect(calls.first?["seen"]?.stringValue?.contains("Keys must be unique.") == true, "\(calls)")
        #expect(try stage.tracker.list().map(\.project) == ["demo"])
        let prompt = try stage.entries(verdict.run, .valueProduced).last?.body["prompt"]?.stringValue ?? ""
        #expect(prompt.contains("Keys must be unique.") && !prompt.contains("\"limit\""))
    }

    @Test func `a later turn evaluates only what was appended`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let verdict = try await stage.play([("study#1", Self.look), ("study#2", Self.finish)])
        let turns = try stage.entries(verdict.run, .valueProduced)
        let prompts = turns.compactMap { $0.body["prompt"]?.stringValue?.utf8.count }
        let usage = turns.compactMap { $0.body["usage"] }
        #expect(usage[0]["evaluated"]?.intValue == prompts[0])
        #expect((usage[1]["reused"]?.intValue ?? 0) >= prompts[0])
        #expect((usage[1]["evaluated"]?.intValue ?? .max) <= prompts[1] - prompts[0])
    }

    @Test func `a tool that is required twice holds the ending back until its second call`() async throws {
        let twice = Self.required.replacing("require: [look]", with: "require: [look, look]")
        #expect(twice != Self.required)
        let other = Self.call("look", ["query": "other keys"])
        let early = try await Stage(twice, files: Self.files).play([("study#1", Self.look), ("study#2", Self.finish)])
        #expect(early.outcome == .badData && early.reason?.contains("study#2") == true)
        let same = try await Stage(twice, files: Self.files)
            .play([("study#1", Self.look), ("study#2", Self.look), ("study#3", Self.finish)])
        #expect(same.outcome == .badData && same.reason?.contains("study#3") == true, "the same call again is none")
        let met = try await Stage(twice, files: Self.files)
            .play([("study#1", Self.look), ("study#2", other), ("study#3", Self.finish)])
        #expect(met.outcome == .done, "\(met)")
    }

    @Test func `a required tool holds the ending back`() async throws {
        let free = try await Stage(Self.text, files: Self.files).play([("study#1", Self.finish)])
        #expect(free.outcome == .done, "\(free)")
        let held = try await Stage(Self.required, files: Self.files).play([("study#1", Self.finish)])
        #expect(held.outcome == .badData && held.reason?.contains("study#1") == true)
        let met = try await Stage(Self.required, files: Self.files)
            .play([("study#1", Self.look), ("study#2", Self.finish)])
        #expect(met.outcome == .done, "\(met)")
    }

    @Test func `the last turn has nothing but endings`() async throws {
        let text = Self.text.replacing("max_turns: 5", with: "max_turns: 2")
        let ending = try await Stage(text, files: Self.files).play([("study#1", Self.look), ("study#2", Self.finish)])
        #expect(ending.outcome == .done, "\(ending)")
        let going = try await Stage(text, files: Self.files)
            .play([("study#1", Self.look), ("study#2", Self.call("look", ["query": "more"]))])
        #expect(going.outcome == .badData && going.reason?.contains("study#2") == true)
    }

    @Test func `the same call again and again is stuck and stays so when resumed`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let script = [("study#1", Self.look), ("study#2", Self.look), ("study#3", Self.look), ("study#4", Self.finish)]
        let verdict = try await stage.play(script.map { (step: $0.0, value: $0.1) })
        #expect(verdict.outcome == .stuck && verdict.exitCode == 5, "\(verdict)")
        #expect(try await stage.resume(verdict.run, [("study#4", Self.finish)]).outcome == .stuck)
        // One repetition is forgiven, and another call in between is no loop.
        let once = try await Stage(Self.text, files: Self.files).play([
            ("study#1", Self.look), ("study#2", Self.look), ("study#3", Self.finish),
        ])
        #expect(once.outcome == .done, "\(once)")
    }

    @Test func `a planner that gives up ends in its typed reason`() async throws {
        let stage = try Stage(Self.text, files: Self.files)
        let verdict = try await stage.play([
            ("study#1", Self.call("give_up", ["reason": "not_found", "note": "no such rule"]))
        ])
        #expect(verdict.outcome == .done, "\(verdict)")
        let result = try stage.output()
        #expect(result["outcome"] == "not_found" && result["note"] == "no such rule" && result["value"] == .null)
    }

    @Test func `a call the policy refuses comes back as an observation and has no effect`() async throws {
        let text = Self.text.replacing(
            "title: { allow: untrusted }", with: "title: { allow: untrusted, max_length: 5 }")
        let script: [(step: String, value: JSONValue)] = [
            ("study#1", Self.call("file", ["title": "too long a title", "body": "b"])), ("study#2", Self.finish),
        ]
        let stage = try Stage(text, files: Self.files)
        let verdict = try await stage.play(script)
        #expect(verdict.outcome == .denied && verdict.exitCode == 3, "\(verdict)")
        #expect(try stage.tracker.list().isEmpty)
        let prompt = try stage.entries(verdict.run, .valueProduced).last?.body["prompt"]?.stringValue ?? ""
        #expect(prompt.contains("The policy refused"))
        // What was never executed has nothing to show for itself.
        #expect(try stage.output()["calls"]?.arrayValue?.map { $0["seen"] } == [.null])
        let control = try Stage(Self.text, files: Self.files)
        #expect(try await control.play(script).outcome == .done)
        #expect(try control.tracker.list().count == 1)
    }

    @Test func `a token budget ends with exit code 4 and resuming goes on`() async throws {
        let text = """
            workflow: two
            description: Two reads.
            inputs: { note: { type: string, trust: untrusted, default: It broke. } }
            BUDGET
            steps:
              - id: first
                read: "${inputs.note}"
                instruction: Which kind is it?
                schema: { type: object, properties: { kind: { enum: [a, b] } }, required: [kind], additionalProperties: false }
              - id: second
                read: "${inputs.note}"
                instruction: And how is it?
                schema: { type: object, properties: { kind: { enum: [a, b] } }, required: [kind], additionalProperties: false }
            outputs:
              result: { json: ["${steps.first.value.kind}", "${steps.second.value.kind}"], to: result.json }
            """
        let script: [(step: String, value: JSONValue)] = [("first", ["kind": "a"]), ("second", ["kind": "b"])]
        let small = try Stage(text.replacing("BUDGET", with: "budget: { tokens: 300 }"))
        let verdict = try await small.play(script)
        #expect(verdict.outcome == .budgetExhausted && verdict.exitCode == 4, "\(verdict)")
        #expect(verdict.reason?.contains("tokens") == true)
        let resumed = try await small.resume(verdict.run, [("second", ["kind": "b"])])
        #expect(resumed.outcome == .done, "\(resumed)")
        #expect(try small.output() == ["a", "b"])
        let large = try Stage(text.replacing("BUDGET", with: "budget: { tokens: 5000 }"))
        #expect(try await large.play(script).outcome == .done)
    }
}
