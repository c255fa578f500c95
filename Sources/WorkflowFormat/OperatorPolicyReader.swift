/// Reads the operator's `policy.yaml`: what a workflow writes under `policy`, without a name and without a workflow.
struct OperatorPolicyReader {
    static let subject = "operator's policy"

    let tools: [ToolDefinition]

    func read(_ root: YAMLNode, file: String) throws(WorkflowErrors) -> PolicyDefinition {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        var reader = WorkflowReader(
            definitions: tools, files: SourceFiles(directory: folder), shownDirectory: folder)
        reader.reader = FieldReader(subject: Self.subject)
        // It may speak about every tool there is; whether a workflow uses it is not its matter.
        reader.tools = tools.map(\.name)
        let fields = reader.reader.fields(root, of: "the file", known: ["description"] + WorkflowReader.policyKeys)
        let definition = fields.map { reader.readPolicyBody($0, at: root.position) }
        guard let definition, reader.reader.problems.isEmpty else {
            throw WorkflowErrors(
                reader.reader.problems.sorted {
                    ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
                })
        }
        return definition
    }
}

extension PolicyDefinition {
    /// Reads and checks the text of an operator's policy. It can name no input: it holds for every workflow.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: The file, for messages.
    ///   - tools: Every tool there is.
    /// - Returns: The policy.
    /// - Throws: Everything that is wrong, each with file, line and column.
    public static func parseOperators(
        _ text: String, file: String, tools: [ToolDefinition]
    ) throws(WorkflowErrors) -> PolicyDefinition {
        let document = try YAMLDocument(text: text, file: file, subject: OperatorPolicyReader.subject)
        return try OperatorPolicyReader(tools: tools).read(document.root, file: file)
    }
}
