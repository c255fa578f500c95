import ModelRuntime

/// What one piece of work cost, in tokens of the model and in time.
///
/// `evaluated` and `reused` count prompt tokens; `forced` counts answer tokens that the grammar fixed, so that nothing
/// had to be sampled; `sampled` counts the tokens the model really chose, `drafted` those of them that had been
/// evaluated in advance and so cost no evaluation of their own.
public struct TokenUsage: Hashable, Sendable {
    /// Prompt tokens the model had to evaluate.
    public var evaluated = 0
    /// Prompt tokens found in the KV cache.
    public var reused = 0
    /// Answer tokens appended without sampling.
    public var forced = 0
    /// Answer tokens sampled.
    public var sampled = 0
    /// Sampled tokens that a draft had foretold.
    public var drafted = 0
    /// Answers for which the grammar met a limit of its own, so that something that fits the schema was never offered.
    public var narrowed = 0
    /// Answers that were known already, mostly from earlier runs; they cost no token and no time.
    public var remembered = 0
    /// Prompt tokens, counted above too, of what readings have in common and the first one evaluates for all.
    public var common = 0
    /// Time spent in prompt evaluation.
    public var promptTime: Duration = .zero
    /// Time spent in producing the answer.
    public var answerTime: Duration = .zero

    /// No usage.
    public init() {}

    /// All tokens of the prompt.
    public var promptTokens: Int { evaluated + reused }

    /// Tokens counted against a budget: what was asked and what was answered.
    ///
    /// A prompt counts as a whole, also what of it was resident or came from the disk. How much that was hangs on what
    /// ran before or beside it, and where a budget ends a run must not; so what readings share is nobody's.
    public var budgetTokens: Int { promptTokens - common + forced + sampled }

    /// Adds what an evaluation of prompt tokens cost.
    mutating func count(_ evaluation: Evaluation) {
        evaluated += evaluation.evaluated
        reused += evaluation.reused
        promptTime += evaluation.duration
    }

    /// The sum of two usages.
    public static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
        var sum = left
        sum.evaluated += right.evaluated
        sum.reused += right.reused
        sum.forced += right.forced
        sum.sampled += right.sampled
        sum.drafted += right.drafted
        sum.narrowed += right.narrowed
        sum.remembered += right.remembered
        sum.common += right.common
        sum.promptTime += right.promptTime
        sum.answerTime += right.answerTime
        return sum
    }
}
