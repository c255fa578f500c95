extension PolicyDefinition {
    /// Reads and checks the policy in a file, whatever kind of file it is: a workflow or its folder, a policy file with
    /// a name, or bare rules as in an operator's policy.
    ///
    /// - Parameters:
    ///   - path: The file or the workflow's folder.
    ///   - tools: Every tool there is.
    /// - Returns: The policy.
    /// - Throws: Everything that is wrong, each with file, line and column.
    public static func load(path: String, tools: [ToolDefinition]) throws(WorkflowErrors) -> PolicyDefinition {
        if SourceFiles.isDirectory(path) { return try Workflow.load(path: path, tools: tools).policy }
        let text: String
        do {
            text = try SourceFiles.read(path)
        } catch {
            throw WorkflowErrors([
                WorkflowError(
                    position: SourcePosition(file: path), subject: PolicyFileReader.subject,
                    problem: "the file \(error.reason)")
            ])
        }
        let document = try YAMLDocument(text: text, file: path, subject: PolicyFileReader.subject)
        guard case .mapping(let members) = document.root.kind else {
            return try OperatorPolicyReader(tools: tools).read(document.root, file: path)
        }
        let keys = Set(members.map(\.name))
        if keys.contains("workflow") { return try Workflow.load(path: path, tools: tools).policy }
        if keys.contains("policy") { return try PolicyFile.load(path: path, tools: tools).definition }
        return try OperatorPolicyReader(tools: tools).read(document.root, file: path)
    }
}
