import Foundation
import JSONSchemas

/// The record of an evaluation in its folder, so that a killed one goes on where it stopped.
///
/// `progress.jsonl`: what is evaluated, then one line when a batch's run begins and one when it ends, and what the answers
/// were held against. Of several lines on a batch the last one counts.
struct EvaluationLog {
    /// What is known of one batch.
    struct Batch {
        var run: String
        var exit: Int?
        /// What the run cost.
        var cost: Cost
        /// What runs cost that were taken for the batch before this one.
        var spent = Cost()
        /// What the run works on; nil where the log doesn't say.
        var content: BatchContent?
        /// Why it ended as it did, where there is something to say.
        var reason: String?

        /// Whether the run is gone on with: it was stopped, or it failed and what it works on is still the same.
        func isContinued(on content: BatchContent) -> Bool {
            exit == nil || self.content.map { content.isSame(as: $0) } ?? false
        }
    }

    /// A folder that runs work on, as the newest line says that speaks of it.
    struct Folder {
        /// Of what it held.
        var digest: String
        /// Whether a run has been at work in it since.
        var isUnfinished: Bool
    }

    private let path: String
    private(set) var batches: [Int: Batch] = [:]
    /// The folders that runs work on, by path.
    private(set) var folders: [String: Folder] = [:]
    /// What the answers were held against last.
    private(set) var standard: Standard?

    /// The log's path below `directory`.
    static func path(in directory: String) -> String { directory + "/progress.jsonl" }

    /// Reads the log below `directory`, or begins one.
    ///
    /// `subject`: what is evaluated; a log of something else is refused.
    init(directory: String, subject: JSONValue) throws(SuiteError) {
        path = Self.path(in: directory)
        let data = FileManager.default.contents(atPath: path) ?? Data()
        // A line that was cut by a crash is the last one, and what it says is not known then.
        let lines = data.split(separator: 10).map { try? JSONValue(parsing: Array($0)) }
        guard let known = lines.first.flatMap({ $0 })?["evaluates"] else {
            // A crash cut the very first line: nothing was begun yet. Anything else was written by somebody else.
            guard !data.contains(10) else {
                throw SuiteError(
                    "Can't read `\(path)`: its first line can't be understood. Name another folder with `--output`, or remove this "
                        + "one to begin anew.")
            }
            try empty()
            try append(["evaluates": subject])
            return
        }
        guard known == subject else {
            let names = Self.differences(known, subject).map { "`\($0)`" }.joined(separator: ", ")
            throw SuiteError(
                "Can't go on in `\(directory)`: it holds an evaluation with another \(names). Name another folder with "
                    + "`--output`.")
        }
        for line in lines.dropFirst() {
            if let line { read(line) }
        }
        if data.last != 10 { try append(nil) }
    }

    /// Notes that a batch's run began, or is gone on with.
    mutating func began(_ index: Int, run: String, content: BatchContent) throws(SuiteError) {
        note(index, run: run, exit: nil, cost: Cost(), content: content, reason: nil)
        try append(["batch": .integer(index), "run": .string(run), "content": content.json])
    }

    /// Notes that a batch's run ended.
    mutating func ended(
        _ index: Int, run: String, outcome: Evaluator.Outcome, content: BatchContent
    ) throws(SuiteError) {
        let (exit, cost) = (outcome.exit, outcome.cost)
        note(index, run: run, exit: exit, cost: cost, content: content, reason: outcome.reason)
        var line: JSONObject = [
            "batch": .integer(index), "run": .string(run), "exit": .integer(exit), "tokens": .integer(cost.tokens),
            "seconds": .number(cost.seconds), "questions": .integer(cost.questions), "content": content.json,
        ]
        if let reason = outcome.reason { line["reason"] = .string(reason) }
        try append(.object(line))
    }

    /// Notes what the answers are held against.
    mutating func scored(by standard: Standard) throws(SuiteError) {
        guard self.standard != standard else { return }
        self.standard = standard
        try append(["scored": standard.json])
    }

    private mutating func read(_ line: JSONValue) {
        if let value = line["scored"] { standard = Standard(fromJSON: value) }
        guard let index = line["batch"]?.intValue, let run = line["run"]?.stringValue else { return }
        let exit = line["exit"]?.intValue
        var cost = Cost()
        cost.tokens = line["tokens"]?.intValue ?? 0
        cost.seconds = line["seconds"]?.doubleValue ?? 0
        cost.questions = line["questions"]?.intValue ?? 0
        cost.runs = exit == nil ? 0 : 1
        note(
            index, run: run, exit: exit, cost: cost,
            content: line["content"].flatMap(BatchContent.init(fromJSON:)), reason: line["reason"]?.stringValue)
    }

    private mutating func note(
        _ index: Int, run: String, exit: Int?, cost: Cost, content: BatchContent?, reason: String?
    ) {
        var batch = Batch(run: run, exit: exit, cost: cost, content: content, reason: reason)
        if let earlier = batches[index] {
            batch.spent = earlier.spent
            if exit == nil {
                if earlier.run == run {
                    // Gone on with: at its end the cost of the whole run takes the place of this.
                    batch.cost = earlier.cost
                } else {
                    batch.spent = batch.spent + earlier.cost
                }
            }
        }
        batches[index] = batch
        for (name, path) in content?.folders ?? [:] {
            guard let digest = content?.inputs[name] else { continue }
            folders[path] = Folder(digest: digest, isUnfinished: exit == nil)
        }
    }

    /// The names of the members that aren't the same in both.
    private static func differences(_ one: JSONValue, _ other: JSONValue) -> [String] {
        let names = Set(one.objectValue?.keys ?? []).union(other.objectValue?.keys ?? [])
        return names.filter { one[$0] != other[$0] }.sorted()
    }

    /// Empties the file in place: it is locked, and another of the same name wouldn't be.
    private func empty() throws(SuiteError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.truncate(atOffset: 0)
            try handle.close()
        } catch {
            throw SuiteError("Can't write `\(path)`: \(error.localizedDescription).")
        }
    }

    /// Writes a line, or only the end of one that was cut.
    private func append(_ value: JSONValue?) throws(SuiteError) {
        do {
            if !FileManager.default.fileExists(atPath: path) {
                _ = FileManager.default.createFile(atPath: path, contents: nil)
            }
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(((value?.serialized(.compact) ?? "") + "\n").utf8))
            try handle.synchronize()
            try handle.close()
        } catch {
            throw SuiteError("Can't write `\(path)`: \(error.localizedDescription).")
        }
    }
}
