import Evaluation
import Foundation
import JSONSchemas

/// An evaluation that was made before, to compare with.
struct EarlierEvaluation {
    private let directory: String
    private let parts: ItemParts
    private let goldDigest: String?

    /// Reads `evaluation.json` in `directory`.
    static func read(_ directory: String) throws -> EarlierEvaluation {
        let path = directory + "/evaluation.json"
        guard let data = try? Data(contentsOf: URL(filePath: path)), let json = try? JSONValue(parsing: Array(data)),
            let parts = json["items"].flatMap(ItemParts.init(fromJSON:))
        else {
            throw CommandFailure(
                .badData,
                "Can't compare with `\(directory)`: it holds no finished evaluation with its items (`evaluation.json`)."
            )
        }
        return EarlierEvaluation(directory: directory, parts: parts, goldDigest: json["gold"]?.stringValue)
    }

    /// Refuses a suite that it can't be compared with, before any run is taken.
    func check(_ suite: Suite) throws {
        guard parts.shares(with: suite) else { throw unlike }
        if goldDigest != suite.goldDigest {
            Output.message("the gold is another one than in `\(directory)`: each evaluation is held against its own")
        }
    }

    /// How `result` compares with it, figure by figure.
    func compared(with result: EvaluationResult) throws -> [FigureComparison] {
        let comparisons = result.compared(with: parts)
        guard !comparisons.isEmpty else { throw unlike }
        return comparisons
    }

    private var unlike: CommandFailure {
        CommandFailure(
            .badData, "Can't compare with `\(directory)`: it has no figure on an item of this suite.",
            fix: "Figures are matched by name, items by identifier.")
    }
}
