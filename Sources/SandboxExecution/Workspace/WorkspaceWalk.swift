/// Everything in a folder with what it is, found without following links and without reading any file.
///
/// The order is the same for the same content: every folder comes before what is in it, names ordered by their bytes.
struct WorkspaceWalk {
    /// One entry that was found.
    struct Item {
        let path: ConfinedPath
        let status: EntryStatus
        /// For a folder whose content could not be listed: why.
        var failure: ConfinedFolderError?
    }

    /// Whether an entry is taken, with all that is in it, or left.
    enum Choice {
        case take
        case leave
    }

    /// The entries taken, in order.
    private(set) var items: [Item] = []

    private let limits: WorkspaceLimits
    private var entryCount = 0
    private var byteCount = 0

    /// Walks the folder.
    ///
    /// - Parameters:
    ///   - folder: where to start; it is not an entry itself.
    ///   - limits: how much may be found.
    ///   - choose: asked once for every entry, folders before their content. An entry it leaves counts as an entry, but
    ///     neither are its bytes counted nor is its content looked at.
    /// - Throws: the first limit that is broken, when no more than that many names have been read; or that the folder
    ///   itself cannot be listed, which must never look like an empty one.
    init(
        of folder: ConfinedFolder, limits: WorkspaceLimits, choose: (ConfinedPath, EntryStatus) -> Choice
    ) throws(WorkspaceWalkFailure) {
        self.limits = limits
        // An explicit stack: how deep the folder is nested must not decide how much of this program's stack is used.
        var pending: [Item] = []
        var rootFailure: ConfinedFolderError?
        pending = try list(folder, .root, failure: { rootFailure = $0 })
        if let rootFailure { throw .unreadable(rootFailure) }
        while var item = pending.popLast() {
            guard choose(item.path, item.status) == .take else { continue }
            switch item.status.kind {
            case .file: try count(bytes: item.status.byteCount)
            case .folder: pending += try list(folder, item.path, failure: { item.failure = $0 })
            default: break
            }
            items.append(item)
        }
    }

    /// The entries of a folder, the last one first.
    private mutating func list(
        _ folder: ConfinedFolder, _ path: ConfinedPath, failure: (ConfinedFolderError) -> Void
    ) throws(WorkspaceWalkFailure) -> [Item] {
        let entries: [ConfinedFolder.Entry]
        do {
            entries = try folder.entries(of: path, limit: limits.entryLimit - entryCount)
        } catch {
            if case .tooMany = error { throw .entries(limit: limits.entryLimit) }
            failure(error)
            return []
        }
        entryCount += entries.count
        var items: [Item] = []
        for entry in entries.reversed() {
            let item = Item(path: path.appending(entry.name), status: entry.status)
            guard item.path.bytes.count <= limits.pathByteLimit else {
                throw .pathBytes(item.path.bytes.count, limit: limits.pathByteLimit)
            }
            guard item.path.parts.count <= limits.depthLimit else {
                throw .depth(limit: limits.depthLimit, item.path)
            }
            items.append(item)
        }
        return items
    }

    private mutating func count(bytes: Int) throws(WorkspaceWalkFailure) {
        let (sum, isOverflow) = byteCount.addingReportingOverflow(bytes)
        guard !isOverflow, sum <= limits.byteLimit else {
            throw .bytes(atLeast: isOverflow ? .max : sum, limit: limits.byteLimit)
        }
        byteCount = sum
    }
}
