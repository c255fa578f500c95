import Evaluation
import Foundation
import JSONSchemas

/// The values of an evaluation that was made before.
struct EarlierEvaluation {
    private let directory: String
    private let values: [String: [Double]]

    /// Reads `evaluation.json` in `directory`.
    static func read(_ directory: String) throws -> EarlierEvaluation {
        let path = directory + "/evaluation.json"
        guard let data = try? Data(contentsOf: URL(filePath: path)), let json = try? JSONValue(parsing: Array(data)),
            let figures = json["values"]?.objectValue
        else {
            throw CommandFailure(
                .badData, "Can't compare with `\(directory)`: it holds no finished evaluation (`evaluation.json`).")
        }
        var values: [String: [Double]] = [:]
        for (name, list) in figures { values[name] = (list.arrayValue ?? []).compactMap(\.doubleValue) }
        return EarlierEvaluation(directory: directory, values: values)
    }

    /// How `result` compares with it, figure by figure.
    func compared(with result: EvaluationResult) throws -> [(name: String, comparison: Comparison)] {
        let comparisons = result.scores.compactMap { score -> (name: String, comparison: Comparison)? in
            guard let first = values[score.name], first.count == score.values.count else { return nil }
            return (score.name, Comparison(first: first, second: score.values))
        }
        guard !comparisons.isEmpty else {
            throw CommandFailure(
                .badData, "Can't compare with `\(directory)`: it has no figure on the same items as this suite.")
        }
        return comparisons
    }
}
