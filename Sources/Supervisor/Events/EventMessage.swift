import JSONSchemas
import RunJournal

/// Events as a stream of server-sent events has them.
enum EventMessage {
    /// That nothing happened, so that a connection that is gone is noticed.
    static let quiet = ": quiet\n\n"
    /// That the server stops.
    static let end = "event: end\ndata: {}\n\n"

    /// A new entry.
    static func entry(_ mark: EntryMark) -> String {
        var data: JSONObject = [
            "sequence": .integer(mark.sequence), "run": .string(mark.run.description), "step": .string(mark.step),
            "kind": .string(mark.kind), "time": .string(mark.timestamp),
        ]
        if let problem = mark.problem { data["problem"] = .string(problem.description) }
        // A JSON text on one line holds no line break, whatever the step's address holds.
        return "id: \(mark.sequence)\nevent: entry\ndata: \(JSONValue.object(data).serialized(.compact))\n\n"
    }

    /// That too much was missed to be told.
    static func reset(last: Int) -> String {
        "id: \(last)\nevent: reset\ndata: {\"last\":\(last)}\n\n"
    }
}
