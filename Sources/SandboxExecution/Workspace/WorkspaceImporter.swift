/// Makes allowed changes in a folder, one by one.
struct WorkspaceImporter {
    private let snapshot: WorkspaceSnapshot
    private let source: ConfinedFolder
    private let target: ConfinedFolder
    private let modes: ImportedModes

    private(set) var applied: [WorkspaceChange] = []
    /// The reason for every change that was not made. What lies below one of them is not tried.
    private(set) var refusals: [ConfinedPath: String] = [:]

    init(snapshot: WorkspaceSnapshot, source: ConfinedFolder, target: ConfinedFolder) {
        self.snapshot = snapshot
        self.source = source
        self.target = target
        modes = ImportedModes(snapshot.manifest)
    }

    /// Removals come first, the deepest before the folders they lie in, then folders, then what goes into them. The
    /// permissions of folders come last: they may forbid what was still to be done.
    mutating func apply(_ changes: [WorkspaceChange], afterEach: () -> Void) {
        let changes = changes.sorted { $0.path < $1.path }
        for change in changes.reversed() where change.kind == .removed { attempt(change, afterEach) }
        for change in changes where change.content == .folder { attempt(change, afterEach) }
        for change in changes where change.kind != .removed && change.content != .folder { attempt(change, afterEach) }
        for change in changes.reversed() where change.content == .folder { setMode(change) }
    }

    private mutating func attempt(_ change: WorkspaceChange, _ afterEach: () -> Void) {
        guard !change.path.prefixes.contains(where: { refusals[$0] != nil }) else { return }
        do throws(ConfinedFolderError) {
            let existing = try unchangedStatus(of: change.path)
            switch change.content {
            case .file(let byteCount):
                try copyFile(change, byteCount: byteCount, existing: try clearFolder(existing, at: change.path))
            case .link(let linkTarget):
                let rest = try clearFolder(existing, at: change.path)
                try target.placeLink(at: change.path, to: linkTarget, expecting: rest)
            case .folder:
                if existing != nil { try target.removeFile(change.path) }
                // Wide enough to be filled; its own permissions come last.
                try target.makeFolder(change.path, mode: 0o700)
            case nil:
                if let mode = change.mode {
                    try target.setMode(mode, of: change.path)
                } else if existing?.kind == .folder {
                    try target.removeFolder(change.path)
                } else {
                    try target.removeFile(change.path)
                }
            }
            applied.append(change)
            afterEach()
        } catch {
            refusals[change.path] = error.reason
        }
    }

    private mutating func setMode(_ change: WorkspaceChange) {
        guard change.mode != nil, !change.path.prefixes.contains(where: { refusals[$0] != nil }) else { return }
        do { try target.setMode(modes.folder(change), of: change.path) } catch { refusals[change.path] = error.reason }
    }

    /// What stands at the path now, which must be what was copied from there; nil when nothing did and nothing does.
    private func unchangedStatus(of path: ConfinedPath) throws(ConfinedFolderError) -> EntryStatus? {
        let status = try target.statusIfThere(of: path)
        guard let old = snapshot.manifest[path] else {
            guard status == nil else { throw .changed }
            return nil
        }
        guard let status, status.kind == old.kind else { throw .changed }
        switch old.content {
        case .file(let range):
            let file = try target.openFile(path)
            guard file.status.mode == old.originalMode, try snapshot.holds(range, in: file) else { throw .changed }
            return file.status
        case .folder:
            guard status.mode == old.originalMode else { throw .changed }
        case .link(let oldTarget):
            guard try target.linkTarget(of: path) == oldTarget else { throw .changed }
        }
        return status
    }

    /// Removes an emptied folder whose place something else takes; anything else is replaced when that is put in place.
    private func clearFolder(
        _ existing: EntryStatus?, at path: ConfinedPath
    ) throws(ConfinedFolderError) -> EntryStatus? {
        guard existing?.kind == .folder else { return existing }
        try target.removeFolder(path)
        return nil
    }

    private func copyFile(
        _ change: WorkspaceChange, byteCount: Int, existing: EntryStatus?
    ) throws(ConfinedFolderError) {
        let file = try source.openFile(change.path)
        guard file.status.byteCount == byteCount, file.status.setIDBit == nil else { throw .changed }
        let mode = modes.file(change, existing: existing?.mode)
        try target.placeFile(at: change.path, mode: mode, expecting: existing) { copy throws(ConfinedFolderError) in
            try Self.copy(file, to: copy)
        }
    }

    private static func copy(
        _ file: borrowing ConfinedFolder.OpenFile, to copy: borrowing OwnedDescriptor
    ) throws(ConfinedFolderError) {
        var chunk = [UInt8](repeating: 0, count: max(min(1 << 18, file.status.byteCount), 1))
        var place = 0
        while place < file.status.byteCount {
            let wanted = min(chunk.count, file.status.byteCount - place)
            let count = try file.descriptor.read(into: &chunk, count: wanted, at: place)
            guard count == wanted else { throw .changed }
            try copy.write(chunk, count: count, at: place)
            place += count
        }
    }
}
