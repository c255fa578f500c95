import JSONSchemas
import RunJournal

/// What one process did of a run: from its start, or from where it went on, to where it parked, ended or was killed.
struct RunStretch {
    /// The entry it begins with.
    let start: JournalEntry
    /// What the run itself wrote after that, in order.
    let own: [JournalEntry]
    /// Everything between the start and the next stretch, in order.
    let all: [JournalEntry]

    /// What others write than the run's own steps: persons and their commands, and the tools about what they are to
    /// change. It is part of the record that a run goes on from, and nothing that a replay could work out. The names are
    /// those of the kinds.
    private static let foreign: Set = [
        "runCancelled", "changesPrepared", "undoBegun", "undone", "blobErased", "runHeld", "runReleased",
    ]

    /// Whether the run itself wrote an entry. Its notes are always about a step.
    private static func isOwn(_ entry: JournalEntry) -> Bool {
        !foreign.contains(entry.kind.rawValue) && (entry.kind != .note || !entry.step.isEmpty)
    }

    /// The stretches of a run's entries; none where they don't begin with a start.
    static func all(of entries: [JournalEntry]) -> [RunStretch] {
        guard entries.first?.kind == .runStarted else { return [] }
        var stretches: [RunStretch] = []
        var start: JournalEntry?
        var rest: [JournalEntry] = []
        for entry in entries {
            if entry.kind == .runStarted || entry.kind == .runResumed {
                if let start { stretches.append(RunStretch(start, rest)) }
                start = entry
                rest = []
            } else {
                rest.append(entry)
            }
        }
        if let start { stretches.append(RunStretch(start, rest)) }
        return stretches
    }

    private init(_ start: JournalEntry, _ all: [JournalEntry]) {
        self.start = start
        self.all = all
        var own = all.filter(Self.isOwn)
        // An answer at the end was given when nobody was at work any more. One that a run got while it asked looks the
        // same where the process was killed right after; then too nothing follows from it in this stretch.
        while let last = own.last, last.kind == .approvalRecorded, last.body["decision"] != nil { own.removeLast() }
        self.own = own
    }
}
