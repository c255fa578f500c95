/// A workflow file, read and checked: everything it names exists, every schema is enforceable, every reference is in
/// scope. Later code never checks again.
public struct Workflow: Hashable, Sendable {
    /// The workflow's name.
    public let name: String
    /// What it is for.
    public let description: String
    /// The folder it lies in, absolute and with symbolic links resolved.
    public let directory: String
    /// The workflow file.
    public let file: String
    /// The workflow file's text.
    public let sourceText: String
    /// What a run is started with.
    public let inputs: [InputDefinition]
    /// Which model is used.
    public let model: ModelSettings
    /// The tools it may use.
    public let tools: [String]
    /// What a run may use.
    public let budget: Budget
    /// What is decided on its calls.
    public let policy: PolicyDefinition
    /// What it does.
    public let steps: [StepDefinition]
    /// What it leaves.
    public let outputs: [OutputDefinition]
    /// The personal data that its runs replace before anything is recorded, besides what every run does.
    public let redact: [PersonalData]

    /// A workflow made in code; nothing is checked.
    public init(
        name: String, description: String = "", directory: String = "/", file: String = "workflow.yaml",
        sourceText: String = "", inputs: [InputDefinition] = [], model: ModelSettings = ModelSettings(),
        tools: [String] = [], budget: Budget = Budget(), policy: PolicyDefinition = PolicyDefinition(),
        steps: [StepDefinition], outputs: [OutputDefinition] = [], redact: [PersonalData] = []
    ) {
        self.name = name
        self.description = description
        self.directory = directory
        self.file = file
        self.sourceText = sourceText
        self.inputs = inputs
        self.model = model
        self.tools = tools
        self.budget = budget
        self.policy = policy
        self.steps = steps
        self.outputs = outputs
        self.redact = redact
    }
}
