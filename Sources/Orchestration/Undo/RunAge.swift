import RunJournal

/// How old a run is for pruning.
enum RunAge {
    /// The run; nil where the journal has none of that name: another journal's, or one that this journal has lost.
    static func summary(of run: RunID, in journal: Journal) throws(JournalError) -> RunSummary? {
        do throws(JournalError) {
            return try journal.run(run)
        } catch {
            // Nothing says how old it is, so that nothing of it goes.
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// When the newest entry was written that is the run's own. What keepers of the record add to it later (erasures,
    /// holds, notes) makes nothing younger.
    static func newest(of run: RunID, in journal: Journal) throws(JournalError) -> Int64 {
        let kinds = Set(JournalEntryKind.allCases).subtracting([.blobErased, .runHeld, .runReleased, .note])
        return try journal.newestNanoseconds(of: run, kinds: kinds)
    }
}
