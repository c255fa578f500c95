import JSONSchemas

/// Reads a workflow file section by section: inputs and tools first, so that everything after can be checked against
/// them where it stands.
struct WorkflowReader {
    static let keys = [
        "workflow", "description", "inputs", "model", "tools", "budget", "policy", "steps", "outputs",
        "redact",
    ]

    let definitions: [ToolDefinition]
    let files: SourceFiles
    /// The folder's name as it is shown in messages about its files.
    let shownDirectory: String
    var reader = FieldReader(subject: "workflow")
    var scope = ReferenceScope()
    var inputs: [InputDefinition] = []
    var tools: [String] = []
    /// The paths that are written, with the place that names each first.
    var writtenPaths: [String: SourcePosition] = [:]
    /// Where the workflow names smaller weights to ask first; nil where it names none.
    var firstModelPosition: SourcePosition?
    /// Whether a step asks them.
    var asksFirstModel = false

    init(definitions: [ToolDefinition], files: SourceFiles, shownDirectory: String) {
        self.definitions = definitions
        self.files = files
        self.shownDirectory = shownDirectory
    }

    mutating func read(_ root: YAMLNode, text: String, file: String) throws(WorkflowErrors) -> Workflow {
        let workflow = reader.fields(root, of: "the workflow", known: Self.keys).map { fields in
            readWorkflow(fields, text: text, file: file)
        }
        guard let workflow, reader.problems.isEmpty else {
            // Sorted within each file, the workflow file first.
            throw WorkflowErrors(
                reader.problems.sorted { first, second in
                    let a = (
                        first.position.file == file ? "" : first.position.file, first.position.line,
                        first.position.column
                    )
                    let b = (
                        second.position.file == file ? "" : second.position.file, second.position.line,
                        second.position.column
                    )
                    return a < b
                })
        }
        return workflow
    }

    private mutating func readWorkflow(_ fields: Fields, text: String, file: String) -> Workflow {
        let name = reader.string(fields, "workflow", isRequired: true) ?? ""
        if !name.isEmpty, !TemplateParser.isName(name) {
            reader.report(
                fields.position(of: "workflow"),
                "the workflow's name `\(name)` has characters other than letters, digits, `-` and `_`")
        }
        let description = reader.string(fields, "description") ?? ""
        readInputs(fields)
        readTools(fields)
        let model = readModel(fields)
        let budget = readBudget(fields)
        let policy = readPolicy(fields)
        let redact = reader.personalData(fields)
        var steps: [StepDefinition] = []
        if let node = fields["steps"] {
            indexSteps(node, parents: [], isRepeated: false, isInLoop: false)
            steps = readSteps(node)
        } else {
            reader.report(fields.position, "the workflow has no `steps`")
        }
        checkFirstModel()
        let outputs = readOutputs(fields)
        return Workflow(
            name: name, description: description, directory: files.directory, file: file, sourceText: text,
            inputs: inputs, model: model, tools: tools, budget: budget, policy: policy, steps: steps,
            outputs: outputs, redact: redact)
    }

    func definition(_ tool: String) -> ToolDefinition? {
        definitions.first { $0.name == tool }
    }

    private mutating func readTools(_ fields: Fields) {
        guard let node = fields["tools"], let elements = reader.sequence(node, "`tools`") else { return }
        for element in elements {
            guard let name = reader.string(element, "a tool's name") else { continue }
            if definition(name) == nil {
                reader.report(
                    element.position, "unknown tool `\(name)`",
                    fix: Spelling.fix(for: name, among: definitions.map(\.name), called: "tools"))
            } else if tools.contains(name) {
                reader.report(element.position, "the tool `\(name)` is listed twice")
                continue
            }
            tools.append(name)
        }
    }

    /// The definition of a tool that a step or a rule names; it must be listed.
    mutating func listedTool(_ name: String, at position: SourcePosition) -> ToolDefinition? {
        guard let definition = definition(name) else {
            // An unknown name under `tools:` was reported there.
            if !tools.contains(name) {
                reader.report(
                    position, "unknown tool `\(name)`",
                    fix: Spelling.fix(
                        for: name, among: tools.isEmpty ? definitions.map(\.name) : tools, called: "tools"))
            }
            return nil
        }
        if !tools.contains(name) {
            reader.report(position, "the tool `\(name)` isn't listed under `tools`", fix: "Add it there.")
        }
        return definition
    }

    private mutating func readBudget(_ fields: Fields) -> Budget {
        let standard = Budget()
        guard let node = fields["budget"],
            let budget = reader.fields(node, of: "`budget`", known: ["steps", "tokens", "wall", "approvals"])
        else { return standard }
        var wall = standard.wall
        if let node = budget["wall"] {
            let text = reader.text(node, "`wall`") ?? "1s"
            if let duration = DurationParser.parse(text), duration > .zero {
                wall = duration
            } else {
                reader.report(
                    node.position, "`wall` is `\(text)`, which is no duration",
                    fix: "Write `30s`, `15m` or `1h30m`.")
            }
        }
        return Budget(
            steps: reader.integer(budget, "steps", atLeast: 1) ?? standard.steps,
            tokens: reader.integer(budget, "tokens", atLeast: 1) ?? standard.tokens, wall: wall,
            approvals: reader.integer(budget, "approvals", atLeast: 0) ?? standard.approvals)
    }
}
