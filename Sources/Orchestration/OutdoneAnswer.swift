import JSONSchemas
import Planning
import RunJournal

/// What a smaller model said that wasn't enough, so that the larger one was asked.
struct OutdoneAnswer: Sendable {
    /// What the entry of a reading calls it.
    static let member = EntryMember.first

    /// As the record has it: the model, its answer, how sure it was and of what it wasn't, or why it gave none.
    let json: JSONValue
    /// What it cost.
    let usage: TokenUsage
}
