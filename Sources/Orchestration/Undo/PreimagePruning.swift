import JSONSchemas
public import RunJournal
import ToolExecution

/// Removes what files were before old runs changed them. It is kept for as long as what tools gave.
public enum PreimagePruning {
    /// The member of a note that says what was removed.
    private static let member = "removed"
    private static let value = "undo"

    /// Removes the folders of runs that are over, not held, and older than `period`. The record of each run says so
    /// before, and the run can't be undone after that. What the record calls removed and is there still, since a process
    /// was killed in between, is removed whatever its age.
    ///
    /// - Parameters:
    ///   - journal: The journal with the runs.
    ///   - stateDirectory: Where earlier contents are kept.
    ///   - period: How long they are kept after the last entry of their run that the run itself made; nil for ever.
    ///   - person: Who removes.
    ///   - isDryRun: Whether only to say what would go.
    /// - Returns: The runs whose folder is gone.
    /// - Throws: `JournalError` when the record can't be kept, `ToolError` when a folder can't be removed.
    public static func prune(
        _ journal: Journal, stateDirectory: String, period: Duration?, by person: String, isDryRun: Bool
    ) throws -> [RunID] {
        let limit = journal.limit(period)
        var removed: [RunID] = []
        for id in PreimageFolder.runs(in: stateDirectory).compactMap({ RunID($0) }) {
            guard let summary = try RunAge.summary(of: id, in: journal), !summary.state.isOpen, !summary.isHeld else {
                continue
            }
            let isRecorded = try journal.entries(of: id, kinds: [.note]).contains {
                $0.body[member]?.stringValue == value
            }
            guard try isRecorded || RunAge.newest(of: id, in: journal) < limit else { continue }
            removed.append(id)
            guard !isDryRun else { continue }
            if !isRecorded {
                try journal.append(
                    .note, run: id,
                    body: [
                        "sentence":
                            "What files were before the run changed them is removed; it can't be undone any more.",
                        member: .string(value), "person": .string(person),
                    ])
            }
            try PreimageFolder(of: id, in: stateDirectory).remove()
        }
        return removed
    }
}
