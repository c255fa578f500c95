import Planning

/// The answer to a reading, with what came before it.
struct GivenAnswer: Sendable {
    /// The answer that counts.
    let answer: ReadAnswer
    /// The model that gave it, where another one could have; else nil.
    var model: String?
    /// What the smaller model said, where that wasn't enough.
    var outdone: OutdoneAnswer?

    /// What all of it cost.
    var usage: TokenUsage { (outdone?.usage ?? TokenUsage()) + answer.usage }
}
