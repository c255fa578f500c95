import GRDB
import JSONSchemas
import WorkflowFormat

/// What an entry does to the row of its effect; the same rule when writing and when verifying.
enum EffectChange: Hashable {
    /// An intent: the effect is of this class.
    case intended(String)
    /// An outcome.
    case observed

    /// Nil when the entry is about no effect. `body` is asked only for intents.
    init?(_ kind: JournalEntryKind, subject: String, body: JSONValue?) {
        guard !subject.isEmpty else { return nil }
        switch kind {
        case .executionStarted:
            // An intent that names no class is treated as the worst one.
            let effect = body?["class"]?.stringValue.flatMap(Effect.init(rawValue:)) ?? .opaque
            self = .intended(effect.rawValue)
        case .observationRecorded: self = .observed
        default: return nil
        }
    }

    /// Whether what is about to happen can be undone or repeated by nobody, so that the record of it has to be out of
    /// reach before.
    var needsCheckpoint: Bool {
        self == .intended(Effect.opaque.rawValue) || self == .intended(Effect.queryable.rawValue)
    }

    func apply(_ entry: JournalEntry, in database: Database) throws {
        switch self {
        case .intended(let effect):
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO effect (effect_id, run, step, class, intent_sequence, outcome_sequence, state)
                    VALUES (?, ?, ?, ?, ?, NULL, 'intended')
                    ON CONFLICT (effect_id) DO UPDATE SET
                        run = excluded.run, step = excluded.step, class = excluded.class,
                        intent_sequence = excluded.intent_sequence, outcome_sequence = NULL, state = excluded.state
                    """)
            try statement.execute(arguments: [
                entry.subject, entry.run.description, entry.step, effect, entry.sequence,
            ])
            try JournalSchema.requireWritten("effect", in: database)
        case .observed:
            let statement = try database.cachedStatement(
                sql: "UPDATE effect SET outcome_sequence = ?, state = 'observed' WHERE effect_id = ?")
            try statement.execute(arguments: [entry.sequence, entry.subject])
        }
    }
}
