/// What a workspace archive holds, path by path.
struct WorkspaceManifest: Sendable {
    /// One entry of the archive.
    struct Entry: Hashable, Sendable {
        /// The content: for a file, where its bytes lie in the archive.
        enum Content: Hashable, Sendable {
            case file(Range<Int>)
            case folder
            case link(target: [UInt8])
        }

        let content: Content
        /// The permission bits of the original.
        let originalMode: UInt16
        /// The permission bits of the copy, see ``ArchiveRecord/mode(of:)``.
        let copiedMode: UInt16

        var kind: EntryKind {
            switch content {
            case .file: .file
            case .folder: .folder
            case .link: .link
            }
        }
    }

    /// The paths in the archive's order.
    private(set) var paths: [ConfinedPath] = []
    private var entries: [ConfinedPath: Entry] = [:]

    subscript(path: ConfinedPath) -> Entry? { entries[path] }

    /// Where the link at the path leads to; nil when something else or nothing is there.
    func linkTarget(of path: ConfinedPath) -> [UInt8]? {
        if case .link(let target)? = entries[path]?.content { target } else { nil }
    }

    mutating func add(_ path: ConfinedPath, status: EntryStatus, content: Entry.Content) {
        paths.append(path)
        entries[path] = Entry(
            content: content, originalMode: status.mode, copiedMode: ArchiveRecord.mode(of: status))
    }
}
