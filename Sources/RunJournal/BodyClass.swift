/// What kind of data an entry's body is, which decides how long it is kept.
public enum BodyClass: String, CaseIterable, Codable, Sendable {
    /// Decisions, intents, answers, starts and ends: the record itself, which is never removed.
    case record
    /// What came back from tools, and the results of steps.
    case outputs
    /// What a model was shown, and what it wrote.
    case prompts

    /// The class of every body of this kind.
    public init(_ kind: JournalEntryKind) {
        switch kind {
        case .observationRecorded, .provisionalObserved, .stepFinished: self = .outputs
        case .promptBuilt, .valueProduced: self = .prompts
        default: self = .record
        }
    }
}
