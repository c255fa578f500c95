extension WorkspaceComparison {
    /// Judges every change by which a link comes, goes, or leads elsewhere.
    ///
    /// What is refused, and what can't be made afterwards, leaves the caller's own entry in its place. So nothing may
    /// depend on which changes are made: a new link leads through no other link, and no change turns the way of a link
    /// that is there, whether somebody touched that one or not. Then every link leads where it was judged to lead.
    mutating func judgeLinks() {
        let changes = allowed.filter { isLinkChange($0) }
        guard !changes.isEmpty else { return }
        let before = snapshot.manifest.linkTarget
        let present = present
        let after = { (path: ConfinedPath) -> [UInt8]? in present[path] ?? nil }
        var resolver = LinkResolver()
        var ways: [ConfinedPath: ConfinedPath] = [:]
        for path in snapshot.manifest.paths {
            guard let target = before(path) else { continue }
            let way = resolver.way(of: target, at: path, linkTarget: before)
            for place in way.through where place != path { ways[place] = path }
        }
        for change in changes {
            if let link = ways[change.path] {
                refuse(change.path, "the link `\(link)` leads through it and would lead elsewhere")
            } else if case .link(let target) = change.content {
                let reason = resolver.reasonToRefuse(target, at: change.path, before: before, after: after)
                if let reason { refuse(change.path, reason) }
            }
        }
        if resolver.isExhausted {
            for change in changes { refuse(change.path, LinkResolver.exhausted) }
        }
        allowed = allowed.filter { !isRefused($0.path) }
    }

    /// Whether a link comes, goes or changes. What is missing is followed as a folder is, so folders turn no way.
    private func isLinkChange(_ change: WorkspaceChange) -> Bool {
        if case .link = change.content { return true }
        let wasLink = snapshot.manifest[change.path]?.kind == .link
        return wasLink && (change.content != nil || change.kind == .removed)
    }
}
