/// Finds folders that Git takes for repositories without being called `.git`: "bare" ones.
///
/// Git looks for them in the working folder and every folder above, and runs what their settings name, such as
/// `core.fsmonitor`, at a mere `git status` (gitrepository-layout(5); `safe.bareRepository` in git-config(1)).
enum GitRepositories {
    /// The entries of such a folder that say what it is and what it does.
    private static let names = ["head", "config", "config.worktree", "objects", "refs", "commondir", "hooks", "gitdir"]

    /// Of all paths in a workspace, those entries of every folder that Git would take for a repository.
    static func parts(in paths: Set<ConfinedPath>) -> Set<ConfinedPath> {
        var entries: [ConfinedPath: [String: ConfinedPath]] = [:]
        for path in paths {
            let name = String(decoding: path.name, as: UTF8.self).lowercased()
            if names.contains(name) { entries[path.parent, default: [:]][name] = path }
        }
        return entries.values.reduce(into: []) { parts, folder in
            guard folder["head"] != nil, folder["commondir"] != nil || folder["objects"] != nil && folder["refs"] != nil
            else { return }
            parts.formUnion(folder.values)
        }
    }
}
