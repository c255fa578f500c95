/// Reads a folder into an archive: first everything is looked at and counted, then read.
struct WorkspaceBuilder: ~Copyable {
    private let folder: ConfinedFolder
    private let limits: WorkspaceLimits
    private let operation: String
    private let replacements: [ConfinedPath: FileReplacement]
    private var fileByteCount = 0

    private(set) var archive: WorkspaceArchive
    private(set) var manifest = WorkspaceManifest()
    private(set) var leftOut: [WorkspaceSnapshot.LeftOut] = []

    init(
        folder: ConfinedFolder, limits: WorkspaceLimits, operation: String, archive: consuming WorkspaceArchive,
        replacements: [ConfinedPath: FileReplacement] = [:]
    ) {
        self.folder = folder
        self.limits = limits
        self.operation = operation
        self.replacements = replacements
        self.archive = archive
    }

    mutating func build() throws(SandboxError) {
        let items: [WorkspaceWalk.Item]
        var left: [WorkspaceSnapshot.LeftOut] = []
        do {
            items = try WorkspaceWalk(of: folder, limits: limits) { path, status in
                guard let reason = Self.reasonToLeave(path, status) else { return .take }
                left.append(.init(path: path, reason: reason))
                return .leave
            }.items
        } catch { throw failure(error.reason) }
        leftOut = left
        for item in items { try add(item) }
        leftOut.sort { $0.path < $1.path }
    }

    consuming func sealedArchive() throws(SandboxError) -> OwnedDescriptor {
        try archive.sealed()
    }

    private static func reasonToLeave(_ path: ConfinedPath, _ status: EntryStatus) -> String? {
        if SecretNames.contains(path.name) { return "its name stands for version control or secrets" }
        switch status.kind {
        case .file, .folder, .link: return nil
        case .pipe, .socket, .device: return "it is \(status.kind.name)"
        }
    }

    private mutating func add(_ item: WorkspaceWalk.Item) throws(SandboxError) {
        do throws(ConfinedFolderError) {
            if let failure = item.failure { throw failure }
            switch item.status.kind {
            case .file: try addFile(item.path)
            case .folder:
                try archive.append(item.path, status: item.status)
                manifest.add(item.path, status: item.status, content: .folder)
            default:
                let target = try folder.linkTarget(of: item.path)
                try archive.append(item.path, status: item.status, content: target)
                manifest.add(item.path, status: item.status, content: .link(target: target))
            }
        } catch {
            switch error {
            case .missing:
                // It was removed since it was listed.
                break
            case .mountPoint: leftOut.append(.init(path: item.path, reason: "another file system is mounted there"))
            case .link, .wrongKind, .changed: throw failure("`\(item.path)` was changed while it was read")
            default: throw failure("`\(item.path)` can't be read: \(error.reason)")
            }
        }
    }

    private mutating func addFile(_ path: ConfinedPath) throws(ConfinedFolderError) {
        let file = try folder.openFile(path)
        let replacement = replacements[path]
        let count = replacement?.bytes.count ?? file.status.byteCount
        // It may have grown since its size was counted.
        guard count <= limits.byteLimit - fileByteCount else { throw .tooLarge(byteLimit: limits.byteLimit) }
        fileByteCount += count
        if let replacement {
            let start = try archive.append(
                path, status: file.status.modified(atSecond: replacement.modifiedSeconds), content: replacement.bytes)
            manifest.add(path, status: file.status, content: .file(start..<(start + count)))
            return
        }
        let range = try archive.append(path, file: file)
        manifest.add(path, status: file.status, content: .file(range))
    }

    private func failure(_ reason: String) -> SandboxError {
        SandboxError(.invalidProfile, operation: operation, reason: reason)
    }
}
