extension WorkspaceComparison {
    /// Judges every link by what the caller's folder will hold once the allowed changes are made: the copy's entries
    /// where a change is allowed, the caller's own where one is refused.
    ///
    /// Not by what the copy holds: a link through an entry that is refused leads where the caller's entry leads. And not
    /// the new links alone: a link that nobody touched leads elsewhere when a folder on its way becomes a link. What is
    /// refused puts the caller's entry back, which can turn another link, so this goes on until nothing is found.
    mutating func judgeLinks() {
        var changed = Set(allowed.filter { turnsLinks($0) }.map(\.path))
        guard !changed.isEmpty else { return }
        let links = linkPaths()
        var isSettled = false
        while !isSettled {
            isSettled = true
            for path in links {
                guard let target = linkAfterwards(path) else { continue }
                var passed: [ConfinedPath] = []
                let reason = LinkResolver.reasonToRefuse(target, at: path) { place in
                    passed.append(place)
                    return linkAfterwards(place)
                }
                guard let reason else { continue }
                if changed.contains(path) {
                    refuse(path, reason)
                } else if ledInside(path) {
                    let turning = passed.filter(changed.contains)
                    for place in turning { refuse(place, "with it the link `\(path)` would lead out of the folder") }
                    guard !turning.isEmpty else { continue }
                } else {
                    // The caller's own link led out before; nothing was done to it.
                    continue
                }
                isSettled = false
                changed = changed.filter { !isRefused($0) }
            }
        }
        allowed = allowed.filter { !isRefused($0.path) }
    }

    /// Whether a change can make a link lead elsewhere: a link comes, goes or changes. What is missing is followed as a
    /// folder would be, so folders alone change nothing.
    private func turnsLinks(_ change: WorkspaceChange) -> Bool {
        if case .link = change.content { return true }
        let wasLink = snapshot.manifest[change.path]?.kind == .link
        return wasLink && (change.content != nil || change.kind == .removed)
    }

    /// Every path where a link is now or was before, in order.
    private func linkPaths() -> [ConfinedPath] {
        let manifest = snapshot.manifest
        var paths = Set(manifest.paths.lazy.filter { manifest.linkTarget(of: $0) != nil })
        for (path, target) in present where target != nil { paths.insert(path) }
        return paths.sorted()
    }

    private func linkAfterwards(_ path: ConfinedPath) -> [UInt8]? {
        isRefused(path) ? snapshot.manifest.linkTarget(of: path) : present[path] ?? nil
    }

    private func ledInside(_ path: ConfinedPath) -> Bool {
        guard let target = snapshot.manifest.linkTarget(of: path) else { return false }
        return LinkResolver.reasonToRefuse(target, at: path, linkTarget: snapshot.manifest.linkTarget) == nil
    }
}
