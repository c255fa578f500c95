public import Planning
public import RunJournal

/// The answers of earlier runs, as planners use them.
public struct RememberedAnswers: AnswerMemory {
    private let store: AnswerStore
    private let isFresh: Bool

    /// The answers in `store`.
    ///
    /// `isFresh`: nothing is recalled, so that the model is asked everything again; its answers are kept all the same.
    public init(_ store: AnswerStore, isFresh: Bool) {
        self.store = store
        self.isFresh = isFresh
    }

    /// See ``AnswerMemory/recall(_:)``.
    public func recall(_ key: String) async -> String? {
        isFresh ? nil : store.answer(for: key)
    }

    /// See ``AnswerMemory/remember(_:for:)``.
    public func remember(_ answer: String, for key: String) async {
        store.keep(answer, for: key)
    }
}
