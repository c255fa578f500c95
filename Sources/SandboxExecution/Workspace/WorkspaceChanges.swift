/// What a sandboxed command did to its copy of a workspace, divided into what may be imported and what may not.
///
/// The copy is looked at as something hostile: bounded in every direction, no link followed, nothing executed. Refused
/// are protected names (``ProtectedNames``), links that lead outside and what would turn other links, set-ID bits, sockets, pipes and devices, and new
/// names that cannot be shown as they are. What is in a refused folder is refused with it, in one line.
package struct WorkspaceChanges: Sendable {
    /// What may be imported, ordered by path.
    package let allowed: [WorkspaceChange]
    /// What may not, ordered by path.
    package let refused: [WorkspaceRefusal]

    /// What the changes are changes of.
    let snapshot: WorkspaceSnapshot
    /// Compares.
    ///
    /// - Parameters:
    ///   - snapshot: what the copy was unpacked from.
    ///   - folder: the copy. Every process that could write to it must be gone.
    ///   - limits: bounds for the copy as it is now, those of the snapshot unless given. Beyond any of them nothing is
    ///     imported, and the only refusal says so.
    ///   - appliesRules: false only in tests that show what the rules are there for.
    package init(
        comparing snapshot: WorkspaceSnapshot, with folder: ConfinedFolder, limits: WorkspaceLimits? = nil,
        appliesRules: Bool = true
    ) {
        self.snapshot = snapshot
        var comparison = WorkspaceComparison(snapshot: snapshot, folder: folder, appliesRules: appliesRules)
        do {
            try comparison.compare(limits: limits ?? snapshot.limits)
            allowed = comparison.allowed.sorted { $0.path < $1.path }
            refused = comparison.refusals.sorted { $0.key < $1.key }.map {
                WorkspaceRefusal(path: "\($0.key)", reason: $0.value)
            }
        } catch {
            allowed = []
            refused = [WorkspaceRefusal(path: ".", reason: error.reason)]
        }
    }
}
