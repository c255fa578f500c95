import RunJournal

/// Looks at the journal's end on a thread of its own, beside whoever reads long views.
actor JournalWatch {
    private let executor = QueueExecutor("supervisor.watch")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let journal: Journal

    init(journal: Journal) {
        self.journal = journal
    }

    func head() throws(JournalError) -> Int {
        try journal.requireInPlace()
        return try journal.head().sequence
    }

    func marks(after sequence: Int, limit: Int) throws(JournalError) -> [EntryMark] {
        try journal.requireInPlace()
        return try journal.marks(after: sequence, limit: limit)
    }
}
