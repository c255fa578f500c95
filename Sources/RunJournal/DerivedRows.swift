import GRDB
import JSONSchemas

/// What follows from entries, and is kept in tables of its own so that it need not be folded at every look: runs,
/// questions and effects.
struct DerivedRows {
    private struct Run: Equatable {
        var workflow: String
        var directory: String
        var startedNanoseconds: Int64
        var startedSequence: Int
        var state: String
        var exitCode: Int?
        var held = false
    }

    private struct Approval: Equatable {
        var step: String
        var requested: Int
        var recorded: Int?
    }

    private struct Effect: Equatable {
        var run: String
        var step: String
        var effect: String
        var intent: Int
        var outcome: Int?
    }

    private var runs: [String: Run] = [:]
    private var approvals: [String: Approval] = [:]
    private var effects: [String: Effect] = [:]

    /// Whether something follows from the body of entries of this kind.
    static func needsBody(_ kind: JournalEntryKind) -> Bool {
        switch kind {
        case .runStarted, .runResumed, .runParked, .runCancelled, .runFinished, .executionStarted: true
        default: false
        }
    }

    mutating func add(_ kind: JournalEntryKind, _ fields: EntryHash.Fields, _ body: JSONValue) {
        if kind == .runStarted {
            runs[fields.run] = Run(
                workflow: body["workflow"]?.stringValue ?? "", directory: body["directory"]?.stringValue ?? "",
                startedNanoseconds: fields.wallNanoseconds, startedSequence: fields.sequence, state: "")
        }
        if let change = RunStateChange(kind, body) {
            runs[fields.run]?.state = change.state.rawValue
            runs[fields.run]?.exitCode = change.exitCode
        }
        if kind == .runStarted { runs[fields.run]?.exitCode = nil }
        if let held = kind.holds { runs[fields.run]?.held = held }
        let key = "\(fields.run) \(fields.subject)"
        if kind == .approvalRequested { approvals[key] = Approval(step: fields.step, requested: fields.sequence) }
        if kind == .approvalRecorded { approvals[key]?.recorded = fields.sequence }
        switch EffectChange(kind, subject: fields.subject, body: body) {
        case .intended(let effect):
            effects[fields.subject] = Effect(
                run: fields.run, step: fields.step, effect: effect, intent: fields.sequence)
        case .observed: effects[fields.subject]?.outcome = fields.sequence
        case nil: break
        }
    }

    mutating func compareRuns(_ rows: RowCursor) throws -> [String] {
        var sentences: [String] = []
        while let row = try rows.next() {
            let id: String = try row.checked("id")
            let stored = Run(
                workflow: try row.checked("workflow"), directory: try row.checked("directory"),
                startedNanoseconds: try row.checked("started_ns"), startedSequence: try row.checked("started_sequence"),
                state: try row.checked("state"), exitCode: try row.checkedOptional("exit_code"),
                held: try row.checked("held") as Int == 1)
            let held: Int = try row.checked("held")
            if runs.removeValue(forKey: id) != stored || ![0, 1].contains(held) {
                sentences.append("The record of run `\(id)` does not follow from its entries.")
            }
        }
        return sentences + runs.keys.sorted().map { "The record of run `\($0)` is missing." }
    }

    mutating func compareApprovals(_ rows: RowCursor) throws -> [String] {
        var sentences: [String] = []
        while let row = try rows.next() {
            let run: String = try row.checked("run")
            let digest: String = try row.checked("digest")
            let stored = Approval(
                step: try row.checked("step"), requested: try row.checked("requested_sequence"),
                recorded: try row.checkedOptional("recorded_sequence"))
            if approvals.removeValue(forKey: "\(run) \(digest)") != stored {
                sentences.append("The approvals listed for run `\(run)` do not follow from its entries.")
            }
        }
        return sentences
            + approvals.keys.sorted().map { "An approval of run `\($0.prefix(26))` is missing from the list." }
    }

    mutating func compareEffects(_ rows: RowCursor) throws -> [String] {
        var sentences: [String] = []
        while let row = try rows.next() {
            let id: String = try row.checked("effect_id")
            let run: String = try row.checked("run")
            let stored = Effect(
                run: run, step: try row.checked("step"), effect: try row.checked("class"),
                intent: try row.checked("intent_sequence"), outcome: try row.checkedOptional("outcome_sequence"))
            let state: EffectRecord.State = stored.outcome == nil ? .intended : .observed
            let storedState: String = try row.checked("state")
            if effects.removeValue(forKey: id) != stored || storedState != state.rawValue {
                sentences.append("The effects listed for run `\(run)` do not follow from its entries.")
            }
        }
        return sentences
            + effects.values.map(\.run).sorted().map { "An effect of run `\($0)` is missing from the list." }
    }
}
