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
        /// The exit code of the run: 0 done, 2 waits for a person, 3 done but for calls that the policy refused; others, and
        /// 3 without the file of answers, are failures.
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
    private let defaults: [String: String]

    /// An evaluation of `suite`.
    ///
    /// `directory`: an absolute path; what was begun there goes on.
    /// `subject`: what tells this evaluation from others: the workflow, the model.
    /// `defaults`: the inputs that the suite leaves to the workflow, paths absolute.
    public init(_ suite: Suite, directory: String, subject: JSONValue, defaults: [String: String] = [:]) {
        self.suite = suite
        self.directory = directory
        self.subject = subject
        self.defaults = defaults
    }

    /// Takes every batch that isn't finished, those whose runs failed again, and scores all answers.
    ///
    /// Answers from before are used only where the items and what the inputs hold are the same as when they were made. The
    /// gold and the scores reach no run: with others the same answers are scored anew.
    ///
    /// `perform`: takes a run; it calls its second argument with the run's identifier as soon as there is one.
    ///
    /// `command`: runs a suite's own scorer, as `Suite.scores` says.
    ///
    /// - Throws: `SuiteError` for files that can't be read or written and for answers to something else,
    ///   `EvaluationBusy` while another process evaluates in the folder, `EvaluationStopped`, and what `perform` and
    ///   `command` throw.
    public func run(
        _ perform: (Batch, _ began: (String) throws -> Void) async throws -> Outcome,
        command: (_ argv: [String], _ input: String) async throws -> String = { argv, _ in
            throw SuiteError("Can't run the scorer `\(argv.joined(separator: " "))`: nothing runs commands here.")
        }
    ) async throws -> EvaluationResult {
        try makeFolder(directory)
        let lock = try EvaluationLock(logPath: EvaluationLog.path(in: directory), directory: directory)
        defer { lock.release() }
        var log = try EvaluationLog(directory: directory, subject: subject)
        let contents = try contents()
        try refuseChanges(contents, log)
        let runsFromBefore = suite.batches.indices.count { isFinished(log.batches[$0], $0) }
        for (index, items) in suite.batches.enumerated() {
            let known = log.batches[index]
            if isFinished(known, index) { continue }
            let folder = folder(index)
            try makeFolder(folder)
            // What a failed run left is no part of the next one.
            if known?.exit != nil { try? FileManager.default.removeItem(atPath: folder + "/run") }
            if !items.isEmpty { try write(Self.text(of: items), to: itemsPath(index)) }
            let batch = Batch(
                index: index, count: suite.batches.count, inputs: try suite.inputs(for: items, at: itemsPath(index)),
                output: folder + "/run", unfinishedRun: known?.exit == nil ? known?.run : nil)
            let outcome = try await perform(batch) { run in
                try log.began(index, run: run, content: contents[index])
            }
            guard !Self.endings.contains(outcome.exit) else {
                throw EvaluationStopped(exit: outcome.exit, directory: directory)
            }
            try log.ended(
                index, run: log.batches[index]?.run ?? "", exit: outcome.exit, cost: outcome.cost,
                content: contents[index].takingFolders(from: try content(index)))
        }
        let changedStandard = runsFromBefore > 0 ? log.standard.map { suite.standard.changes(since: $0) } ?? [] : []
        let taken = try answers(log)
        let scores = try await suite.scores(taken.answers.rows, command: command)
        try log.scored(by: suite.standard)
        return EvaluationResult(
            suite: suite.definition.name, subject: subject, count: suite.gold.count, scores: scores, cost: taken.cost,
            failedRuns: taken.failures, batchCount: suite.batches.count, runsFromBefore: runsFromBefore,
            changedStandard: changedStandard, contradicted: taken.answers.contradicted,
            goldDigest: suite.standard.gold)
    }

    private func contents() throws(SuiteError) -> [BatchContent] {
        var contents: [BatchContent] = []
        var known: [String: String] = [:]
        for index in suite.batches.indices { contents.append(try content(index, known: &known)) }
        return contents
    }

    /// A batch's content as it is now.
    private func content(_ index: Int) throws(SuiteError) -> BatchContent {
        var known: [String: String] = [:]
        return try content(index, known: &known)
    }

    /// `known`: digests by input text; most inputs are the same for all batches.
    private func content(_ index: Int, known: inout [String: String]) throws(SuiteError) -> BatchContent {
        let path = itemsPath(index)
        var digests: [String: String] = [:]
        let inputs = try suite.inputs(for: suite.batches[index], at: path)
        for (name, text) in inputs.merging(defaults, uniquingKeysWith: { given, _ in given }) where text != path {
            let digest =
                known[text]
                ?? BatchContent.digest(of: text, base: suite.definition.directory, leavingOut: directory)
            known[text] = digest
            digests[name] = digest
        }
        return BatchContent(
            items: ContentDigest.hex(of: Self.text(of: suite.batches[index])), inputs: digests,
            output: suite.definition.output)
    }

    /// Answers are never taken for answers to something else.
    private func refuseChanges(_ contents: [BatchContent], _ log: EvaluationLog) throws(SuiteError) {
        var changes: [String] = []
        for (index, content) in contents.enumerated() {
            // A failed run is taken again, with whatever is there now.
            guard let batch = log.batches[index], batch.exit == nil || isFinished(batch, index) else { continue }
            let found =
                batch.content.map { content.changes(since: $0, isUnfinished: batch.exit == nil) }
                ?? ["what they work on"]
            changes += found.filter { !changes.contains($0) }
        }
        guard !changes.isEmpty else { return }
        throw SuiteError(
            "Can't go on in `\(directory)`: since its runs were taken, \(changes.joined(separator: ", ")) changed. Name "
                + "another folder with `--output`, or remove this one to begin anew.")
    }

    /// Whether a batch needs no run any more.
    private func isFinished(_ batch: EvaluationLog.Batch?, _ index: Int) -> Bool {
        batch?.exit.map { !isFailure($0, index) } ?? false
    }

    private func isFailure(_ exit: Int, _ index: Int) -> Bool {
        switch exit {
        case 0, 2: false
        case 3: !FileManager.default.fileExists(atPath: answersPath(index))
        default: true
        }
    }

    private func answers(
        _ log: EvaluationLog
    ) throws(SuiteError) -> (answers: BatchAnswers, cost: Cost, failures: [EvaluationResult.Failure]) {
        var answers = BatchAnswers()
        var cost = Cost()
        var failures: [EvaluationResult.Failure] = []
        for index in suite.batches.indices {
            guard let batch = log.batches[index], let exit = batch.exit else { continue }
            cost = cost + batch.spent + batch.cost
            if isFailure(exit, index) {
                failures.append(EvaluationResult.Failure(run: batch.run, exit: exit))
                continue
            }
            guard FileManager.default.fileExists(atPath: answersPath(index)) else { continue }
            answers.add(
                try suite.answers(inFile: answersPath(index), run: batch.run, items: suite.batches[index]))
        }
        return (answers, cost, failures)
    }

    private func folder(_ index: Int) -> String { "\(directory)/batch-\(index)" }

    private func itemsPath(_ index: Int) -> String { folder(index) + "/items.jsonl" }

    private func answersPath(_ index: Int) -> String { folder(index) + "/run/" + suite.definition.output }

    private static func text(of items: [Suite.Item]) -> String {
        items.map { $0.value.serialized(.compact) + "\n" }.joined()
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
