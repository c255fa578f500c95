import ArgumentParser
import Foundation
import ModelRuntime
import Orchestration
import ToolExecution
import WorkflowFormat

/// `warrant run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a workflow.",
        discussion: """
            At a terminal you are asked where the policy says `ask`; elsewhere the run parks with exit code 2, and \
            `warrant approve`, `warrant deny` and `warrant resume` go on with it.

            A workflow may name a smaller model that its readings ask first (`model: { first: NAME, memory: SIZE }`). It is \
            asked only without `--model`; the record says who answered what.
            """)

    @Argument(help: "A folder with workflow.yaml, a workflow file, or the name of a workflow that comes with Warrant.")
    var workflow: String

    @Option(name: .long, help: ArgumentHelp("An input; may be repeated.", valueName: "k=v"))
    var input: [String] = []

    @Option(name: .long, help: ArgumentHelp("Where the run's files go (default warrant-output/RUN).", valueName: "DIR"))
    var output: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The issue tracker: local, or a name from `warrant tracker list`.", valueName: "NAME"))
    var tracker = TrackerChoice.local

    @Flag(name: .long, help: "Take the steps, but only show calls that would change something.")
    var dryRun = false

    @Flag(name: .long, help: "Accepted for symmetry with `watch`: a run shows its progress anyway.")
    var follow = false

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await Output.reporting(json: options.json) {
            let surroundings = try Surroundings()
            let registry = try surroundings.registry()
            let operatorPolicy = try surroundings.operatorPolicy(registry)
            let checked = try Workflow.load(
                path: surroundings.workflowPath(workflow), tools: registry.definitions)
            try WorkflowCheck.policyTests(checked, registry: registry)
            let session = try await RunSession(
                surroundings: surroundings, workflow: checked,
                model: options.model ?? checked.model.use, isOperators: options.model != nil, tracker: tracker,
                json: options.json,
                isUnattended: options.unattended,
                isFresh: options.fresh, isDeterministic: options.deterministic,
                withoutFirst: options.model.map { _ in "`--model` names the one that is asked" })
            let calibration = CalibrationChoice.fitting(checked, session.services, model: session.modelName)
            let configuration = RunConfiguration(
                workflow: checked, inputs: try Self.inputs(input), outputDirectory: output.map(Surroundings.absolute),
                modelName: session.modelName, isDryRun: dryRun, registry: registry, operatorPolicy: operatorPolicy,
                calibration: calibration.own,
                isModelOperators: options.model != nil,
                firstCalibration: calibration.first)
            let run = try Run.start(
                configuration, services: session.services, currentDirectory: surroundings.currentDirectory)
            try await session.execute(run)
        }
    }

    /// `k=v` pairs by name.
    static func inputs(_ pairs: [String]) throws -> [String: String] {
        var result: [String: String] = [:]
        for pair in pairs {
            guard let sign = pair.firstIndex(of: "="), sign > pair.startIndex else {
                throw CommandFailure(.usage, "Can't read `--input \(pair)`: write it as name=value.")
            }
            let name = String(pair[..<sign])
            guard result.updateValue(String(pair[pair.index(after: sign)...]), forKey: name) == nil else {
                throw CommandFailure(.usage, "Can't read `--input \(pair)`: `\(name)` is given twice.")
            }
        }
        return result
    }
}
