/// A file that holds a policy, read and checked: whatever takes a policy takes any of them.
public enum WrittenPolicy: Hashable, Sendable {
    /// A workflow, with its policy.
    case workflow(Workflow)
    /// A policy with a name, and perhaps with tools of its own.
    case named(PolicyFile)
    /// Bare rules, as in an operator's policy.
    case bare(PolicyDefinition)

    /// What is decided.
    public var definition: PolicyDefinition {
        switch self {
        case .workflow(let workflow): workflow.policy
        case .named(let file): file.definition
        case .bare(let definition): definition
        }
    }

    /// Reads and checks such a file, or a workflow's folder.
    ///
    /// - Parameters:
    ///   - path: The file or the workflow's folder.
    ///   - tools: Every tool there is.
    /// - Returns: The policy.
    /// - Throws: Everything that is wrong, each with file, line and column.
    public static func load(path: String, tools: [ToolDefinition]) throws(WorkflowErrors) -> WrittenPolicy {
        if SourceFiles.isDirectory(path) { return .workflow(try Workflow.load(path: path, tools: tools)) }
        let text = try SourceFiles.text(of: path, subject: PolicyFileReader.subject)
        let document = try YAMLDocument(text: text, file: path, subject: PolicyFileReader.subject)
        if case .mapping(let members) = document.root.kind {
            let keys = Set(members.map(\.name))
            if keys.contains("workflow") { return .workflow(try Workflow.load(path: path, tools: tools)) }
            if keys.contains("policy") { return .named(try PolicyFile.load(path: path, tools: tools)) }
        }
        return .bare(try OperatorPolicyReader(tools: tools).read(document.root, file: path))
    }
}
