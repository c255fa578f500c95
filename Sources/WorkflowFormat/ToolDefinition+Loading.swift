import JSONSchemas

extension ToolDefinition {
    /// Reads and checks one manifest.
    public static func load(path: String) throws(WorkflowErrors) -> ToolDefinition {
        let text = try SourceFiles.text(of: path, subject: ToolReader.subject)
        return try parse(text, file: path)
    }

    /// Reads and checks every `*.yaml` of a folder, in the order of their names. Two tools of one name are an error.
    public static func loadAll(directory: String) throws(WorkflowErrors) -> [ToolDefinition] {
        var tools: [ToolDefinition] = []
        var problems: [WorkflowError] = []
        for name in try SourceFiles.yamlFiles(in: directory, subject: ToolReader.subject) {
            let path = directory + "/" + name
            do {
                let tool = try load(path: path)
                if tools.contains(where: { $0.name == tool.name }) {
                    problems.append(
                        WorkflowError(
                            position: SourcePosition(file: path), subject: ToolReader.subject,
                            problem: "there is another tool `\(tool.name)` in this folder"))
                }
                tools.append(tool)
            } catch {
                problems += error.errors
            }
        }
        guard problems.isEmpty else { throw WorkflowErrors(problems) }
        return tools
    }

    /// Checks a manifest's text.
    package static func parse(_ text: String, file: String) throws(WorkflowErrors) -> ToolDefinition {
        let document = try YAMLDocument(text: text, file: file, subject: ToolReader.subject)
        var reader = ToolReader()
        return try reader.read(document.root)
    }
}
