import Foundation
import JSONSchemas
import Supervisor

/// The evaluations in a folder, for the page: those of `evaluation.json` files in it and in its subfolders.
enum EvaluationList {
    /// Folders that are gone down at most, and failures that are shown of one figure.
    private static let depthLimit = 3
    private static let failureLimit = 50
    private static let fileByteLimit = 32 << 20

    /// The evaluations below these folders, newest first.
    static func view(of folders: [String]) -> EvaluationsView {
        var found: [(date: Date, evaluation: EvaluationsView.Evaluation)] = []
        var remarks: [String] = []
        for path in Set(folders.flatMap { files(in: $0, depth: 0) }).sorted() {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let date = attributes?[.modificationDate] as? Date ?? .distantPast
            // What is no file may be waited for without end.
            guard attributes?[.type] as? FileAttributeType == .typeRegular,
                let size = attributes?[.size] as? Int, size <= fileByteLimit,
                let data = FileManager.default.contents(atPath: path),
                let json = try? JSONValue(parsing: Array(data)), let evaluation = evaluation(json, path, date)
            else {
                remarks.append("Can't read `\(path)`: it holds no finished evaluation.")
                continue
            }
            found.append((date, evaluation))
        }
        if found.isEmpty {
            let places = folders.map { "`\($0)`" }.joined(separator: ", ")
            remarks.append(
                "There is none in \(places). `warrant eval SUITE` makes one; `warrant serve --evaluations DIR` looks elsewhere."
            )
        }
        return EvaluationsView(evaluations: found.sorted { $0.date > $1.date }.map(\.evaluation), remarks: remarks)
    }

    private static func files(in folder: String, depth: Int) -> [String] {
        guard depth <= depthLimit, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return []
        }
        var paths: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = folder + "/" + name
            if name == "evaluation.json" {
                paths.append(path)
            } else if isFolder(path) {
                paths += files(in: path, depth: depth + 1)
            }
        }
        return paths
    }

    private static func isFolder(_ path: String) -> Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return type == .typeDirectory
    }

    private static func evaluation(
        _ json: JSONValue, _ path: String, _ date: Date
    ) -> EvaluationsView.Evaluation? {
        guard let suite = json["suite"]?.stringValue, let scores = json["scores"]?.objectValue else { return nil }
        let folder = String(path.dropLast("/evaluation.json".count))
        let runs = runs(in: folder)
        let cost = json["cost"]
        var shown = scores.map { name, score in
            EvaluationsView.Score(
                name: name, value: score["value"]?.doubleValue ?? 0, low: score["low"]?.doubleValue ?? 0,
                high: score["high"]?.doubleValue ?? 0,
                // Where one run answered everything it is known which one.
                failures: failures(json["items"]?[name], run: runs.count == 1 ? runs[0] : nil))
        }
        let failed = (json["failed_runs"]?.arrayValue ?? []).map { run in
            EvaluationsView.Failure(
                item: "a run that ended with exit code \(run["exit"]?.intValue ?? -1)", run: run["run"]?.stringValue,
                answer: "", gold: "")
        }
        if let first = shown.first, !failed.isEmpty {
            shown[0] = EvaluationsView.Score(
                name: first.name, value: first.value, low: first.low, high: first.high,
                failures: failed + first.failures)
        }
        return EvaluationsView.Evaluation(
            directory: folder, suite: suite, model: json["subject"]?["model"]?.stringValue ?? "",
            at: date.formatted(.iso8601), itemCount: json["n"]?.intValue ?? 0,
            successCount: cost?["successes"]?.intValue ?? 0, scores: shown,
            costs: ["seconds", "tokens", "questions", "runs"].compactMap { name in
                cost?[name]?.doubleValue.map { (name, $0) }
            })
    }

    /// The items whose own figure is not full.
    private static func failures(_ figure: JSONValue?, run: String?) -> [EvaluationsView.Failure] {
        guard figure?["measure"]?.stringValue == "mean", let items = figure?["parts"]?.objectValue else { return [] }
        let wrong = items.filter { ($0.value.arrayValue?.first?.doubleValue ?? 1) < 1 }
        return wrong.prefix(failureLimit).map {
            EvaluationsView.Failure(item: $0.key, run: run, answer: "", gold: "")
        }
    }

    /// The runs that an evaluation took, as its log says.
    private static func runs(in folder: String) -> [String] {
        let path = folder + "/progress.jsonl"
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? Int,
            size <= fileByteLimit, let data = FileManager.default.contents(atPath: path)
        else { return [] }
        let lines = data.split(separator: 10).compactMap { try? JSONValue(parsing: Array($0)) }
        return Array(Set(lines.compactMap { $0["run"]?.stringValue })).sorted()
    }
}
