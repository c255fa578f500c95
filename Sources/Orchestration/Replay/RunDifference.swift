public import JSONSchemas
import RunJournal

/// The first place where a record and what comes out of it part.
public struct RunDifference: Hashable, Sendable {
    /// The entry; nil where the record has none any more.
    public let sequence: Int?
    /// The step's address; empty for the run itself.
    public let step: String
    /// What the entry records, such as `callDecided`.
    public let kind: String
    /// Where in the entry's body, as a JSON pointer; nil where the entry as a whole is another one.
    public let pointer: String?
    /// What is recorded; nil for nothing.
    public let recorded: JSONValue?
    /// What comes out; nil for nothing.
    public let replayed: JSONValue?
    /// One sentence with all of it, values shortened.
    public private(set) var sentence: String

    /// Another entry than the one that comes out.
    init(_ entry: JournalEntry, instead reason: String) {
        sequence = entry.sequence
        step = entry.step
        kind = entry.kind.rawValue
        pointer = nil
        recorded = nil
        replayed = nil
        sentence = "Entry \(entry.sequence) (\(entry.kind.rawValue), \(Self.place(entry.step))): \(reason)."
    }

    /// The same entry with another body; nil where both are the same to the byte.
    init?(_ entry: JournalEntry, facts recordedFacts: JSONValue, comesOutAs facts: JSONValue) {
        guard recordedFacts.serialized(.compact) != facts.serialized(.compact) else { return nil }
        let found = Self.first(recordedFacts, facts, at: JSONPointer())
        sequence = entry.sequence
        step = entry.step
        kind = entry.kind.rawValue
        pointer = found.pointer.description
        recorded = found.recorded
        replayed = found.replayed
        let place = found.pointer.tokens.isEmpty ? "it" : "`\(found.pointer)`"
        sentence =
            "Entry \(entry.sequence) (\(entry.kind.rawValue), \(Self.place(entry.step))): \(place) was recorded as "
            + "\(Self.shown(found.recorded)) and comes out as \(Self.shown(found.replayed))."
    }

    /// The same with what may have made it.
    func adding(_ cause: String?) -> RunDifference {
        guard let cause else { return self }
        var result = self
        result.sentence += " " + cause
        return result
    }

    private static func place(_ step: String) -> String { step.isEmpty ? "the run" : "step `\(step)`" }

    private static func shown(_ value: JSONValue?) -> String {
        guard let text = value?.serialized(.compact) else { return "nothing" }
        return text.count > 120 ? text.prefix(117) + "..." : text
    }

    /// The first part that is another one.
    private static func first(
        _ recorded: JSONValue, _ replayed: JSONValue, at pointer: JSONPointer
    ) -> (pointer: JSONPointer, recorded: JSONValue?, replayed: JSONValue?) {
        if let left = recorded.objectValue, let right = replayed.objectValue {
            for name in left.keys + right.keys.filter({ left[$0] == nil }) {
                guard let one = left[name], let other = right[name] else {
                    return (pointer.appending(name), left[name], right[name])
                }
                if one.serialized(.compact) != other.serialized(.compact) {
                    return first(one, other, at: pointer.appending(name))
                }
            }
        } else if let left = recorded.arrayValue, let right = replayed.arrayValue {
            for (index, pair) in zip(left, right).enumerated()
            where pair.0.serialized(.compact) != pair.1.serialized(.compact) {
                return first(pair.0, pair.1, at: pointer.appending(index))
            }
            let count = min(left.count, right.count)
            if left.count != right.count {
                return (pointer.appending(count), left.dropFirst(count).first, right.dropFirst(count).first)
            }
        }
        return (pointer, recorded, replayed)
    }

    /// The difference as one value.
    public func toJSON() -> JSONValue {
        [
            "type": "difference", "entry": sequence.map { .integer($0) } ?? .null, "step": .string(step),
            "kind": .string(kind), "pointer": pointer.map { .string($0) } ?? .null, "recorded": recorded ?? .null,
            "replayed": replayed ?? .null, "sentence": .string(sentence),
        ]
    }
}
