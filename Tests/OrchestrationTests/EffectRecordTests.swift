import Databases
import JSONSchemas
import Orchestration
import PolicyEngine
import RunJournal
import Testing
import ToolExecution
import WorkflowFormat

/// What the journal knows of a run's effects.
@Suite struct EffectRecordTests {
    private static let wrote = ["file.read", "table.write", "sql.query", "search", "issue.create"]

    @Test func `each call has one effect, of its tool's class, under an id that follows from the record`() async throws
    {
        let stage = try Stage(ResumeTests.text, files: ResumeTests.files)
        let verdict = try await stage.play(ResumeTests.script, inbox: Somebody())
        #expect(verdict.outcome == .done)
        let effects = try stage.journal.effects(of: verdict.run)
        let intents = try stage.entries(verdict.run, .executionStarted)
        #expect(effects.count == intents.count && effects.allSatisfy { $0.state == .observed })
        #expect(Set(intents.compactMap { $0.body["tool"]?.stringValue }) == Set(Self.wrote))
        for (effect, intent) in zip(effects, intents) {
            let tool = try #require(intent.body["tool"]?.stringValue)
            #expect(effect.effect == stage.registry.definition(tool)?.effect)
            let proposed = try stage.entries(verdict.run, .callProposed).last { $0.step == intent.step }
            let arguments = intent.body["arguments"]?.objectValue ?? proposed?.body["arguments"]?.objectValue
            let call = ToolCall(tool: tool, arguments: try #require(arguments))
            let made = EffectIdentifier.make(
                run: verdict.run, step: intent.step, group: 1, call: call,
                approval: intent.body["approval"]?.stringValue)
            #expect(effect.id == made && intent.subject == made)
            #expect((intent.body["approval"] != nil) == (tool == "issue.create"))
        }
        let filed = Set(effects.filter { $0.effect == .queryable }.map(\.id))
        #expect(try Set(stage.tracker.list().map(\.marker)) == filed)
        // The intent of each of them was signed before it was carried out.
        let report = try stage.journal.verifyChain()
        #expect(report.isIntact && report.coverage.checkpointCount == filed.count + 1)
    }

    @Test func `a run whose bodies were removed is not gone on with`() async throws {
        let stage = try Stage(ResumeTests.text, files: ResumeTests.files)
        let verdict = try await stage.play(ResumeTests.script, inbox: Somebody())
        let summary = try stage.journal.run(verdict.run)
        // The control: before, the record is enough to go on.
        _ = try Run.resume(
            summary, configuration: stage.configuration(), services: stage.services(ResumeTests.script))
        try stage.journal.append(.runFinished, run: verdict.run, body: ["outcome": "failed", "exit": 1])
        #expect(try !stage.journal.prune(.init(outputs: .zero, prompts: .zero), by: "operator").erased.isEmpty)
        let error = #expect(throws: RunStartError.self) {
            _ = try Run.resume(
                summary, configuration: stage.configuration(), services: stage.services(ResumeTests.script))
        }
        #expect(error?.description.contains("was removed by `warrant prune`") == true)
    }
}
