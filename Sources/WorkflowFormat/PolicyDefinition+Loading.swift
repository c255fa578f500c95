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
        try WrittenPolicy.load(path: path, tools: tools).definition
    }
}
