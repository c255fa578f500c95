import Foundation
import JSONSchemas

/// The record of an evaluation in its folder, so that a killed one goes on where it stopped.
struct EvaluationLog {
    /// What is known of one batch.
    struct Batch {
        var run: String
        var exit: Int?
        var cost: Cost
    }

    private let path: String
    private(set) var batches: [Int: Batch] = [:]

    /// Reads the log below `directory`, or begins one.
    ///
    /// `subject`: what is evaluated; a log of something else is refused.
    init(directory: String, subject: JSONValue) throws(SuiteError) {
        path = directory + "/progress.jsonl"
        guard FileManager.default.fileExists(atPath: path) else {
            try append(["evaluates": subject])
            return
        }
        // A line that was cut by a crash is the last one, and what it says is not known then.
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").compactMap { try? JSONValue(parsing: Array($0.utf8)) }
        guard lines.first?["evaluates"] == subject else {
            throw SuiteError(
                "Can't go on in `\(directory)`: it holds an evaluation of another suite, workflow or model. Name another folder with `--output`."
            )
        }
        for line in lines.dropFirst() {
            guard let index = line["batch"]?.intValue, let run = line["run"]?.stringValue else { continue }
            var cost = Cost()
            cost.tokens = line["tokens"]?.intValue ?? 0
            cost.seconds = line["seconds"]?.doubleValue ?? 0
            cost.questions = line["questions"]?.intValue ?? 0
            cost.runs = 1
            batches[index] = Batch(run: run, exit: line["exit"]?.intValue, cost: cost)
        }
        if !text.isEmpty, !text.hasSuffix("\n") { try append(nil) }
    }

    /// Notes that a batch's run began.
    mutating func began(_ index: Int, run: String) throws(SuiteError) {
        batches[index] = Batch(run: run, exit: nil, cost: Cost())
        try append(["batch": .integer(index), "run": .string(run)])
    }

    /// Notes that a batch's run ended.
    mutating func ended(_ index: Int, run: String, exit: Int, cost: Cost) throws(SuiteError) {
        batches[index] = Batch(run: run, exit: exit, cost: cost)
        try append([
            "batch": .integer(index), "run": .string(run), "exit": .integer(exit), "tokens": .integer(cost.tokens),
            "seconds": .number(cost.seconds), "questions": .integer(cost.questions),
        ])
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
