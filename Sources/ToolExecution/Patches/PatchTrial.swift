import Foundation
import JSONSchemas
import SandboxExecution

/// Tries edits of one source file: each on a copy of the workspace, on the case that fails first, then on the others.
///
/// A patch is one with which every case passes, the whole suite twice, with which the program still compiles where a
/// command says how to find out, and without which the cases that failed still fail. Nothing else is ever called fixed.
struct PatchTrial: Sendable {
    let source: PatchSource
    let suite: CaseSuite
    /// The program as it is, with the full time limit.
    let system: SystemUnderTest
    /// Exits with 0 where the source is well formed; nil where nobody said.
    let compiler: SystemUnderTest?
    /// How long edits are tried: when it is over, no further ones are begun.
    let time: Duration
    let progress: @Sendable (Int, Int) -> Void

    /// What the whole suite came to.
    struct Outcome: Sendable {
        var verdicts: [CaseVerdict]
        /// The longest that a case took which ended by itself.
        var slowest: Duration

        var failing: [Int] { verdicts.indices.filter { verdicts[$0].outcome != "pass" } }
    }

    /// Edits that are tried before what is left of the time is looked at.
    private static let portion = 8
    /// Cases that are run before it is looked at whether one failed.
    private static let stretch = 32

    /// Runs the suite as the workspace is.
    func baseline() async throws -> Outcome {
        let runs = try await runs(of: Array(suite.inputs.indices), with: nil, under: nil)
        if let run = runs.first(where: \.isWithoutProgram) {
            throw ToolError(.badArgument, "Can't run the cases: \(run.outcome).")
        }
        let ended = runs.filter { $0.outcome != .error(.timeout(system.profile.wallLimit)) }
        return Outcome(
            verdicts: runs.enumerated().map { suite.verdict(on: $0.element, at: $0.offset) },
            slowest: ended.map(\.wall).max() ?? .zero)
    }

    /// What a compiler says of the source, with an edit or without; nil where it has nothing to say.
    func complaint(with edit: PatchEdit?) async throws -> String? {
        guard var compiler else { return nil }
        compiler.replacements = replacements(edit.map(content))
        let run: CaseRun
        do {
            run = try await compiler.run(input: [])
        } catch {
            throw error.toolFailure
        }
        if case .accepted = run.outcome { return nil }
        // That says nothing of the source.
        if run.isWithoutProgram {
            throw ToolError(.badArgument, "Can't find out whether `\(source.path)` compiles: \(run.outcome).")
        }
        return run.message.isEmpty ? "\(run.outcome)" : run.message
    }

    /// What trying came to.
    struct Result: Sendable {
        /// The edits with which everything passes, in the order in which they were tried.
        var patches: [PatchEdit] = []
        /// Edits with which some cases that failed pass, and why they are no patches.
        var near: [JSONObject] = []
        var tried = 0
        /// Cases that came out one way and then the other.
        var unsteady: Set<Int> = []
    }

    /// Tries `edits` in order until `wanted` patches are found or the time is over; the first few in any case.
    func find(_ wanted: Int, among edits: [PatchEdit], before: Outcome) async throws -> Result {
        var result = Result()
        let failing = before.failing
        // A loop takes the whole limit each time, so a case that ends is asked first.
        let order = failing.sorted { left, right in
            let (first, second) = (before.verdicts[left].outcome, before.verdicts[right].outcome)
            guard (first == "timeout") == (second == "timeout") else { return second == "timeout" }
            return (suite.inputs[left].count, left) < (suite.inputs[right].count, right)
        }
        guard let probe = order.first else { return result }
        // Far above what a case takes on a busy machine, and not the whole limit for each edit that loops.
        let limit = min(system.profile.wallLimit, .seconds((before.slowest * 10).components.seconds + 2))
        // The time is the edits' alone: a suite that took all of it would leave them none, and nothing be said of them.
        let deadline = ContinuousClock.now.advanced(by: time)
        while result.tried < edits.count, result.patches.count < wanted, result.unsteady.isEmpty,
            result.tried == 0 || ContinuousClock.now < deadline
        {
            let portion = Array(edits[result.tried..<min(edits.count, result.tried + Self.portion)])
            let passing = try await pass(probe, with: portion, under: limit)
            result.tried += portion.count
            progress(result.tried, edits.count)
            for (edit, isPassing) in zip(portion, passing) where isPassing && result.patches.count < wanted {
                try await judge(edit, before: before, order: order, under: limit, into: &result)
            }
        }
        return result
    }

