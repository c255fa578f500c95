/// How long records are kept, by class. `warrant prune` removes what is older; entries themselves stay, so that the chain
/// can still be checked.
public struct RetentionPeriods: Hashable, Sendable {
    /// What is kept.
    public enum RecordClass: String, Hashable, Sendable, CaseIterable {
        /// What happened: decisions, approvals, intents, outcomes.
        case events
        /// What tools gave and runs wrote: observations, pre-images, output files kept as blobs.
        case outputs
        /// What a model was shown.
        case prompts
    }

    /// How long a class is kept; nil for as long as there is a journal. Never zero or negative.
    public var events: Duration?
    /// See ``events``.
    public var outputs: Duration?
    /// See ``events``.
    public var prompts: Duration?

    /// A day without leap seconds.
    public static let day = Duration.seconds(86_400)

    /// Retention periods; the defaults are what the product keeps.
    public init(
        events: Duration? = RetentionPeriods.day * 365, outputs: Duration? = RetentionPeriods.day * 30,
        prompts: Duration? = RetentionPeriods.day * 30
    ) {
        self.events = events
        self.outputs = outputs
        self.prompts = prompts
    }

    /// How long `kind` is kept; nil for as long as there is a journal.
    public subscript(kind: RecordClass) -> Duration? {
        switch kind {
        case .events: events
        case .outputs: outputs
        case .prompts: prompts
        }
    }
}
