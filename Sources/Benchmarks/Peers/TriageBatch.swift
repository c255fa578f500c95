import Foundation
import JSONSchemas

/// The work of `shared/triage-batch`: tickets to be classified under a schema.
struct TriageBatch: Sendable {
    struct Ticket: Sendable {
        let id: String
        let text: String
    }

    static let fields = ["component", "severity", "kind"]
    static let tokenLimit = 160

    let tickets: [Ticket]
    let system: String
    let schema: JSONSchema
    private let labels: [String: JSONValue]

    init(directory: String) throws {
        tickets = try PeerCommands.rows(ofFile: directory + "/tickets.jsonl").map {
            Ticket(id: $0["id"]?.stringValue ?? "", text: $0["text"]?.stringValue ?? "")
        }
        system = String(decoding: try PeerCommands.bytes(ofFile: directory + "/system.txt"), as: UTF8.self)
        schema = try JSONSchema(PeerCommands.json(ofFile: directory + "/schema.json"))
        var labels: [String: JSONValue] = [:]
        for row in try PeerCommands.rows(ofFile: directory + "/labels.jsonl") {
            labels[row["id"]?.stringValue ?? ""] = row
        }
        self.labels = labels
    }

    /// Whether an answer fits the schema, and how many of its fields a person would accept.
    func score(_ answer: JSONValue?, of ticket: Ticket) -> (isValid: Bool, right: [String]) {
        guard let answer, schema.validate(answer).isEmpty else { return (false, []) }
        return (
            true,
            Self.fields.filter { field in
                answer[field].map { labels[ticket.id]?[field]?.arrayValue?.contains($0) ?? false } ?? false
            }
        )
    }
}
