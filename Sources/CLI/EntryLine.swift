import JSONSchemas
import RunJournal

/// An entry in the JSON output of commands: `Schemas/show.schema.json`.
enum EntryLine {
    static func json(_ entry: JournalEntry) -> JSONValue {
        var line: JSONObject = [
            "type": "entry", "sequence": .integer(entry.sequence), "time": .string(entry.timestamp),
            "step": .string(entry.step), "kind": .string(entry.kind.rawValue), "body": entry.body,
            "hash": .string(entry.hash),
        ]
        if entry.isErased { line["erased"] = true }
        return .object(line)
    }
}
