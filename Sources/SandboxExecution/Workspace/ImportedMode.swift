/// Which permission bits come back from a sandbox: as with Git, only whether a file can be executed.
///
/// A command must not open a private file or folder to others, and has no business with the rest of the bits.
enum ImportedMode {
    /// A new file's bits, before the caller's file mode mask (umask(2)) takes some away.
    static let file: UInt16 = 0o644
    /// A new folder's bits, before the mask.
    static let folder: UInt16 = 0o755

    /// The bits that an entry gets in the caller's folder.
    ///
    /// - Parameters:
    ///   - status: what the copy's entry is now.
    ///   - old: what was copied to its place; nil when nothing was.
    /// - Returns: the bits, or nil when the ones that are there stay, and for links, which have none.
    static func mode(of status: EntryStatus, replacing old: WorkspaceManifest.Entry?) -> UInt16? {
        let isExecutable = status.mode & 0o100 != 0
        switch status.kind {
        case .folder: return old?.kind == .folder ? nil : folder
        case .file:
            guard let old, old.kind == .file else { return isExecutable ? file | execution(of: file) : file }
            guard isExecutable != (old.copiedMode & 0o100 != 0) else { return nil }
            let rest = old.originalMode & ~0o111
            return isExecutable ? rest | execution(of: rest) : rest
        default: return nil
        }
    }

    /// Who may read may execute.
    private static func execution(of mode: UInt16) -> UInt16 { (mode & 0o444) >> 2 }
}
