/// What an entry records. Past tense: the journal holds what happened.
public enum JournalEntryKind: String, CaseIterable, Codable, Sendable {
    /// A run began; the body holds `workflow`, `directory` and `parameters`.
    case runStarted
    /// Another process, or the same one later, went on with the run; the body says by which policy.
    case runResumed
    /// The run waits for a person.
    case runParked
    /// A person ended the run.
    case runCancelled
    /// The run ended; the body holds `outcome` and may hold `exit`.
    case runFinished
    /// A step began.
    case stepStarted
    /// A step ended, with its result.
    case stepFinished
    /// A prompt was put together; hashes and counts, not the text.
    case promptBuilt
    /// A typed value came from a model.
    case valueProduced
    /// A tool call was proposed, not yet decided on.
    case callProposed
    /// The policy's decision on a proposed call.
    case callDecided
    /// A person was asked; the body holds `digest`.
    case approvalRequested
    /// A person answered; the body holds the same `digest`. With `superseded` nobody did: the question was closed since
    /// something else is asked or decided there now.
    case approvalRecorded
    /// An effect is about to happen: the intent, durable before the effect.
    case executionStarted
    /// What came back from a tool: the outcome, durable before anybody reads it.
    case observationRecorded
    /// What a tool gave while a question was open, for the files of a run that waits; a resumed run calls it again.
    case provisionalObserved
    /// A call was begun in an earlier life of the run and nobody can tell whether it had its effect; the body holds
    /// what is known: `effect`, `begun`, `sentence`.
    case effectUnknown
    /// Files are about to be changed: what each path is and what it will be, durable before the change.
    case changesPrepared
    /// A file of the run was written.
    case outputWritten
    /// A person began to undo changes of files; the body says which.
    case undoBegun
    /// Changes of files were undone.
    case undone
    /// A body was removed by pruning; the entry here holds `sha256` (the body's salted hash), `entry`, `bytes`, `class`
    /// and `person`.
    case blobErased
    /// A person forbade removing anything of the run: a legal hold.
    case runHeld
    /// A person lifted the hold.
    case runReleased
    /// Anything else worth keeping.
    case note
}
