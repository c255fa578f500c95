import Glibc

/// A folder as it was at one moment, packed into memory that nobody can change any more.
///
/// A sandboxed command works on a copy that is unpacked from it, and what the command did is found by comparing that
/// copy with it again. Not in it: version control and secrets (``SecretNames``), sockets, pipes and devices, and what
/// is mounted in the folder. Links are kept as links; set-ID and sticky bits are dropped.
package final class WorkspaceSnapshot: Sendable {
    /// An entry that was not copied, and why.
    package struct LeftOut: Hashable, Sendable {
        /// Where it is.
        package let path: ConfinedPath
        /// Why, as words that fit after "is not in the sandbox:".
        package let reason: String
    }

    /// What was left out, in order.
    package let leftOut: [LeftOut]
    /// How many bytes the archive has.
    package let byteCount: Int
    /// The limits it was made under.
    package let limits: WorkspaceLimits

    let manifest: WorkspaceManifest
    /// What the folder was, to know it again.
    let folderStatus: EntryStatus
    private let archive: OwnedDescriptor

    /// Reads a folder.
    ///
    /// A file that is written to meanwhile is copied as it is found, so one change may be half in it; importing such a
    /// file back is refused, since it then differs from its copy.
    ///
    /// `replacements`: what files of the folder hold in the copy instead of their own bytes; a path at which no file
    /// is doesn't count.
    ///
    /// - Throws: `invalidProfile` when the folder is no folder, a limit is broken, or something in it cannot be read;
    ///   `systemFailed` when there is no memory for it.
    package init(
        of path: String, limits: WorkspaceLimits = WorkspaceLimits(),
        replacements: [ConfinedPath: FileReplacement] = [:]
    ) throws(SandboxError) {
        let folder = try ConfinedFolder(opening: path, what: "workspace")
        let operation = "copy workspace `\(VisiblePath.text(of: path.utf8))` into sandbox"
        do {
            folderStatus = try folder.status(of: .root)
        } catch {
            throw SandboxError(
                .systemFailed, operation: operation, reason: error.reason, systemError: error.systemError)
        }
        let archive = try WorkspaceArchive(operation: operation)
        var builder = WorkspaceBuilder(
            folder: folder, limits: limits, operation: operation, archive: archive, replacements: replacements)
        try builder.build()
        self.limits = limits
        leftOut = builder.leftOut
        manifest = builder.manifest
        byteCount = builder.archive.byteCount
        self.archive = try builder.sealedArchive()
    }

    /// The archive's descriptor, which stays this value's own: pass on a duplicate. Its place is shared by all
    /// duplicates and is at the start until one of them is read without naming a place.
    package var descriptor: CInt { archive.raw }

    /// How many files, folders and links the archive holds.
    package var entryCount: Int { manifest.paths.count }

    /// Whether an open file holds exactly the bytes that lie in `range` of the archive.
    func holds(
        _ range: Range<Int>, in file: borrowing ConfinedFolder.OpenFile
    ) throws(ConfinedFolderError) -> Bool {
        guard file.status.byteCount == range.count else { return false }
        var left = [UInt8](repeating: 0, count: min(1 << 18, range.count))
        var right = left
        var place = 0
        while place < range.count {
            let wanted = min(left.count, range.count - place)
            let leftCount = try archive.read(into: &left, count: wanted, at: range.lowerBound + place)
            let rightCount = try file.descriptor.read(into: &right, count: wanted, at: place)
            // Both buffers are longer than what is compared.
            guard leftCount == wanted, rightCount == wanted, unsafe memcmp(left, right, wanted) == 0 else {
                return false
            }
            place += wanted
        }
        return true
    }
}
