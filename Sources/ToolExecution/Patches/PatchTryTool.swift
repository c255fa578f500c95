import JSONSchemas
import SandboxExecution

/// Tries edits of a source file in the sandbox and says which of them fix every failing case and break none.
struct PatchTryTool: Tool {
    let name = "patch.try"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let source = try PatchSource(arguments)
        let suite = try CaseSuite(try arguments.rows("cases"))
        let seconds = arguments.integer("seconds") ?? 60
        let trial = PatchTrial(
            source: source, suite: suite, system: try SystemUnderTest.of(arguments, context),
            compiler: try Self.compiler(arguments, context), time: .seconds(seconds),
            progress: context.environment.progress)
        var answer = Answer(source: source, suite: suite)
        guard !suite.rows.isEmpty else {
            return answer.ending(.nothingFails, "there are no cases, so nothing fails")
        }
        if let complaint = try await trial.complaint(with: nil) {
            return answer.ending(.doesNotCompile, "the source doesn't compile: \(complaint)")
        }
        let before = try await trial.baseline()
        answer.before = before
        let unsteady = try await Self.unsteady(before, suite, trial)
        guard unsteady.isEmpty else { return answer.ending(unsteady) }
        let failing = before.failing
        guard !failing.isEmpty else { return answer.ending(.nothingFails, "every case passes as it is") }
        var edits: [PatchEdit] = []
        for row in try arguments.rows("candidates") {
            do throws(PatchEdit.Refusal) {
                edits.append(try PatchEdit(row, of: source.program, at: source.path))
            } catch {
                answer.refuse(row, error.reason)
            }
        }
        let found = try await trial.find(arguments.integer("keep") ?? 1, among: edits, before: before)
        answer.take(found, of: edits.count)
        guard found.unsteady.isEmpty else { return answer.ending(found.unsteady) }
        guard !found.patches.isEmpty else {
            let left = edits.count - found.tried
            return answer.ending(
                .notFixed,
                "none of \(found.tried) edits that were tried makes the \(failing.count) failing cases pass and breaks none"
                    + (left == 0 ? "" : "; then \(seconds) s were over, and \(left) were left")
            )
        }
        let sentence = "with it all \(suite.rows.count) cases pass, twice; before, \(failing.count) failed"
        let doubts = PatchDoubts(source: source, suite: suite).doubts(about: found.patches[0])
        return answer.ending(.fixed, ([sentence] + doubts).joined(separator: "; "))
    }

    private static func compiler(_ arguments: JSONObject, _ context: ToolContext) throws -> SystemUnderTest? {
        guard let argv = arguments["compile"]?.arrayValue?.compactMap(\.stringValue), !argv.isEmpty else { return nil }
        let profile = try context.profile(folder: arguments.string("workspace"), wallSeconds: 60)
        return SystemUnderTest(argv: argv, profile: profile, executor: context.environment.sandbox)
    }

    /// The cases that came out otherwise than in the run that the rows are of; without one the suite is run once more.
    private static func unsteady(
        _ before: PatchTrial.Outcome, _ suite: CaseSuite, _ trial: PatchTrial
    ) async throws -> Set<Int> {
        let isKnown = suite.rows.allSatisfy { $0.string("outcome") != nil && $0.string("failure") != nil }
        let again = isKnown ? nil : try await trial.baseline()
        return Set(
            suite.rows.indices.filter { index in
                let verdict = before.verdicts[index]
                if let again {
                    let other = again.verdicts[index]
                    return verdict.outcome != other.outcome || verdict.failure != other.failure
                }
                let row = suite.rows[index]
                return verdict.outcome != row.string("outcome") || verdict.failure != row.string("failure")
            })
    }
}

extension PatchTryTool {
    /// What became of the file's cases.
    private enum Verdict: String {
        case fixed
        case notFixed = "not_fixed"
        case nothingFails = "nothing_fails"
        case flaky
        case doesNotCompile = "does_not_compile"
    }

    /// The result while it grows.
    private struct Answer {
        let source: PatchSource
        let suite: CaseSuite
        var before: PatchTrial.Outcome?
        private var refused: [JSONValue] = []
        private var refusedCount = 0
        private var found = PatchTrial.Result()
        private var left = 0

        init(source: PatchSource, suite: CaseSuite) {
            self.source = source
            self.suite = suite
        }

        mutating func refuse(_ row: JSONObject, _ reason: String) {
            refusedCount += 1
            guard refused.count < 50 else { return }
            var row = row
            row["reason"] = .string(reason)
            refused.append(.object(row))
        }

        mutating func take(_ result: PatchTrial.Result, of count: Int) {
            found = result
            left = count - result.tried
        }

        /// Cases that come out one way and then the other: whatever passed, nothing is claimed.
        func ending(_ unsteady: Set<Int>) -> JSONValue {
            let names = unsteady.sorted().map { suite.name($0) }
            let sentence = "\(names.count) cases come out differently from run to run, \(names.first ?? "") first"
            return ending(.flaky, sentence + ": nothing is claimed", flaky: names)
        }

        func ending(_ verdict: Verdict, _ sentence: String, flaky: [String] = []) -> JSONValue {
            // Where nothing was run, what the rows say of an earlier run.
            let failing =
                before?.failing
                ?? suite.rows.indices.filter { index in
                    suite.rows[index].string("outcome").map { $0 != "pass" } ?? false
                }
            let isFixed = verdict == .fixed
            let patches = (isFixed ? found.patches : []).map { edit -> JSONValue in
                var row = edit.json
                row["diff"] = .string(edit.difference(in: source.program, at: source.path))
                let doubts = PatchDoubts(source: source, suite: suite).doubts(about: edit)
                row["doubts"] = .array(doubts.map { .string($0) })
                return .object(row)
            }
            let failed = failing.prefix(50).map { JSONValue.string(suite.name($0)) }
            let near = found.near.map { JSONValue.object($0) }
            let unsteady = flaky.prefix(50).map { JSONValue.string($0) }
            return [
                "verdict": .string(verdict.rawValue), "sentence": .string(sentence), "source": .string(source.path),
                "source_sha256": .string(source.digest), "cases": .integer(suite.rows.count),
                "failed_before": .integer(failing.count),
                "failed_after": .integer(isFixed ? 0 : failing.count), "failing": .array(failed),
                "patches": .array(patches), "near": .array(near), "tried": .integer(found.tried),
                "left": .integer(left), "refused": .array(refused), "refused_count": .integer(refusedCount),
                "flaky": .array(unsteady),
            ]
        }
    }
}
