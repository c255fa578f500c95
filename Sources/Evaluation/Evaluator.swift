import Foundation
public import JSONSchemas
import WorkflowFormat

/// Runs a suite batch by batch and scores what came out.
public struct Evaluator: Sendable {
    /// One run to be taken.
    public struct Batch: Sendable {
        /// The batch's number, from 0.
        public let index: Int
        /// How many there are.
        public let count: Int
        /// The workflow's inputs, with the items' file in place.
        public let inputs: [String: String]
        /// Where the run's files go.
        public let output: String
        /// The run that was begun for this batch and not finished; nil to start one.
        public let unfinishedRun: String?
    }

    /// How a batch's run ended.
    public struct Outcome: Sendable {
        /// The exit code of the run: 0 done, 2 waits for a person; others are failures.
        public let exit: Int
        /// What it cost.
        public let cost: Cost

        /// An outcome.
        public init(exit: Int, cost: Cost) {
            self.exit = exit
            self.cost = cost
        }
    }

    /// Exit codes after which going on makes no sense: the disk is full, somebody pressed Ctrl-C, no sandbox.
    private static let endings: Set<Int> = [74, 75, 78]

    private let suite: Suite
    private let directory: String
    private let subject: JSONValue

    /// An evaluation of `suite`.
    ///
    /// `directory`: an absolute path; what was begun there goes on.
    /// `subject`: what tells this evaluation from others: the workflow, the model.
    public init(_ suite: Suite, directory: String, subject: JSONValue) {
        self.suite = suite
        self.directory = directory
        self.subject = subject
    }

    /// Takes every batch that isn't finished and scores all answers.
    ///
    /// `perform`: takes a run; it calls its second argument with the run's identifier as soon as there is one.
    ///
    /// `command`: runs a suite's own scorer, as `Suite.scores` says.
    ///
    /// - Throws: `SuiteError` for files that can't be read or written, and what `perform` and `command` throw.
    public func run(
        _ perform: (Batch, _ began: (String) throws -> Void) async throws -> Outcome,
        command: (_ argv: [String], _ input: String) async throws -> String = { argv, _ in
            throw SuiteError("Can't run the scorer `\(argv.joined(separator: " "))`: nothing runs commands here.")
        }
    ) async throws -> EvaluationResult {
        try makeFolder(directory)
        var log = try EvaluationLog(directory: directory, subject: subject)
        var failures: [EvaluationResult.Failure] = []
        for (index, items) in suite.batches.enumerated() {
            if log.batches[index]?.exit != nil { continue }
            let folder = "\(directory)/batch-\(index)"
            try makeFolder(folder)
            let itemsPath = folder + "/items.jsonl"
            if !items.isEmpty {
                try write(items.map { $0.value.serialized(.compact) + "\n" }.joined(), to: itemsPath)
            }
            let batch = Batch(
                index: index, count: suite.batches.count, inputs: try suite.inputs(for: items, at: itemsPath),
                output: folder + "/run", unfinishedRun: log.batches[index]?.run)
            let outcome = try await perform(batch) { run in try log.began(index, run: run) }
            guard !Self.endings.contains(outcome.exit) else {
                throw EvaluationStopped(exit: outcome.exit, directory: directory)
            }
            try log.ended(index, run: log.batches[index]?.run ?? "", exit: outcome.exit, cost: outcome.cost)
        }
        var answers: [String: Suite.Answer] = [:]
        var cost = Cost()
        for index in suite.batches.indices {
            guard let batch = log.batches[index] else { continue }
            cost = cost + batch.cost
            let file = "\(directory)/batch-\(index)/run/\(suite.definition.output)"
            if let exit = batch.exit, exit != 0, exit != 2 {
                failures.append(EvaluationResult.Failure(run: batch.run, exit: exit))
            }
            guard FileManager.default.fileExists(atPath: file) else { continue }
            answers.merge(try suite.answers(inFile: file, run: batch.run, items: suite.batches[index])) { $1 }
        }
        return EvaluationResult(
            suite: suite.definition.name, subject: subject, count: suite.gold.count,
            scores: try await suite.scores(answers, command: command),
            cost: cost, failedRuns: failures)
    }

    private func makeFolder(_ path: String) throws(SuiteError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw SuiteError("Can't make the folder `\(path)`: \(error.localizedDescription).")
        }
    }

    private func write(_ text: String, to path: String) throws(SuiteError) {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw SuiteError("Can't write `\(path)`: \(error.localizedDescription).")
        }
    }
}
