/// One generation in the engine: what its sequence is to hold, what of that waits to be evaluated, where its logits are.
struct Seat {
    /// Where the logits of a token are: a row of a batch, until the next batch.
    struct LogitsPlace {
        let batch: Int
        var row: Int
    }

    /// What the generation waits for.
    struct Work {
        enum Kind {
            /// The logits behind all of its tokens.
            case evaluation
            /// How probable each continuation is.
            case score([[Int32]])
            /// The hidden state behind a text that doesn't become the sequence.
            case embedding([Int32])
        }

        let kind: Kind
        /// Tokens to evaluate beside, for what may follow.
        var drafts: [Int32] = []
        /// How many of the tokens are counted: those of the prompt, without the answer's opening.
        var countedTokens: Int
        /// How many of the counted tokens need no evaluation; known once there is a sequence.
        var reused: Int?
        /// The log probability of each continuation's first token, once the prompt is evaluated.
        var firsts: [Double]?
        let start: ContinuousClock.Instant
        let cancellation: CancellationFlag
    }

    /// In order of arrival.
    let number: Int
    /// All that the sequence is to hold; the context may hold less.
    var tokens: [Int32] = []
    /// Where the sequence is resident.
    var slot: Int?
    var isKept = false
    /// How many of the tokens are the same in every run.
    var fixedTokenCount = 0
    /// Tokens that the context holds behind `tokens`, each with logits in the row after the one before.
    var drafts: [Int32] = []
    var logits: LogitsPlace?
    /// Identifies the request in draws.
    var drawKey: UInt64 = 0
    var work: Work?

    init(number: Int) { self.number = number }
}
