/// What came of bringing changes into the user's folder.
package struct WorkspaceImport: Hashable, Sendable {
    /// The changes that were made, in the order they were made in.
    package let applied: [WorkspaceChange]
    /// What was not imported: what the comparison refused, and what could not be changed or was changed meanwhile.
    package let refused: [WorkspaceRefusal]

    /// Makes the allowed changes in the user's folder.
    ///
    /// Every entry that is to be replaced or removed is first compared with what it was when it was copied: what
    /// somebody changed since is left as it is. No link in the folder is followed, on the way to an entry or at it. A
    /// change that fails does not undo those before it; a file is replaced by a file as a whole or not at all. Access
    /// control lists, extended attributes and further names (hard links) of a replaced file stay with the old content.
    /// As root, new entries belong to whom the replaced one, or else the folder they are in, belongs to. Of permissions
    /// only whether a file can be executed is brought back, see ``ImportedMode``.
    ///
    /// - Parameters:
    ///   - changes: the result of the comparison.
    ///   - source: the folder that was compared, still unchanged.
    ///   - path: the folder that the snapshot was taken of.
    ///   - afterEach: called after each change that was made.
    /// - Returns: what was changed and what was not. When that folder cannot be opened any more, or another one stands in
    ///   its place, nothing was, and the only refusal says so: what the command printed must not be lost with it.
    package static func apply(
        _ changes: WorkspaceChanges, from source: ConfinedFolder, to path: String, afterEach: () -> Void = {}
    ) -> WorkspaceImport {
        let target: ConfinedFolder
        do throws(SandboxError) {
            target = try ConfinedFolder(opening: path, what: "workspace")
        } catch {
            return nothing(
                changes, because: "nothing was imported, since the workspace can't be opened: \(error.reason)")
        }
        guard let status = try? target.status(of: .root), status.isSameEntry(as: changes.snapshot.folderStatus) else {
            return nothing(
                changes, because: "nothing was imported, since another folder was put in the workspace's place")
        }
        var importer = WorkspaceImporter(
            snapshot: changes.snapshot, source: source, target: target)
        importer.apply(changes.allowed, afterEach: afterEach)
        let refused = importer.refusals.sorted { $0.key < $1.key }.map {
            WorkspaceRefusal(path: "\($0.key)", reason: $0.value)
        }
        return WorkspaceImport(applied: importer.applied, refused: changes.refused + refused)
    }

    private static func nothing(_ changes: WorkspaceChanges, because reason: String) -> WorkspaceImport {
        WorkspaceImport(applied: [], refused: [WorkspaceRefusal(path: ".", reason: reason)] + changes.refused)
    }
}
