import Redaction
public import ToolExecution
public import WorkflowFormat

/// What is to be run.
public struct RunConfiguration: Sendable {
    /// The checked workflow.
    public let workflow: Workflow
    /// What the command gave, by input name; defaults fill the rest.
    public let inputs: [String: String]
    /// Where the run's files go, an absolute path; `nil` for the default below the current folder.
    public let outputDirectory: String?
    /// The model's name as the command gave it.
    public let modelName: String
    /// Whether the operator named the model, and not the workflow. A run that goes on remembers it: see `ServerKey`.
    public let isModelOperators: Bool
    /// Whether effects are only shown.
    public let isDryRun: Bool
    /// The tools there are.
    public let registry: ToolRegistry
    /// The policy of whoever runs this machine, which narrows the workflow's; nil where there is none.
    public let operatorPolicy: OperatorPolicy?
    /// The temperatures of closed fields that fit this workflow and this model; nil where there are none.
    public let calibration: Calibration?
    /// The same for the smaller model that readings ask first.
    public let firstCalibration: Calibration?

    /// The same with other calibrations.
    func with(calibration: Calibration?, first: Calibration?) -> RunConfiguration {
        RunConfiguration(
            workflow: workflow, inputs: inputs, outputDirectory: outputDirectory, modelName: modelName,
            isDryRun: isDryRun, registry: registry, operatorPolicy: operatorPolicy, calibration: calibration,
            isModelOperators: isModelOperators, firstCalibration: first)
    }

    /// The same with other inputs, and with the operator's policy as `redactor` lets it be recorded.
    func with(inputs: [String: String], redactedBy redactor: Redactor) -> RunConfiguration {
        RunConfiguration(
            workflow: workflow, inputs: inputs, outputDirectory: outputDirectory, modelName: modelName,
            isDryRun: isDryRun, registry: registry, operatorPolicy: operatorPolicy?.recorded(by: redactor),
            calibration: calibration, isModelOperators: isModelOperators, firstCalibration: firstCalibration)
    }

    /// A run of `workflow`.
    public init(
        workflow: Workflow, inputs: [String: String], outputDirectory: String?, modelName: String, isDryRun: Bool,
        registry: ToolRegistry, operatorPolicy: OperatorPolicy?, calibration: Calibration? = nil,
        isModelOperators: Bool = false, firstCalibration: Calibration? = nil
    ) {
        self.workflow = workflow
        self.inputs = inputs
        self.outputDirectory = outputDirectory
        self.modelName = modelName
        self.isDryRun = isDryRun
        self.registry = registry
        self.operatorPolicy = operatorPolicy
        self.calibration = calibration
        self.firstCalibration = firstCalibration
        self.isModelOperators = isModelOperators
    }
}
