import ArgumentParser
import Evaluation
import Foundation
import JSONSchemas
import Orchestration
import Reports
import RunJournal
import ToolExecution
import WorkflowFormat

/// `warrant eval SUITE`, also `warrant eval run SUITE`.
struct EvalRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a suite with known answers and say how good and how dear the answers were.",
        discussion: """
            A suite is a folder with suite.yaml. Runs are taken unattended: what needs a person counts as a question. \
            The same command goes on with an evaluation that was stopped, and takes runs that failed again; it exits \
            with 1 while some have. Answers from before are used only while workflow, model, items and inputs are the \
            same; gold and scores may change, and then they are scored anew. With two models, or with --against, the \
            figures are compared item by item.

            --calibrate takes one half of the items, says how sure the model was of closed fields that `min_confidence`, \
            `min_margin` or `first` names and how often it was right, fits a temperature for each field and offsets of its \
            options, and writes calibration.json beside the workflow: from then on runs with the same weights and prompt \
            work out with it what they take and how sure they are. --held-out takes the other half, which is never fitted \
            on, so that its figures say what that is worth. --calibrate takes one model: that of the workflow, or with \
            --model the smaller one that it asks first.

            The folder then holds evaluation.json, evaluation.html, evaluation.junit.xml and manifest.json.
            """)

    @Argument(help: "A folder with suite.yaml, or the file.")
    var suite: String

    @Option(
        name: .long,
        help: ArgumentHelp("A model as in `warrant run`; twice to compare two.", valueName: "M"))
    var model: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("Another workflow than the suite's, to compare versions.", valueName: "PATH"))
    var workflow: String?

    @Option(name: .long, help: ArgumentHelp("Compare with the evaluation in this folder.", valueName: "DIR"))
    var against: String?

    @Option(name: .long, help: ArgumentHelp("The folder that ${data} stands for in the suite.", valueName: "DIR"))
    var data: String?

    @Option(name: .long, help: ArgumentHelp("Only the first items.", valueName: "N"))
    var limit: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The evaluation's folder (default warrant-output/eval-SUITE, and with -development or -held-out behind it for one half).",
            valueName: "DIR"))
    var output: String?

    @Flag(name: .long, help: "Use answers that are known from earlier runs; times and tokens then say little.")
    var remembered = false

    @Flag(name: .long, help: "Fit how sure answers are to how often they are right, on the development half.")
    var calibrate = false

    @Flag(name: .long, help: "Only the half of the items that --calibrate never looks at.")
    var heldOut = false

    @Flag(name: .long, help: "One JSON value a line on standard output; the last one is the evaluation.")
    var json = false

    func validate() throws {
        guard model.count < 3 else { throw ValidationError("Can't compare \(model.count) models: name one or two.") }
        guard !calibrate || !heldOut else {
            throw ValidationError("Can't calibrate on the held-out items: they say what a calibration is worth.")
        }
        guard !calibrate || (model.count < 2 && against == nil) else {
            throw ValidationError(
                "Can't compare while calibrating: a calibration is of one model, and its figures are of what was fitted."
            )
        }
        guard (limit ?? 1) > 0 else { throw ValidationError("Can't evaluate \(limit ?? 0) items: name at least one.") }
    }

    func run() async throws {
        try await Output.reporting(json: json) {
            let definition = try SuiteDefinition.load(path: Surroundings.absolute(suite))
            let loaded = try Suite(definition, limit: limit, data: data.map(Surroundings.absolute), part: part)
            let earlier = try against.map { try EarlierEvaluation.read(Surroundings.absolute($0)) }
            try earlier?.check(loaded)
            if !loaded.unscored.isEmpty {
                Output.message("no score reads these members of the gold file: \(Self.list(loaded.unscored))")
            }
            if !loaded.hiddenMembers.isEmpty {
                Output.message(
                    "no run sees these members of the items, since a score reads them from the gold: "
                        + Self.list(loaded.hiddenMembers))
            }
            let directory =
                output.map(Surroundings.absolute)
                ?? Surroundings.absolute(
                    "warrant-output/eval-" + definition.name + (part == .whole ? "" : "-" + part.rawValue))
            let evaluation = EvaluationSession(
                suite: loaded, directory: directory, workflowPath: workflow.map(Surroundings.absolute),
                isRemembering: remembered, isCalibrating: calibrate, isJSON: json)
            var results: [EvaluationResult] = []
            let names = model.isEmpty ? [nil] : model.map(Optional.some)
            for (index, name) in names.enumerated() {
                results.append(
                    try await evaluation.result(
                        model: name, directory: names.count > 1 ? "\(directory)/model-\(index + 1)" : directory))
            }
            try EvaluationOutput(directory: directory, isJSON: json).write(results, against: earlier)
            let failed = results.reduce(0) { $0 + $1.failedRuns.count }
            guard failed == 0 else {
                let count = results.reduce(0) { $0 + $1.batchCount }
                Output.message(
                    "warrant: Can't score every item: \(failed) of \(count) runs failed. The same command goes on with them."
                )
                // Not a failure of the command, whose line would take the place of the evaluation's as the last one.
                throw ExitCode(CommandFailure.Code.failed.rawValue)
            }
        }
    }

    private var part: SuitePart { calibrate ? .development : heldOut ? .heldOut : .whole }

    private static func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
