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
    /// Whether effects are only shown.
    public let isDryRun: Bool
    /// The tools there are.
    public let registry: ToolRegistry
    /// The policy of whoever runs this machine, which narrows the workflow's; nil where there is none.
    public let operatorPolicy: OperatorPolicy?

    /// The same with other inputs, and with the operator's policy as `redactor` lets it be recorded.
    func with(inputs: [String: String], redactedBy redactor: Redactor) -> RunConfiguration {
        RunConfiguration(
            workflow: workflow, inputs: inputs, outputDirectory: outputDirectory, modelName: modelName,
            isDryRun: isDryRun, registry: registry, operatorPolicy: operatorPolicy?.recorded(by: redactor))
    }

    /// A run of `workflow`.
    public init(
        workflow: Workflow, inputs: [String: String], outputDirectory: String?, modelName: String, isDryRun: Bool,
        registry: ToolRegistry, operatorPolicy: OperatorPolicy?
    ) {
        self.workflow = workflow
        self.inputs = inputs
        self.outputDirectory = outputDirectory
        self.modelName = modelName
        self.isDryRun = isDryRun
        self.registry = registry
        self.operatorPolicy = operatorPolicy
    }
}
