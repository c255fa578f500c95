import Planning

/// What the smaller model said that a reading asks first.
enum FirstAnswer: Sendable {
    /// An answer, however sure.
    case answered(ReadAnswer)
    /// None: it was too long, or the text doesn't fit. The sentence says so; the rest is what was spent on it.
    case failed(String, TokenUsage)
}
