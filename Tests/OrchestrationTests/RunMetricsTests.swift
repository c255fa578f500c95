import JSONSchemas
import Orchestration
import RunJournal
import TestSupport
import Testing

/// What a run took, from its record.
@Suite struct RunMetricsTests {
    @Test func `tokens, rooms and questions add up over steps`() async throws {
        let stage = try Stage(ResumeTests.text, files: ResumeTests.files)
        let run = try await stage.play(ResumeTests.script, inbox: Somebody()).run
        let metrics = RunMetrics(try stage.journal.entries(of: run))
        let steps = Dictionary(metrics.steps.map { ($0.address, $0.figures) }) { first, _ in first }
        let turns = ["study#1", "study#2", "study#3"].compactMap { steps[$0] }
        #expect(turns.count == 3 && turns.allSatisfy { $0.sampled > 0 && $0.forced > 0 })
        // The end of an agent repeats what its turns cost; it counts once.
        let summed = try #require(
            try stage.entries(run, .stepFinished).first { $0.step == "study" }?.body["usage"]?["sampled"]?.intValue)
        #expect(turns.reduce(0) { $0 + $1.sampled } == summed)
        #expect(metrics.total.sampled == metrics.steps.reduce(0) { $0 + $1.figures.sampled })
        #expect(metrics.total.evaluated == metrics.steps.reduce(0) { $0 + $1.figures.evaluated })
        #expect(metrics.total.questions == (try stage.entries(run, .approvalRequested).count))
        #expect(steps["gate"]?.questions == 1 && steps["load"]?.questions == 0)
        for room in ["planning", "policy", "tools", "journal"] {
            #expect((metrics.total.microseconds[room] ?? 0) > 0, "\(room)")
        }
        #expect(metrics.total.processPeakBytes > 1 << 20)
        let grouped = Dictionary(metrics.byWorkflowStep.map { ($0.address, $0.figures) }) { first, _ in first }
        #expect(
            grouped["each[]/class"]?.sampled == (0..<3).reduce(0) { $0 + (steps["each[\($1)]/class"]?.sampled ?? 0) })
        #expect(grouped["study"]?.sampled == summed)
    }

    @Test func `questions that wait at the same time are waited for once`() async throws {
        let clock = ManualClock()
        let stage = try Stage(GateTests.filing(GateTests.ask), files: GateTests.rows, now: clock.now)
        let run = try await stage.play().run
        clock.advance(hours: 2)
        try stage.approveAll(run)
        _ = try await stage.resume(run)
        let metrics = RunMetrics(try stage.journal.entries(of: run))
        let hours = 2 * 3600 * 1_000_000
        #expect(metrics.total.waitedMicroseconds == hours && metrics.total.questions == 3)
        #expect(metrics.steps.filter { $0.figures.waitedMicroseconds == hours }.count == 3)
    }

    @Test func `memory and time of sandboxed commands stand with their step`() async throws {
        let stage = try Stage(RunUndoTests.text, files: RunUndoTests.files)
        let run = try await stage.play().run
        let metrics = RunMetrics(try stage.journal.entries(of: run))
        let command = try #require(metrics.steps.first { $0.address == "command" }?.figures)
        #expect(command.sandboxRuns == 1 && (command.microseconds["sandbox"] ?? 0) > 0)
        #expect((command.microseconds["sandbox"] ?? 0) <= (command.microseconds["tools"] ?? 0))
        #expect(metrics.total.sandboxRuns == 1 && metrics.total.sandboxPeakBytes == command.sandboxPeakBytes)
        #expect(metrics.steps.first { $0.address == "edit" }?.figures.sandboxRuns == 0)
    }
}
