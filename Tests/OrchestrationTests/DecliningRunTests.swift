import Foundation
import JSONSchemas
import Orchestration
import RunJournal
import TestSupport
import Testing

/// Agents that weigh whether to call before they do.
@Suite struct DecliningRunTests {
    private static let text = AgentTests.text.replacing(
        "max_turns: 5", with: "max_turns: 5\n      decline_below: 0.12")

    private static let script: [(step: String, value: JSONValue)] = [
        ("study#1", AgentTests.look), ("study#2", AgentTests.finish),
    ]

    /// `yes`: the model's share for it; nil can't tell.
    private func model(
        yes: Double?, _ script: [(step: String, value: JSONValue)] = DecliningRunTests.script
    ) -> GatheringModel {
        guard let yes else { return GatheringModel(script) }
        return GatheringModel(
            script, likelihood: { $0 == " yes" ? log(yes) : $0 == " no" ? log(1 - yes) : log(1e-9) })
    }

    @Test func `a step whose tools don't fit ends as not found, without a call`() async throws {
        let stage = try Stage(Self.text, files: AgentTests.files)
        let verdict = try await stage.play(on: model(yes: 0.0001, []))
        #expect(verdict.outcome == .done, "\(verdict)")
        let result = try stage.output()
        #expect(result["outcome"] == "not_found" && result["value"] == .null)
        #expect(result["calls"]?.arrayValue?.isEmpty == true && result["turns"] == 0)
        #expect(result["note"] == "No tool on offer does what is asked for.")
        let turns = try stage.entries(verdict.run, .valueProduced)
        #expect(turns.count == 1 && turns.first?.body["tool"] == "give_up")
        let fit = try #require(turns.first?.body["fit"])
        #expect((fit["share"]?.doubleValue ?? 1) < 0.12 && abs((fit["yes"]?.doubleValue ?? 1) - 0.0001) < 1e-9)
    }

    @Test func `a step whose tools fit goes on, and only its first turn weighs that`() async throws {
        let stage = try Stage(Self.text, files: AgentTests.files)
        let verdict = try await stage.play(on: model(yes: 0.9))
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(try stage.output()["outcome"] == "done")
        let turns = try stage.entries(verdict.run, .valueProduced)
        #expect((turns.first?.body["fit"]?["share"]?.doubleValue ?? 0) > 0.12)
        #expect(turns.count == 2 && turns.last?.body["fit"] == nil)
        // Control arm: unasked, nothing is weighed, whatever the model thinks.
        let plain = try Stage(AgentTests.text, files: AgentTests.files)
        let unasked = try await plain.play(on: model(yes: 0.0001))
        #expect(unasked.outcome == .done, "\(unasked)")
        #expect(try plain.entries(unasked.run, .valueProduced).first?.body["fit"] == nil)
    }

    @Test func `a call on record where none fitted doesn't replay`() async throws {
        let stage = try Stage(Self.text, files: AgentTests.files)
        let verdict = try await stage.play(on: model(yes: 0.9))
        let entries = try stage.journal.entries(of: verdict.run).map { entry in
            guard entry.kind == .valueProduced, var members = entry.body.objectValue,
                var fit = members["fit"]?.objectValue
            else { return entry }
            fit["yes"] = .number(0.0001)
            members["fit"] = .object(fit)
            return entry.with(body: .object(members))
        }
        let replay = try await stage.replay(verdict.run, as: entries)
        #expect(!replay.isIdentical)
        #expect(replay.difference?.sentence.contains("fit too little") == true, "\(replay)")
    }

    @Test func `a fit of other tools or another goal doesn't replay`() async throws {
        let stage = try Stage(Self.text, files: AgentTests.files)
        let verdict = try await stage.play(on: model(yes: 0.9))
        for words in [0.0, 1] {
            let entries = try stage.journal.entries(of: verdict.run).map { entry in
                guard entry.kind == .valueProduced, var members = entry.body.objectValue,
                    var fit = members["fit"]?.objectValue
                else { return entry }
                #expect(fit["words"]?.doubleValue != words)
                fit["words"] = .number(words)
                members["fit"] = .object(fit)
                return entry.with(body: .object(members))
            }
            let replay = try await stage.replay(verdict.run, as: entries)
            #expect(!replay.isIdentical)
            #expect(replay.difference?.sentence.contains("the tools share other words") == true, "\(replay)")
        }
    }

    @Test func `a model that can't tell is told of once, and calls`() async throws {
        let stage = try Stage(Self.text, files: AgentTests.files)
        let notes = Notes()
        let verdict = try await stage.play(on: model(yes: nil)) { notes.add($0) }
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(try stage.output()["outcome"] == "done")
        #expect(notes.all.filter { $0.contains("`decline_below` is left out") }.count == 1)
    }

    @Test func `a check tells where a server's model can't be asked`() throws {
        let server = "model: { use: \"http://127.0.0.1:8080/v1#m\" }\ntools:"
        let stage = try Stage(Self.text.replacing("tools: [search", with: server + " [search"), files: AgentTests.files)
        let facts = try WorkflowCheck.check(stage.workflow, registry: stage.registry)
        #expect(facts.contains("so `decline_below` is left out"), "\(facts)")
        let plain = try Stage(Self.text, files: AgentTests.files)
        #expect(try !WorkflowCheck.check(plain.workflow, registry: plain.registry).contains("decline_below"))
    }
}
