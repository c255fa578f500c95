/// What the model said in earlier runs, so that the very same question is not put to it twice.
///
/// A remembered answer is one that these weights gave to this prompt under this grammar; asked again they would say the
/// same, save where rounding decides between near-equal tokens. What comes back is held to the grammar again. How sure
/// the model was is taken as it was kept, so the memory belongs to the state that its owner must guard.
public protocol AnswerMemory: Sendable {
    /// What was remembered for `key`; `nil` where nothing was.
    func recall(_ key: String) async -> String?

    /// Keeps `answer` for `key`, in place of what was there.
    func remember(_ answer: String, for key: String) async
}
