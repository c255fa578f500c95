/// The permission bits that an import leaves behind, for whoever imports and for whoever has to know them beforehand.
package struct ImportedModes {
    private let manifest: WorkspaceManifest
    /// Taken from the permission bits of everything new.
    private let mask = FileModeMask.current

    /// For the changes of a comparison.
    package init(for changes: WorkspaceChanges) {
        self.init(changes.snapshot.manifest)
    }

    init(_ manifest: WorkspaceManifest) {
        self.manifest = manifest
    }

    /// The bits (`0o777`) of a file that is put in place; `existing`: those of a file that stands there, nil for none.
    package func file(_ change: WorkspaceChange, existing: UInt16?) -> UInt16 {
        // A mode that comes with a file in another's place says only who may execute it now.
        let isNew = manifest[change.path]?.kind != .file
        return change.mode.map { isNew ? $0 & ~mask : $0 } ?? existing ?? ImportedMode.file & ~mask
    }

    /// The bits (`0o777`) of a folder that is made.
    package func folder(_ change: WorkspaceChange) -> UInt16 {
        (change.mode ?? ImportedMode.folder) & ~mask
    }
}
