import Evaluation
import Foundation
import JSONSchemas
import Reports
import WorkflowFormat

/// Writes what an evaluation found: files in its folder, figures on standard output.
struct EvaluationOutput {
    let directory: String
    let isJSON: Bool

    /// Writes one result or two, and how the last compares with the first or with an earlier one.
    func write(_ results: [EvaluationResult], against earlier: EarlierEvaluation?) throws {
        guard let last = results.last else { return }
        var comparisons: [FigureComparison] = []
        if let earlier {
            comparisons = try earlier.compared(with: last)
        } else if results.count == 2 {
            comparisons = last.compared(with: results[0].itemParts)
        }
        var names = ["evaluation.html", "evaluation.junit.xml"]
        for (index, result) in results.enumerated() {
            let name = (results.count > 1 ? "model-\(index + 1)/" : "") + "evaluation.json"
            try save(result.detailed.serialized(.spaced) + "\n", to: directory + "/" + name)
            names.append(name)
        }
        try save(EvaluationPage(results, comparisons: comparisons).html(), to: directory + "/evaluation.html")
        try save(
            JUnitReport.render(suite: last.suite, rows: Self.cases(last)), to: directory + "/evaluation.junit.xml")
        try save(
            EvaluationManifest.text(results, files: names, in: directory),
            to: directory + "/" + EvaluationManifest.fileName)
        for result in results {
            if let origin = result.origin { Output.message(origin) }
            if !result.contradicted.isEmpty {
                let names = result.contradicted.map { "`\($0)`" }.joined(separator: ", ")
                Output.message("answered in two ways, which counts as not answered: " + Terminal.visible(names))
            }
        }
        if isJSON {
            printLines(results, comparisons)
        } else {
            printTable(results, comparisons)
        }
    }

    private func printLines(_ results: [EvaluationResult], _ comparisons: [FigureComparison]) {
        for result in results.dropLast() { Output.result(result.json) }
        guard var object = results.last?.json.objectValue else { return }
        if !comparisons.isEmpty {
            object["comparison"] = .object(JSONObject(comparisons.map { ($0.name, $0.json) }))
        }
        Output.result(.object(object))
    }

    private func printTable(_ results: [EvaluationResult], _ comparisons: [FigureComparison]) {
        for result in results {
            let model = result.subject["model"]?.stringValue ?? ""
            Output.result("\(result.suite) with \(model): \(result.count) items, \(result.successes) wholly right")
            for score in result.scores {
                let details = score.details.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.percent($0.value))" }
                Output.result(
                    "  \(score.name): \(Self.percent(score.value)) (95 %: \(Self.percent(score.interval.low)) to "
                        + "\(Self.percent(score.interval.high)); n \(score.count))"
                        + (details.isEmpty ? "" : "  " + details.joined(separator: ", ")))
            }
            for field in result.weighed where result.calibrated.isEmpty {
                Output.result(
                    ReliabilityText.line(field.step + field.pointer, field.adjustment, field.reliability))
                Output.result(ReliabilityText.limits(field.reliability))
                if let crossFitted = field.crossFitted {
                    let name = field.step + field.pointer
                    Output.result(ReliabilityText.line(name, "each half by what the other taught", crossFitted))
                    Output.result(ReliabilityText.limits(crossFitted))
                }
            }
            for fit in result.calibrated {
                let name = fit.field.step + fit.field.pointer
                Output.result(ReliabilityText.line(name, .identity, fit.before))
                Output.result(ReliabilityText.line(name, fit.adjustment, fit.after))
                Output.result(ReliabilityText.limits(fit.after))
                if fit.isAtLimit {
                    Output.result("    the temperature is as far as it goes: too few answers were wrong, or too many")
                }
            }
            let cost = result.cost
            Output.result(
                "  cost: \(cost.runs) runs, \(Int(cost.seconds.rounded())) s, \(cost.tokens) tokens, \(cost.questions) questions"
            )
            if let each = cost.json(successes: result.successes).objectValue, result.successes > 0 {
                let parts = ["seconds", "tokens", "questions"].map { unit in
                    "\(each[unit + "_per_success"]?.doubleValue ?? 0) \(unit)"
                }
                Output.result("  one wholly right item: " + parts.joined(separator: ", "))
            }
            for failure in result.failedRuns {
                Output.result("  run \(failure.run) ended with exit code \(failure.exit); its items count as wrong")
            }
            for refusal in result.refusedRuns {
                let note = "  in run \(refusal.run) calls were refused; its answers count. \(refusal.reason ?? "")"
                Output.result(Terminal.visible(note))
            }
        }
        for figure in comparisons {
            let comparison = figure.comparison
            Output.result(
                "\(figure.name): second minus first \(Self.percent(comparison.difference)), "
                    + "p \(Self.digits(comparison.p)) (\(comparison.secondBetter) better, "
                    + "\(comparison.firstBetter) worse of \(figure.count) items"
                    + (figure.leftOut > 0 ? "; \(figure.leftOut) that only one has left out)" : ")"))
        }
        Output.message("wrote \(directory)/evaluation.html")
    }

    /// One test case an item and figure that judges it.
    private static func cases(_ result: EvaluationResult) -> [JSONObject] {
        result.scores.filter(\.judgesItems).flatMap { score in
            let failed = Dictionary(score.failures.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            return score.identifiers.map { id -> JSONObject in
                var row: JSONObject = [
                    "name": .string(id), "classname": .string(score.name),
                    "outcome": failed[id] == nil ? "pass" : "fail",
                ]
                if let item = failed[id] {
                    row["message"] = .string(
                        "answered \(item.answer?.serialized(.compact) ?? "nothing"), right is \(item.gold.serialized(.compact))"
                    )
                }
                return row
            }
        }
    }

    private func save(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CommandFailure(.ioFailure, "Can't write `\(path)`: \(error.localizedDescription).")
        }
    }

    private static func percent(_ share: Double) -> String { digits((share * 1_000).rounded() / 10) + " %" }

    private static func digits(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
}
