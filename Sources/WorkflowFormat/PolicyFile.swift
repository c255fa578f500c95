/// A policy in a file of its own, checked against its tools like a workflow's.
public struct PolicyFile: Hashable, Sendable {
    /// The policy's name.
    public let name: String
    /// What it is for.
    public let description: String
    /// The file.
    public let file: String
    /// What is decided.
    public let definition: PolicyDefinition
    /// The tools it speaks about.
    public let tools: [ToolDefinition]

    /// A policy made in code; nothing is checked.
    public init(
        name: String, description: String = "", file: String = "policy.yaml", definition: PolicyDefinition,
        tools: [ToolDefinition]
    ) {
        self.name = name
        self.description = description
        self.file = file
        self.definition = definition
        self.tools = tools
    }

    /// Reads and checks a policy file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - tools: The tools it may speak about, unless its `manifests` names a file or a folder with others.
    /// - Returns: The policy.
    /// - Throws: Everything that is wrong, each with file, line and column.
    public static func load(path: String, tools: [ToolDefinition]) throws(WorkflowErrors) -> PolicyFile {
        let text = try SourceFiles.text(of: path, subject: PolicyFileReader.subject)
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return try parse(
            text, file: path, folder: folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder, tools: tools)
    }

    /// Checks the text of such a file; `manifests` is looked for in `folder`.
    package static func parse(
        _ text: String, file: String, folder: String, tools: [ToolDefinition]
    ) throws(WorkflowErrors) -> PolicyFile {
        let document = try YAMLDocument(text: text, file: file, subject: PolicyFileReader.subject)
        var reader = PolicyFileReader(folder: folder, tools: tools)
        return try reader.read(document.root, file: file)
    }
}
