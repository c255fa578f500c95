import SandboxExecution
import Synchronization

/// Keeps what the folder under repair holds before a sandbox's changes are brought into it.
final class ImportPreparation: Sendable {
    private let context: ToolContext
    private let problem = Mutex<ToolError?>(nil)

    init(_ context: ToolContext) {
        self.context = context
    }

    /// Why nothing was brought back; nil where that isn't so.
    var failure: ToolError? { problem.withLock { $0 } }

    /// Records what the changes will make; false where it can't.
    @Sendable func prepare(_ changes: WorkspaceChanges, _ source: ConfinedFolder, _ path: String) -> Bool {
        do {
            let target = try ConfinedFolder(opening: path, what: "workspace")
            let modes = ImportedModes(for: changes)
            let wanted = try changes.allowed.map { change in
                (path: change.path, after: try Self.state(after: change, modes, source: source, target: target))
            }
            try context.prepare(wanted, in: target, root: path)
            return true
        } catch let error as ToolError {
            problem.withLock { $0 = error }
        } catch {
            let reason = (error as? ConfinedFolderError)?.reason ?? "\(error)"
            problem.withLock {
                $0 = ToolError(.io, "Can't keep what the folder holds: \(reason).")
            }
        }
        return false
    }

    /// What the importer makes of a path.
    private static func state(
        after change: WorkspaceChange, _ modes: ImportedModes, source: ConfinedFolder, target: ConfinedFolder
    ) throws(ConfinedFolderError) -> EntryState {
        let existing = try target.existing(change.path)
        switch change.content {
        case .file:
            let bytes = try source.contents(of: change.path, byteLimit: EntryState.byteLimit)
            return .file(bytes, mode: modes.file(change, existing: existing?.mode))
        case .folder: return .folder(mode: modes.folder(change))
        case .link(let linkTarget): return .link(target: linkTarget)
        case nil:
            guard change.kind != .removed, let mode = change.mode else { return .absent }
            if existing?.kind == .folder { return .folder(mode: mode) }
            return .file(try target.contents(of: change.path, byteLimit: EntryState.byteLimit), mode: mode)
        }
    }
}
