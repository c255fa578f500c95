import Foundation
public import RunJournal

/// Removes the tables that old runs worked on. They are filled again from the record, and hold what tools gave.
public enum RunFolderPruning {
    /// Removes `runs/RUN` of runs that are over, not held, and older than `period`.
    ///
    /// - Parameters:
    ///   - journal: The journal with the runs.
    ///   - stateDirectory: The state folder.
    ///   - period: How long they are kept after the last entry of their run that the run itself made; nil for ever.
    ///   - isDryRun: Whether only to say what would go.
    /// - Returns: The runs whose folder is gone.
    /// - Throws: `JournalError` when the record can't be read, or a folder can't be removed.
    public static func prune(
        _ journal: Journal, stateDirectory: String, period: Duration?, isDryRun: Bool
    ) throws(JournalError) -> [RunID] {
        let limit = journal.limit(period)
        let folder = stateDirectory + "/runs"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var removed: [RunID] = []
        for id in names.sorted().compactMap({ RunID($0) }) {
            guard let summary = try RunAge.summary(of: id, in: journal), !summary.state.isOpen, !summary.isHeld,
                try RunAge.newest(of: id, in: journal) < limit
            else { continue }
            if !isDryRun {
                do {
                    try FileManager.default.removeItem(atPath: "\(folder)/\(id)")
                } catch {
                    throw JournalError(
                        .io, operation: "remove `runs/\(id)`", reason: "the folder or something in it can't be removed",
                        fix: "Check its permissions.")
                }
            }
            removed.append(id)
        }
        return removed
    }
}
