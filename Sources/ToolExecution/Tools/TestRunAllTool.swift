import JSONSchemas
import SandboxExecution

/// Runs the system under test on many cases, each in a process of its own, and judges the outcomes.
struct TestRunAllTool: Tool {
    let name = "test.run_all"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let system = try SystemUnderTest.of(arguments, context)
        let suite = try CaseSuite(try arguments.rows("cases"))
        let progress = context.environment.progress
        let runs: [CaseRun]
        do {
            runs = try await system.runAll(inputs: suite.inputs, parallel: 2) { done, total in progress(done, total) }
        } catch {
            throw error.toolFailure
        }
        var rows: [JSONValue] = []
        var tally: [String: Int] = [:]
        for (index, run) in runs.enumerated() {
            let verdict = suite.verdict(on: run, at: index)
            tally[verdict.outcome, default: 0] += 1
            var row = suite.rows[index]
            row["expected"] = suite.expectations[index].json
            row["observed"] = verdict.observed
            row["outcome"] = .string(verdict.outcome)
            row["failure"] = .string(verdict.failure)
            row["detail"] = .string(verdict.detail)
            rows.append(.object(row))
        }
        return [
            "rows": .array(rows), "count": .integer(rows.count), "passed": .integer(tally["pass"] ?? 0),
            "failed": .integer(rows.count - (tally["pass"] ?? 0)),
        ]
    }
}