    /// Runs all cases with an edit that the first one passes with.
    private func judge(
        _ edit: PatchEdit, before: Outcome, order: [Int], under limit: Duration, into result: inout Result
    ) async throws {
        func drop(_ reason: String) {
            guard result.near.count < 20 else { return }
            var row = edit.json
            row["reason"] = .string(reason)
            result.near.append(row)
        }
        let still = try await failures(among: order, with: edit, under: limit)
        if let first = still.failing.first {
            if first == order[0] {
                // It passed a moment ago: by the edit, or whatever is written there?
                let anyway = try await passingWithout(among: [first], under: limit)
                result.unsteady.formUnion(anyway)
            }
            return drop("\(still.share) still fail, \(suite.name(first)) first")
        }
        let passing = suite.inputs.indices.filter { before.verdicts[$0].outcome == "pass" }
        let broken = try await failures(among: passing, with: edit, under: limit)
        if let first = broken.failing.first {
            return drop("it breaks \(broken.share), \(suite.name(first)) first")
        }
        if let complaint = try await self.complaint(with: edit) { return drop("it doesn't compile: \(complaint)") }
        // Once more and with all the time there is: a suite that says yes by chance says nothing.
        let second = try await failures(among: Array(suite.inputs.indices), with: edit, under: nil)
        guard second.failing.isEmpty else {
            result.unsteady.formUnion(second.failing)
            return drop("it passed once and not again")
        }
        // What passes without the edit by now, by the clock, the machine's load or a changed folder, it didn't fix.
        let anyway = try await passingWithout(among: order, under: limit)
        guard anyway.isEmpty else {
            result.unsteady.formUnion(anyway)
            return drop("without it cases pass by now, too")
        }
        result.patches.append(edit)
    }

    /// Whether the case at `index` passes with each of `edits`, two at a time.
    private func pass(_ index: Int, with edits: [PatchEdit], under limit: Duration) async throws -> [Bool] {
        var results = [Bool](repeating: false, count: edits.count)
        try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            var next = 0
            func startNext() {
                guard next < edits.count else { return }
                let place = next
                next += 1
                group.addTask {
                    let found = try await self.failures(among: [index], with: edits[place], under: limit)
                    return (place, found.failing.isEmpty)
                }
            }
            for _ in 0..<2 { startNext() }
            while let (place, isPassing) = try await group.next() {
                results[place] = isPassing
                startNext()
            }
        }
        return results
    }

    /// Those of some cases that don't pass, as far as was looked.
    private struct Failures {
        let total: Int
        var asked = 0
        var failing: [Int] = []

        /// How many of how many.
        var share: String {
            asked == total
                ? "\(failing.count) of \(total) cases" : "\(failing.count) of the first \(asked) of \(total) cases"
        }
    }

    /// Runs the cases `indices` in order until some don't pass: the others would cost time and say nothing new.
    private func failures(
        among indices: [Int], with edit: PatchEdit, under limit: Duration?
    ) async throws -> Failures {
        var found = Failures(total: indices.count)
        while found.asked < indices.count, found.failing.isEmpty {
            let some = Array(indices[found.asked..<min(indices.count, found.asked + Self.stretch)])
            let runs = try await runs(of: some, with: content(edit), under: limit)
            found.failing = zip(some, runs).compactMap { index, run in
                suite.verdict(on: run, at: index).outcome == "pass" ? nil : index
            }
            found.asked += some.count
        }
        return found
    }

    /// Those of the cases `indices` that pass without any edit, by now.
    private func passingWithout(among indices: [Int], under limit: Duration?) async throws -> [Int] {
        // Written anew as it is: the line is all that differs, and not how old the file is.
        let same = source.program.replacing(line: 1, with: source.program.lines[0])
        let runs = try await runs(of: indices, with: same, under: limit)
        return zip(indices, runs).compactMap { index, run in
            suite.verdict(on: run, at: index).outcome == "pass" ? index : nil
        }
    }

    private func runs(
        of indices: [Int], with content: [UInt8]?, under limit: Duration?
    ) async throws -> [CaseRun] {
        var system = self.system
        system.replacements = replacements(content)
        if let limit {
            system.profile.wallLimit = limit
            system.profile.cpuLimit = limit
        }
        do {
            return try await system.runAll(inputs: indices.map { suite.inputs[$0] }, parallel: 2)
        } catch {
            throw error.toolFailure
        }
    }

    /// The source with an edit.
    private func content(_ edit: PatchEdit) -> [UInt8] {
        source.program.replacing(line: edit.line, with: edit.new)
    }

    private func replacements(_ content: [UInt8]?) -> [ConfinedPath: FileReplacement] {
        guard let content else { return [:] }
        return [
            source.place: FileReplacement(bytes: content, modifiedSeconds: Int64(Date().timeIntervalSince1970))
        ]
    }
}

extension CaseRun {
    /// Whether nothing ran, since there is no such program.
    fileprivate var isWithoutProgram: Bool {
        if case .error(.missing(program: _, reason: _)) = outcome { true } else { false }
    }
}
