extension Workflow {
    /// The workflow file of a folder.
    public static let fileName = "workflow.yaml"

    /// Reads and checks a workflow.
    ///
    /// - Parameters:
    ///   - path: The workflow's folder, or the file itself.
    ///   - tools: Every tool there is.
    /// - Returns: The workflow.
    /// - Throws: Everything that is wrong, each with file, line and column.
    public static func load(path: String, tools: [ToolDefinition]) throws(WorkflowErrors) -> Workflow {
        var file = path
        while file.count > 1, file.hasSuffix("/") { file.removeLast() }
        if SourceFiles.isDirectory(file) { file += "/" + fileName }
        let text = try SourceFiles.text(of: file)
        let shownDirectory = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        // A file that is a link is read where it points, but what it includes lies beside the link.
        let directory = SourceFiles.resolve(
            shownDirectory.isEmpty ? (file.hasPrefix("/") ? "/" : ".") : shownDirectory)
        return try parse(
            text, file: file, directory: directory, shownDirectory: shownDirectory, tools: tools)
    }

    /// Checks a workflow's text; files it names are read from `directory`.
    package static func parse(
        _ text: String, file: String, directory: String, shownDirectory: String, tools: [ToolDefinition]
    ) throws(WorkflowErrors) -> Workflow {
        let document = try YAMLDocument(text: text, file: file, subject: "workflow")
        var reader = WorkflowReader(
            definitions: tools, files: SourceFiles(directory: directory), shownDirectory: shownDirectory)
        return try reader.read(document.root, text: text, file: file)
    }
}
