public import JSONSchemas
import SandboxExecution
public import WorkflowFormat

/// The tools there are: each manifest with the code that does it.
public struct ToolRegistry: Sendable {
    /// The manifests, by name.
    public let definitions: [ToolDefinition]
    private let tools: [String: any Tool]
    private let profiles: [String: SandboxProfile]

    /// Pairs manifests with implementations and with the profiles that they name.
    /// - Throws: `ToolError` when a built-in manifest has no implementation, or names a profile that isn't there.
    public init(
        definitions: [ToolDefinition], profiles: [SandboxProfileDefinition], tools: [any Tool] = Self.builtIn
    ) throws(ToolError) {
        let byName = Dictionary(uniqueKeysWithValues: tools.map { ($0.name, $0) })
        for definition in definitions where byName[definition.name] == nil {
            throw ToolError(
                .notFound,
                "Can't load tool `\(definition.name)`: this version of Warrant has no implementation for it.")
        }
        self.profiles = Dictionary(profiles.map { ($0.name, SandboxProfile($0)) }) { first, _ in first }
        for definition in definitions {
            guard let name = definition.sandboxProfile, self.profiles[name] == nil else { continue }
            throw ToolError(
                .notFound, "Can't load tool `\(definition.name)`: there is no sandbox profile `\(name)`.")
        }
        self.definitions = definitions.sorted { $0.name < $1.name }
        self.tools = byName
    }

    /// The manifest of `name`.
    public func definition(_ name: String) -> ToolDefinition? {
        definitions.first { $0.name == name }
    }

    /// The sandbox profile that the manifest names.
    func profile(_ definition: ToolDefinition) -> SandboxProfile? {
        definition.sandboxProfile.flatMap { profiles[$0] }
    }

    /// The result of a call that happened unseen, as ``Tool/unobservedResult(of:)`` has it.
    public func unobservedResult(of call: ToolCall) -> JSONValue? {
        tools[call.tool]?.unobservedResult(of: call.arguments)
    }

    func tool(_ name: String) -> (any Tool)? {
        tools[name]
    }

    /// All built-in tools.
    public static var builtIn: [any Tool] {
        [
            FileReadTool(), FileListTool(), FileWriteTool(), SearchTool(), TableWriteTool(), RecordAddTool(),
            SQLQueryTool(),
            CaseReadTool(), CaseVaryTool(), CaseGroupTool(), QuoteCheckTool(), TestRunTool(), TestRunAllTool(),
            IssueFindTool(), IssueListTool(),
            IssueCreateTool(), IssueCommentTool(), IssueLabelTool(), IssueCloseTool(), LabelCheckTool(), HTTPGetTool(),
            TextScreenTool(),
            GuideReadTool(), GuideBuildTool(), GuideNextTool(), GuideRecordTool(), CommandCheckTool(),
            CommandRunTool(), FileLookTool(), FileReplaceLineTool(), FolderSnapshotTool(), FolderRestoreTool(),
            PatchReadTool(), PatchCandidatesTool(), PatchTryTool(),
        ]
    }
}

extension ToolRegistry {
    /// Whether `name` changes files itself; what it does to them is kept and can be undone.
    public func changesFiles(_ name: String) -> Bool {
        ["file.write", "file.replace_line", "folder.snapshot", "folder.restore"].contains(name)
    }

    /// Whether `name` only fills tables of the run, which live outside the journal and are filled again on resume.
    public func fillsRunTables(_ name: String) -> Bool {
        name == TableWriteTool.toolName
    }

    /// Whether the call reads or fills tables of the run.
    public func usesRunTables(_ call: ToolCall) -> Bool {
        switch call.tool {
        case TableWriteTool.toolName: true
        case SQLQueryTool.toolName: call.arguments["database"] == nil
        case SearchTool.toolName: call.arguments["table"] != nil
        default: false
        }
    }
}
