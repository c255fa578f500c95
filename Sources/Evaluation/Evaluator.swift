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
        /// The run that was begun for this batch and stopped, or that failed, to be gone on with: another one would have its
        /// effects again. nil to start one.
        public let unfinishedRun: String?
    }

    /// How a batch's run ended.
    public struct Outcome: Sendable {
        /// The exit code of the run: 0 done, 2 waits for a person, 1 done but for effects that were refused, 3 done but for
        /// calls that the policy refused; others, and 1 and 3 without the file of answers, are failures.
        public let exit: Int
        /// What it cost.
        public let cost: Cost
        /// Why it ended so, in a sentence, where there is something to say.
        public let reason: String?

        /// An outcome.
        public init(exit: Int, cost: Cost, reason: String? = nil) {
            self.exit = exit
            self.cost = cost
            self.reason = reason
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

    /// Takes every batch that isn't finished, goes on with runs that failed, and scores all answers.
    ///
    /// A run that came to its end with its answers is never taken again, whatever was refused in it: its effects are done.
    /// One that failed is gone on with while it has the same to work on; else another one takes its place.
    ///
    /// Answers from before are used only where the items and what the inputs hold are the same as when they were made. The
    /// gold and the scores reach no run: with others the same answers are scored anew.
    ///
    /// `perform`: takes a run; it calls its second argument with the run's identifier before it starts one.
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
        // Files and texts are digested once; folders whenever a run begins or ends, since runs may work in them.
        var digests: [String: String] = [:]
        var contents: [BatchContent] = []
        for index in suite.batches.indices { contents.append(try content(index, known: &digests)) }
        let fixed = digests.filter { !BatchContent.isFolder($0.value) }
        try refuseChanges(contents, log)
        let runsFromBefore = suite.batches.indices.count { isFinished(log.batches[$0], $0) }
        for (index, items) in suite.batches.enumerated() {
            let earlier = log.batches[index]
            if isFinished(earlier, index) { continue }
            let folder = folder(index)
            try makeFolder(folder)
            let before = contents[index].takingFolders(from: try content(index, fixed: fixed))
            var unfinished: String?
            if let earlier, earlier.isContinued(on: before) { unfinished = earlier.run }
            if let unfinished {
                try log.began(index, run: unfinished, content: before)
            } else if earlier?.exit != nil {
                // What a failed run left is no part of the next one.
                removeRunFiles(folder)
            }
            if !items.isEmpty { try write(Self.text(of: items), to: itemsPath(index)) }
            let batch = Batch(
                index: index, count: suite.batches.count, inputs: try suite.inputs(for: items, at: itemsPath(index)),
                output: folder + "/run", unfinishedRun: unfinished)
            let outcome = try await perform(batch) { run in
                // What another run left is no part of this one.
                if batch.unfinishedRun.map({ $0 != run }) ?? false { removeRunFiles(folder) }
                try log.began(index, run: run, content: before)
            }
            guard !Self.endings.contains(outcome.exit) else {
                throw EvaluationStopped(exit: outcome.exit, directory: directory)
            }
            try log.ended(
                index, run: log.batches[index]?.run ?? "", outcome: outcome,
                content: before.takingFolders(from: try content(index, fixed: fixed)))
        }
        let changedStandard = runsFromBefore > 0 ? log.standard.map { suite.standard.changes(since: $0) } ?? [] : []
        let taken = try answers(log)
        let scores = try await suite.scores(taken.answers.rows, command: command)
        try log.scored(by: suite.standard)
        var result = EvaluationResult(
            suite: suite.definition.name, subject: subject, count: suite.gold.count, scores: scores, cost: taken.cost,
            failedRuns: taken.failures, refusedRuns: taken.refused, batchCount: suite.batches.count,
            runsFromBefore: runsFromBefore, changedStandard: changedStandard, contradicted: taken.answers.contradicted,
            goldDigest: suite.standard.gold)
        result.runs = taken.runs
        return result
    }

    /// A batch's content: what `fixed` has, and all else as it is now.
    private func content(_ index: Int, fixed: [String: String]) throws(SuiteError) -> BatchContent {
        var known = fixed
        return try content(index, known: &known)
    }

    /// `known`: digests by input text; most inputs are the same for all batches.
    private func content(_ index: Int, known: inout [String: String]) throws(SuiteError) -> BatchContent {
        let path = itemsPath(index)
        var digests: [String: String] = [:]
        var folders: [String: String] = [:]
        let inputs = try suite.inputs(for: suite.batches[index], at: path)
        for (name, text) in inputs.merging(defaults, uniquingKeysWith: { given, _ in given }) where text != path {
            let digest =
                known[text]
                ?? BatchContent.digest(of: text, base: suite.definition.directory, leavingOut: directory)
            known[text] = digest
            digests[name] = digest
            if BatchContent.isFolder(digest) {
                folders[name] = BatchContent.path(of: text, base: suite.definition.directory)
            }
        }
        return BatchContent(
            items: ContentDigest.hex(of: Self.text(of: suite.batches[index])), inputs: digests, folders: folders,
            output: suite.definition.output)
    }

    /// Answers are never taken for answers to something else.
    private func refuseChanges(_ contents: [BatchContent], _ log: EvaluationLog) throws(SuiteError) {
        var changes: [String] = []
        for (index, content) in contents.enumerated() {
            // A failed run is gone on with, or taken anew with whatever is there now.
            guard let batch = log.batches[index], batch.exit == nil || isFinished(batch, index) else { continue }
            let found =
                batch.content.map { earlier in content.changes(since: earlier) { log.folders[$0] } }
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
        case 1, 3: !FileManager.default.fileExists(atPath: answersPath(index))
        default: true
        }
    }

    private func answers(_ log: EvaluationLog) throws(SuiteError) -> TakenAnswers {
        var taken = TakenAnswers()
        for index in suite.batches.indices {
            guard let batch = log.batches[index], let exit = batch.exit else { continue }
            taken.cost = taken.cost + batch.spent + batch.cost
            if isFailure(exit, index) {
                taken.failures.append(EvaluationResult.Failure(run: batch.run, exit: exit))
                continue
            }
            if exit == 1 || exit == 3 {
                taken.refused.append(EvaluationResult.Refusal(run: batch.run, exit: exit, reason: batch.reason))
            }
            guard FileManager.default.fileExists(atPath: answersPath(index)) else { continue }
            taken.runs.append(TakenRun(run: batch.run, items: suite.batches[index].map(\.id)))
            taken.answers.add(
                try suite.answers(inFile: answersPath(index), run: batch.run, items: suite.batches[index]))
        }
        return taken
    }

    private func removeRunFiles(_ folder: String) { try? FileManager.default.removeItem(atPath: folder + "/run") }

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
