import SandboxExecution

/// A folder of the user's, a snapshot of it, and the copy a command would have worked on.
struct WorkspaceRound {
    let original: Scratch
    let copy: Scratch
    let snapshot: WorkspaceSnapshot

    init(limits: WorkspaceLimits = WorkspaceLimits(), _ prepare: (Scratch) throws -> Void) throws {
        original = try Scratch()
        copy = try Scratch()
        try prepare(original)
        snapshot = try WorkspaceSnapshot(of: original.path, limits: limits)
        try ArchiveReader(snapshot).unpack(into: copy)
    }

    func changes(limits: WorkspaceLimits? = nil) throws -> WorkspaceChanges {
        WorkspaceChanges(
            comparing: snapshot, with: try ConfinedFolder(opening: copy.path, what: "copy"), limits: limits)
    }

    func imported() throws -> WorkspaceImport {
        WorkspaceImport.apply(
            try changes(), from: try ConfinedFolder(opening: copy.path, what: "copy"), to: original.path)
    }
}

extension [WorkspaceChange] {
    /// `added a`, `changed b`, ordered by path.
    var lines: [String] { sorted { $0.path < $1.path }.map { "\($0.kind.rawValue) \($0.path)" } }
}

extension [WorkspaceRefusal] {
    var paths: [String] { map(\.path) }
}
