import RunJournal
import ToolExecution

/// Keeps what files were before a run changes them, and puts each change on record before it is made.
struct ChangeRecord: ChangeKeeper {
    let run: RunID
    let journal: Journal
    let preimages: PreimageFolder

    func store(_ bytes: [UInt8]) throws {
        try preimages.store(bytes)
    }

    func record(_ changes: ChangeSet, at address: String) throws {
        try journal.append(.changesPrepared, run: run, step: address, body: changes.toJSON())
    }
}
