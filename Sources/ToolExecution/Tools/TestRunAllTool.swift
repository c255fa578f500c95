import Foundation
import JSONSchemas
import SandboxExecution

/// Runs the system under test on many cases, each in a process of its own, and judges the outcomes.
struct TestRunAllTool: Tool {
    let name = "test.run_all"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let system = try SystemUnderTest.of(arguments, context)
        let cases = try arguments.rows("cases")
        var inputs: [[UInt8]] = []
        var expectations: [CaseExpectation] = []
        for (index, item) in cases.enumerated() {
            let id = item.string("id") ?? "number \(index + 1)"
            guard let expectation = CaseExpectation(expect: item.string("expect"), value: item["value"]) else {
                throw ToolError(.badArgument, "Can't run case \(id): `expect` must be accept or reject.")
            }
            expectations.append(expectation)
            if let text = item.string("input") {
                inputs.append(Array(text.utf8))
            } else if let base64 = item.string("input_base64"), let data = Data(base64Encoded: base64) {
                inputs.append(Array(data))
            } else {
                throw ToolError(.badArgument, "Can't run case \(id): it has neither `input` nor valid `input_base64`.")
            }
        }
        let progress = context.environment.progress
        let runs: [CaseRun]
        do {
            runs = try await system.runAll(inputs: inputs, parallel: 2) { done, total in progress(done, total) }
        } catch {
            throw error.toolFailure
        }
        var rows: [JSONValue] = []
        var tally: [String: Int] = [:]
        for (index, run) in runs.enumerated() {
            let verdict = CaseVerdict(run, expectation: expectations[index])
            tally[verdict.outcome, default: 0] += 1
            var row = cases[index]
            row["expected"] = expectations[index].json
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
