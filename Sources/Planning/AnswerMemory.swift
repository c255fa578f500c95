/// What the model said in earlier runs, so that the very same question is not put to it twice.
///
/// With fixed weights, prompt, grammar, temperature and seed an answer is a function of its key, so a remembered one
/// is what the model would say again. What comes back is checked like anything the model writes.
public protocol AnswerMemory: Sendable {
    /// What was remembered for `key`; `nil` where nothing was.
    func recall(_ key: String) async -> String?

    /// Keeps `answer` for `key`, in place of what was there.
    func remember(_ answer: String, for key: String) async
}
