/// Everything about one start that is settled before it: what runs, what it sees, which layers are there.
struct SandboxPlan: Sendable {
    /// Where the copy of the caller's folder is, inside.
    static let workspace = "/workspace"

    /// The program inside, or only its name where it is started by descriptor.
    let program: String
    let isProgramByDescriptor: Bool
    let arguments: [String]
    let environment: [String: String]
    let readOnlyPaths: [String]
    let hasWorkspace: Bool
    /// How many files and links the workspace holds at the start.
    let workspaceEntryCount: Int
    let profile: SandboxProfile
    let layers: SandboxLayers
    let userToBecome: UInt32?

    /// The size of the file system that the copy lies in. The limit counts bytes, and the file system whole pages, so
    /// that each entry may need nearly a page more; and what was copied alone must never fill it.
    var workspaceSize: Int {
        let page = 4096
        return profile.workspaceByteLimit + workspaceEntryCount * page + 16 * page
    }

    /// The folder the command starts in.
    var folder: String { hasWorkspace ? Self.workspace : "/tmp" }

    /// What Landlock lets the command read and execute.
    var readablePaths: [String] {
        BubblewrapArguments.systemFolders + ["/etc", "/proc", HelperArguments.pathInside] + readOnlyPaths
            + (hasWorkspace && profile.workspaceAccess == .readOnly ? [Self.workspace] : [])
    }

    /// What Landlock lets the command write.
    var writablePaths: [String] {
        ["/dev", "/tmp"] + (hasWorkspace && profile.workspaceAccess != .readOnly ? [Self.workspace] : [])
    }
}
