import RunJournal

extension RecordReader {
    /// What a run that a person has just answered waits for, in one sentence.
    func next(of run: RunID) throws(JournalError) -> String {
        let summary = try journal.run(run)
        let name = "Run \(run) of \(Pages.name(summary.workflow))"
        guard summary.waitingCount == 0 else { return "\(name): \(Pages.waitingWords(summary.waitingCount))." }
        return "\(name): no question waits any more. Go on with `warrant resume \(run)`."
    }
}
