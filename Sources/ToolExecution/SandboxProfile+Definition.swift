public import SandboxExecution
public import WorkflowFormat

extension SandboxProfile {
    /// The profile that a file describes.
    public init(_ definition: SandboxProfileDefinition) {
        let limits = definition.limits
        self.init(
            name: definition.name,
            workspaceAccess: WorkspaceAccess(definition.workspace),
            network: definition.network == .loopback ? .loopback : .none,
            readOnlyPaths: definition.readOnlyPaths,
            wallLimit: limits.wall, cpuLimit: limits.cpu, outputByteLimit: limits.keptOutputByteCount,
            outputKillByteLimit: limits.outputByteCount, memoryByteLimit: limits.memoryByteCount,
            tmpByteLimit: limits.tmpByteCount, workspaceByteLimit: limits.workspaceByteCount,
            workspaceEntryLimit: limits.workspaceEntries, fileByteLimit: limits.fileByteCount,
            openFileLimit: limits.openFiles, processLimit: limits.processes,
            enforcement: limits.enforcement == .controlGroup ? .controlGroup : .resourceLimits,
            landlock: definition.landlock == .required ? .required : .optional)
    }
}

extension SandboxProfile.WorkspaceAccess {
    init(_ access: SandboxProfileDefinition.Workspace) {
        self =
            switch access {
            case .readOnly: .readOnly
            case .scratch: .scratch
            case .imported: .imported
            }
    }
}
