/// The comparison of a snapshot with the folder that was unpacked from it.
struct WorkspaceComparison {
    private typealias Entry = WorkspaceManifest.Entry

    let snapshot: WorkspaceSnapshot
    private let folder: ConfinedFolder
    /// Whether names, links and set-ID bits are judged. Tests leave it out, to see what the rules are there for.
    let appliesRules: Bool
    /// What the walk came across, and for links where they point to.
    private(set) var present: [ConfinedPath: [UInt8]?] = [:]

    /// What makes folders repositories, though none of it has a protected name.
    private var repositoryParts: Set<ConfinedPath> = []

    var allowed: [WorkspaceChange] = []
    /// The reason for every refused path. What is below one of them is not looked at any more.
    private(set) var refusals: [ConfinedPath: String] = [:]

    init(snapshot: WorkspaceSnapshot, folder: ConfinedFolder, appliesRules: Bool) {
        self.appliesRules = appliesRules
        self.snapshot = snapshot
        self.folder = folder
    }

    mutating func compare(limits: WorkspaceLimits) throws(WorkspaceWalkFailure) {
        var refused: [(ConfinedPath, String)] = []
        var seen: Set<ConfinedPath> = []
        let manifest = snapshot.manifest
        let appliesRules = appliesRules
        let walk = try WorkspaceWalk(of: folder, limits: limits) { path, status in
            seen.insert(path)
            guard let (place, reason) = Self.refusal(of: path, status, old: manifest[path], appliesRules) else {
                return .take
            }
            refused.append((place, reason))
            return .leave
        }
        for path in seen { present[path] = .some(nil) }
        for (path, reason) in refused { refuse(path, reason) }
        for item in walk.items where item.status.kind == .link { readLink(item.path) }
        repositoryParts = GitRepositories.parts(in: seen)
        for item in walk.items { compare(item) }
        for path in manifest.paths where present[path] == nil { compareMissing(path) }
        if appliesRules { judgeLinks() }
    }

    /// What is refused whatever it holds, with the path the refusal is for.
    private static func refusal(
        of path: ConfinedPath, _ status: EntryStatus, old: WorkspaceManifest.Entry?, _ appliesRules: Bool
    ) -> (ConfinedPath, String)? {
        guard appliesRules else {
            return [.file, .folder, .link].contains(status.kind) ? nil : (path, "it is \(status.kind.name)")
        }
        // Something protected that was there before is compared: as long as it is the same, there is nothing to refuse.
        if old == nil, let root = ProtectedNames.root(of: path) { return (root, protectedReason) }
        if old == nil, ProtectedNames.isUnknownHidden(path.name) {
            return (path, "it is new and hidden: programs take settings from many such names")
        }
        if old == nil, !VisiblePath.isPlain(path.name) {
            return (path, "its name is not UTF-8 or holds characters that are not shown")
        }
        switch status.kind {
        case .pipe, .socket, .device: return (path, "it is \(status.kind.name)")
        case .file, .folder: if let bit = status.setIDBit { return (path, "it has \(bit)") }
        case .link: break
        }
        return nil
    }

    private static let protectedReason = "its name is protected: it could be executed or believed later, outside"

    private mutating func readLink(_ path: ConfinedPath) {
        do {
            present[path] = .some(try folder.linkTarget(of: path))
        } catch {
            refuse(path, "it can't be read: \(error.reason)")
        }
    }

    private mutating func compare(_ item: WorkspaceWalk.Item) {
        guard !isRefused(item.path) else { return }
        if let failure = item.failure { return refuse(item.path, "it can't be read: \(failure.reason)") }
        let old = snapshot.manifest[item.path]
        let content: WorkspaceChange.Content?
        do {
            content = try newContent(of: item, old: old)
        } catch {
            return refuse(item.path, "it can't be read: \(error.reason)")
        }
        let mode = ImportedMode.mode(of: item.status, replacing: old)
        guard content != nil || mode != nil else { return }
        if let root = protectedRoot(of: item.path) { return refuse(root, Self.protectedReason) }
        if appliesRules, let part = item.path.prefixes.first(where: repositoryParts.contains) {
            return refuse(part, "with what lies beside it it is a Git repository, whose settings name programs to run")
        }
        allowed.append(
            WorkspaceChange(
                path: item.path, kind: old == nil ? .added : .changed, content: content, mode: mode))
    }

    /// What is there now, if it is not what was there before.
    private func newContent(
        of item: WorkspaceWalk.Item, old: WorkspaceManifest.Entry?
    ) throws(ConfinedFolderError) -> WorkspaceChange.Content? {
        switch item.status.kind {
        case .folder: return old?.content == .folder ? nil : .folder
        case .link:
            let target = (present[item.path] ?? nil) ?? []
            return old?.content == .link(target: target) ? nil : .link(target: target)
        default:
            let isSame: Bool
            if case .file(let range) = old?.content, range.count == item.status.byteCount {
                isSame = try snapshot.holds(range, in: try folder.openFile(item.path))
            } else {
                isSame = false
            }
            return isSame ? nil : .file(byteCount: item.status.byteCount)
        }
    }

    private mutating func compareMissing(_ path: ConfinedPath) {
        guard !isRefused(path) else { return }
        if let root = protectedRoot(of: path) { return refuse(root, Self.protectedReason) }
        allowed.append(WorkspaceChange(path: path, kind: .removed, content: nil, mode: nil))
    }

    private func protectedRoot(of path: ConfinedPath) -> ConfinedPath? {
        appliesRules ? ProtectedNames.root(of: path) : nil
    }

    func isRefused(_ path: ConfinedPath) -> Bool { path.prefixes.contains { refusals[$0] != nil } }

    mutating func refuse(_ path: ConfinedPath, _ reason: String) { refusals[path] = reason }
}
