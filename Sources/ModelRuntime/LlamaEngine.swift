import Tokens

/// Weights, context and resident sequences; used by one thread at a time.
///
/// Each generation has a seat. What its sequence is to hold is a list of tokens, and the context holds the state for
/// a start of that. ``step()`` evaluates a batch of what all seats wait for. A new prompt continues the resident sequence
/// that shares its longest start, or borrows that start from it.
final class LlamaEngine {
    let context: ContextHandle
    var batch: BatchHandle
    var slots: [SequenceSlot]
    var cells: CellLedger
    /// Seat 0 is that of callers without a turn of their own.
    var seats: [Int: Seat] = [0: Seat(number: 0)]
    var useCount = 0
    /// How many batches were evaluated: logits of an earlier one are gone.
    var batchNumber = 0
    /// Whether a sequence can be cut back; recurrent weights have no state to go back to.
    var takesDrafts = true
    /// Whether it was said that the context is too small for all generations.
    var hasSaidFull = false
    /// Tokens of a block of fixed shape, where runs have to agree in every bit.
    let blockTokenCount: Int?
    let notice: @Sendable (String) -> Void
    let prefixes: PrefixStore?
    private let splitter: MarkerSplitter
    private let innerText: InnerText

    let vocabulary: Vocabulary
    let trie: TokenTrie
    let chatTemplate: String?
    let contextTokenLimit: Int
    /// How many generations may have a seat.
    let placeCount: Int

    /// Maps the weights and makes a context for them.
    init(
        _ configuration: ModelConfiguration, notice: @escaping @Sendable (String) -> Void
    ) throws(ModelError) {
        let operation = "load model `\(configuration.reportedName)`"
        LlamaBackend.ensureStarted()
        LlamaBackend.clearErrors()
        let reading = VocabularyReading(path: configuration.path)
        guard let model = ModelHandle(path: configuration.path, repacksWeights: configuration.settings.repacksWeights)
        else { throw ModelError(.loadFailed, operation, LlamaBackend.errors ?? "llama.cpp gave no reason") }
        let trained = model.trainedContextTokens
        let limit =
            configuration.contextTokenLimit ?? min(ModelConfiguration.defaultContextTokenLimit, trained)
        guard limit <= trained else {
            throw ModelError(
                .loadFailed, operation,
                "a context of \(limit) tokens was asked for and these weights were trained for \(trained)")
        }
        let found = reading.wait(for: model)
        vocabulary = found.vocabulary
        trie = found.trie
        let splitter = MarkerSplitter(found.markers)
        self.splitter = splitter
        innerText = try InnerText(vocabulary: found.vocabulary) { bytes throws(ModelError) in
            try model.tokens(of: splitter.split(bytes), parsingSpecialTokens: false)
        }
        chatTemplate = model.chatTemplate
        blockTokenCount = configuration.isDeterministic ? ModelConfiguration.fixedBlockTokenCount : nil
        let batchLimit = max(1, min(blockTokenCount ?? configuration.batchTokenLimit, limit))
        placeCount = configuration.placeCount
        // One of fixed place where bits count. Else one for each generation and for the unseated caller, and as many
        // again, so that a turn's sequence outlives the turns of others; empty ones cost nothing.
        let slotCount = configuration.isDeterministic ? 1 : max(configuration.sequenceLimit, 2 * placeCount) + 1
        let size = ContextHandle.Size(
            tokens: limit, batch: batchLimit, sequences: slotCount, threads: configuration.threadCount)
        guard let context = ContextHandle(model: model, size: size, settings: configuration.settings) else {
            throw ModelError(.loadFailed, operation, LlamaBackend.errors ?? "llama.cpp gave no reason")
        }
        // llama.cpp rounds the size up; the promise is what was asked for.
        contextTokenLimit = limit
        cells = CellLedger(capacity: context.tokenLimit)
        self.context = context
        batch = BatchHandle(capacity: batchLimit, sequenceLimit: ContextHandle.spareSequences)
        slots = (0..<slotCount).map { SequenceSlot(sequence: Int32($0)) }
        self.notice = notice
        prefixes =
            if let options = configuration.prefixCache,
                let identity = Self.identity(configuration, batchLimit: batchLimit)
            {
                PrefixStore(options, identity: identity, notice: notice)
            } else {
                nil
            }
    }

    /// The tokens of `bytes`. Text that isn't trusted never yields a token of a kind other than `normal`.
    func tokenize(_ bytes: [UInt8], parsingSpecialTokens: Bool) throws(ModelError) -> [Int32] {
        if parsingSpecialTokens { return try context.model.tokens(of: [bytes[...]], parsingSpecialTokens: true) }
        let tokens = try context.model.tokens(of: splitter.split(bytes), parsingSpecialTokens: false)
        guard tokens.allSatisfy({ vocabulary.kind(of: TokenID(rawValue: $0)) == .normal }) else {
            throw ModelError(.tokenizeFailed, "tokenize text", "llama.cpp made a special token of plain text")
        }
        return tokens
    }

    /// The tokens of `bytes` as they are behind other text.
    func tokenizeInner(_ bytes: [UInt8]) throws(ModelError) -> [Int32] {
        try innerText.tokens(of: bytes, vocabulary: vocabulary) { bytes throws(ModelError) in
            try tokenize(bytes, parsingSpecialTokens: false)
        }
    }

    /// Chooses an allowed token from a seat's logits.
    func sample(_ mask: TokenMask, options: SamplingOptions, seat number: Int) throws(ModelError) -> SampledToken {
        let seat = seat(number)
        let draw = SamplingDraw(seed: options.seed, key: seat.drawKey, position: seat.tokens.count)
        guard let row = row(of: seat),
            let choice = context.withLogits(
                at: row,
                { (logits: inout MutableSpan<Float>) in
                    MaskedSampler(temperature: options.temperature, draw: draw)
                        .choose(from: logits.span, mask: mask)
                })
        else { throw Self.noLogits }
        guard let choice else {
            throw ModelError(.nothingAllowed, "sample token", "the mask allows none of the tokens")
        }
        return choice
    }

    /// Lends a seat's logits.
    func withLogits<R>(seat number: Int, _ body: (inout MutableSpan<Float>) throws -> R) throws -> R {
        guard let row = row(of: seat(number)), let result = try context.withLogits(at: row, body) else {
            throw Self.noLogits
        }
        return result
    }

    /// Where a seat's logits are in the last batch; nil when it has none.
    func row(of seat: Seat) -> Int? {
        seat.logits.flatMap { $0.batch == batchNumber ? $0.row : nil }
    }

    private static let noLogits = ModelError(
        .decodeFailed, "read logits", "no token was evaluated since the last failure")

    func seat(_ number: Int) -> Seat {
        guard let seat = seats[number] else { preconditionFailure("A generation has its seat until it ends.") }
        return seat
    }
}
