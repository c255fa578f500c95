import JSONSchemas
import PolicyEngine
import RunJournal
import WorkflowFormat

/// What a file holds before a call changes it, where the run's record leaves no doubt: a question that shows too little of
/// a change is answered by who doesn't know it.
struct EarlierText {
    let journal: Journal
    let run: RunID
    let call: CallView

    /// Effects, and looks, that are gone through backwards; entries of one step that are read.
    private static let effectLimit = 50
    private static let lookLimit = 200
    private static let entryLimit = 100

    /// The text; nil where the record doesn't tell it for certain. `looks`: the steps that looked at files, in order.
    func text(looks: [String]) throws(JournalError) -> String? {
        let own = try entries(at: call.address)
        let asked = own.last { $0.kind == .approvalRequested || $0.kind == .callProposed }?.sequence ?? 0
        let begun = own.filter { $0.kind == .executionStarted }.map(\.sequence)
        // What was begun before may have been done then.
        guard own.count < Self.entryLimit, begun.count < 2, begun.allSatisfy({ $0 > asked }) else { return nil }
        let end = begun.first ?? Int.max
        let changes = try journal.effects(of: run).filter {
            $0.effect != .pure && $0.step != call.address && $0.intentSequence < end
        }
        switch call.tool {
        case "file.write": return try written(changes, before: end)
        case "file.replace_line": return try seen(looks, changes, before: end)
        default: return nil
        }
    }

    /// What this run wrote there last, and nothing else that it did could have touched since.
    private func written(_ changes: [EffectRecord], before end: Int) throws(JournalError) -> String? {
        guard let wanted = argument("path").flatMap(Self.pieces) else { return nil }
        for change in changes.reversed().prefix(Self.effectLimit) {
            let entries = try entries(at: change.step)
            let intent = entries.last { $0.sequence == change.intentSequence }
            guard intent?.body["tool"]?.stringValue == "file.write",
                let outcome = change.outcomeSequence, outcome < end,
                let made = Self.arguments(entries, at: outcome),
                let path = made["path"]?.stringValue.flatMap(Self.pieces)
            else { return nil }
            // Another file of this run's folder.
            guard path == wanted else { continue }
            let observed = entries.last { $0.sequence == outcome }
            guard observed?.body["observation"]?["outcome"]?.stringValue == "succeeded",
                changes.allSatisfy({
                    $0.intentSequence >= change.intentSequence
                        || ($0.outcomeSequence ?? Int.max) < change.intentSequence
                })
            else { return nil }
            return made["text"]?.stringValue
        }
        return nil
    }

    /// What the run saw when it looked at the file, after which it did nothing that changes any.
    private func seen(
        _ looks: [String], _ changes: [EffectRecord], before end: Int
    ) throws(JournalError) -> String? {
        guard let path = argument("path"), let workspace = argument("workspace") else { return nil }
        for address in looks.reversed().prefix(Self.lookLimit) {
            let entries = try entries(at: address)
            guard let look = entries.last(where: { $0.kind == .observationRecorded && $0.sequence < end }),
                let asked = entries.last(where: { $0.kind == .callProposed && $0.sequence < look.sequence }),
                let made = Self.arguments(entries, at: look.sequence),
                Self.isSame(made["path"], path), Self.isSame(made["workspace"], workspace)
            else { continue }
            let value = look.body["observation"]?["value"]
            guard value?["cut"]?.boolValue == false,
                changes.allSatisfy({ ($0.outcomeSequence ?? Int.max) < asked.sequence })
            else { return nil }
            return value?["text"]?.stringValue
        }
        return nil
    }

    private func entries(at address: String) throws(JournalError) -> [JournalEntry] {
        try journal.records(of: run, at: address, limit: Self.entryLimit).map(\.entry)
    }

    private func argument(_ name: String) -> String? {
        call.arguments.first { $0.name == name }?.value.stringValue
    }

    /// The arguments of the call that this outcome is of, as it was made: a person may have edited what was proposed.
    private static func arguments(_ entries: [JournalEntry], at outcome: Int) -> JSONObject? {
        let before = entries.filter { $0.sequence < outcome }
        let made = before.last { $0.kind == .executionStarted }?.body["arguments"]
        return (made ?? before.last { $0.kind == .callProposed }?.body["arguments"])?.objectValue
    }

    /// A path's pieces as bytes: names that only look alike are two. Nil where it leads upwards.
    private static func pieces(_ path: String) -> [[UInt8]]? {
        let pieces = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }.filter { $0 != Array(".".utf8) }
        return pieces.contains(Array("..".utf8)) ? nil : pieces
    }

    private static func isSame(_ value: JSONValue?, _ text: String) -> Bool {
        value?.stringValue.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    }
}
