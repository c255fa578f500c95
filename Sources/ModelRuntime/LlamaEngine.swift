import Tokens

/// Weights, context and resident sequences; used by one thread at a time.
///
/// The content of a sequence is a list of tokens, and the context holds the state for each of them. A new
/// prompt continues the sequence that shares its longest start, or borrows that start from it.
final class LlamaEngine {
    let context: ContextHandle
    private var batch: BatchHandle
    private var slots: [SequenceSlot]
    private var current = 0
    private var useCount = 0
    private var hasLogits = false
    /// Where in the last batch the current logits are.
    private var logitsRow = -1
    /// Tokens that the context holds behind the current sequence, each with logits in the row after the one before.
    private var drafts: [Int32] = []
    /// Whether a sequence can be cut back; recurrent weights have no state to go back to.
    private var takesDrafts = true
    /// Identifies the current request in draws.
    private var drawKey: UInt64 = 0
    private let splitter: MarkerSplitter
    private let innerText: InnerText

    let vocabulary: Vocabulary
    let chatTemplate: String?
    let contextTokenLimit: Int

    /// Maps the weights and makes a context for them.
    init(_ configuration: ModelConfiguration) throws(ModelError) {
        let operation = "load model `\(configuration.reportedName)`"
        LlamaBackend.ensureStarted()
        LlamaBackend.clearErrors()
        guard let model = ModelHandle(path: configuration.path) else {
            throw ModelError(.loadFailed, operation, LlamaBackend.errors ?? "llama.cpp gave no reason")
        }
        let trained = model.trainedContextTokens
        let limit = configuration.contextTokenLimit ?? min(8192, trained)
        guard limit <= trained else {
            throw ModelError(
                .loadFailed, operation,
                "a context of \(limit) tokens was asked for and these weights were trained for \(trained)")
        }
        let found = model.readVocabulary()
        vocabulary = found.vocabulary
        let splitter = MarkerSplitter(found.markers)
        self.splitter = splitter
        innerText = try InnerText(vocabulary: found.vocabulary) { bytes throws(ModelError) in
            try model.tokens(of: splitter.split(bytes), parsingSpecialTokens: false)
        }
        chatTemplate = model.chatTemplate
        let batchLimit = max(1, min(configuration.batchTokenLimit, limit))
        let sequenceLimit = max(1, min(configuration.sequenceLimit, batchLimit))
        guard
            let context = ContextHandle(
                model: model, tokenLimit: limit, batch: batchLimit, sequences: sequenceLimit,
                threads: configuration.threadCount)
        else {
            throw ModelError(.loadFailed, operation, LlamaBackend.errors ?? "llama.cpp gave no reason")
        }
        // llama.cpp rounds the size up; the promise is what was asked for.
        contextTokenLimit = limit
        self.context = context
        batch = BatchHandle(capacity: batchLimit)
        slots = (0..<sequenceLimit).map { SequenceSlot(sequence: Int32($0)) }
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

    /// Makes `prompt` with the answer's `opening` the content of the current sequence; counts the prompt only.
    func begin(
        _ prompt: [Int32], opening: [Int32] = [], drafts: [Int32] = [], for request: RequestID
    ) throws(ModelError) -> Evaluation {
        precondition(!prompt.isEmpty, "A prompt has at least one token.")
        let all = prompt + opening
        guard all.count < contextTokenLimit else {
            throw .contextOverflow(prompt: all.count, limit: contextTokenLimit)
        }
        let start = ContinuousClock.now
        try dropDrafts()
        hasLogits = false
        drawKey = request.drawKey
        let shared = makeCurrent(all)
        slots[current].isKept = request.keepsSequence
        try evaluate(all[shared...], drafts: drafts)
        let reused = min(shared, prompt.count)
        return Evaluation(evaluated: prompt.count - reused, reused: reused, duration: .now - start)
    }

    /// Evaluates `tokens` after the current sequence, and `drafts` beside; see ``LanguageModel/append(_:drafts:)``.
    func append(_ tokens: [Int32], drafts: [Int32] = []) throws(ModelError) -> Evaluation {
        let length = slots[current].tokens.count + tokens.count
        guard length <= contextTokenLimit else {
            throw .contextOverflow(prompt: length, limit: contextTokenLimit)
        }
        let start = ContinuousClock.now
        let foretold = acceptDrafts(tokens)
        let rest = tokens.dropFirst(foretold)
        // Without an evaluation the earlier drafts stay: a batch of new ones alone would overwrite the logits.
        if !rest.isEmpty {
            try dropDrafts()
            hasLogits = false
            try evaluate(rest, drafts: drafts)
        }
        return Evaluation(evaluated: rest.count, reused: foretold, duration: .now - start)
    }

    /// Chooses an allowed token from the current logits.
    func sample(_ mask: TokenMask, options: SamplingOptions) throws(ModelError) -> SampledToken {
        let draw = SamplingDraw(
            seed: options.seed, key: drawKey, position: slots[current].tokens.count)
        guard hasLogits,
            let choice = context.withLogits(
                at: logitsRow,
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

    /// Lends the current logits.
    func withLogits<R>(_ body: (inout MutableSpan<Float>) throws -> R) throws -> R {
        guard hasLogits, let result = try context.withLogits(at: logitsRow, body) else { throw Self.noLogits }
        return result
    }

    private static let noLogits = ModelError(
        .decodeFailed, "read logits", "no token was evaluated since the last failure")
}

extension LlamaEngine {
    /// Chooses the slot for `prompt`, cuts it back to what both share, and returns how many tokens that is.
    private func makeCurrent(_ prompt: [Int32]) -> Int {
        useCount += 1
        // The last token is always evaluated: its logits are what the caller wants.
        let limit = prompt.count - 1
        let shared = slots.map { min($0.commonPrefix(with: prompt), limit) }
        var best = 0
        for index in slots.indices.dropFirst() where shared[index] > shared[best] { best = index }

        let loses = slots[best].tokens.count > shared[best] + 1
        var target = best
        if shared[best] == 0 || (loses && slots[best].isKept) { target = leastWanted() }
        slots[target].lastUse = useCount
        if shared[best] > 0 { slots[best].sharedCount = shared[best] }
        current = target
        trimOthers()

        if target != best {
            drop(target)
            if shared[best] > 0 {
                context.share(from: slots[best].sequence, to: slots[target].sequence, count: shared[best])
                slots[target].tokens = Array(prompt[..<shared[best]])
                slots[target].sharedCount = shared[best]
            }
            return shared[best]
        }
        guard context.cut(sequence: slots[target].sequence, from: shared[best]) else {
            // Recurrent weights have no state to go back to.
            drop(target)
            return 0
        }
        slots[target].tokens.removeLast(slots[target].tokens.count - shared[best])
        return shared[best]
    }

    /// Cuts finished sequences back to what prompts share with them. Every resident token makes attention
    /// slower for all: 3,000 of them by half, measured with 1.5 billion weights.
    private func trimOthers() {
        for index in slots.indices where index != current && !slots[index].isKept {
            let count = slots[index].sharedCount
            guard count > 0, slots[index].tokens.count > count,
                context.cut(sequence: slots[index].sequence, from: count)
            else { continue }
            slots[index].tokens.removeLast(slots[index].tokens.count - count)
        }
    }

    /// An empty slot, else the one that was current longest ago, kept ones last.
    private func leastWanted() -> Int {
        slots.indices.min { left, right in
            slots[left].cost < slots[right].cost
        } ?? 0
    }

    private func drop(_ index: Int) {
        guard !slots[index].tokens.isEmpty else { return }
        _ = context.cut(sequence: slots[index].sequence, from: 0)
        slots[index].tokens.removeAll(keepingCapacity: true)
        slots[index].isKept = false
        slots[index].sharedCount = 0
    }

    /// Evaluates `tokens` at the end of the current sequence, a batch at a time, and `drafts` with the last ones where
    /// there is room. What was evaluated stays in the sequence when the task is cancelled in between.
    private func evaluate(_ tokens: ArraySlice<Int32>, drafts: [Int32]) throws(ModelError) {
        var rest = tokens
        while !rest.isEmpty {
            let part = rest.prefix(batch.capacity)
            rest = rest.dropFirst(part.count)
            try evaluateBatch(part, drafts: rest.isEmpty ? drafts : [])
        }
        hasLogits = true
    }

    /// Evaluates `tokens`, no more than a batch takes, at the end of the current sequence.
    private func evaluateBatch(_ tokens: ArraySlice<Int32>, drafts: [Int32]) throws(ModelError) {
        guard !Task.isCancelled else { throw .cancelled }
        let slot = slots[current]
        let end = slot.tokens.count + tokens.count
        let room = min(batch.capacity - tokens.count, ContextHandle.outputLimit - 1, contextTokenLimit - end)
        let drafts = takesDrafts ? Array(drafts.prefix(max(0, room))) : []
        batch.fill(tokens, drafts: drafts, at: slot.tokens.count, sequence: slot.sequence)
        try decode()
        slots[current].tokens += tokens
        self.drafts = drafts
        logitsRow = tokens.count - 1
    }

    /// Makes the drafts that `tokens` starts with part of the sequence, and returns how many these are.
    private func acceptDrafts(_ tokens: [Int32]) -> Int {
        guard hasLogits else { return 0 }
        var count = 0
        while count < min(tokens.count, drafts.count), tokens[count] == drafts[count] { count += 1 }
        slots[current].tokens += tokens[..<count]
        drafts.removeFirst(count)
        logitsRow += count
        return count
    }

    /// Takes the drafts that didn't come true out of the context.
    private func dropDrafts() throws(ModelError) {
        guard !drafts.isEmpty else { return }
        drafts = []
        let slot = slots[current]
        guard !context.cut(sequence: slot.sequence, from: slot.tokens.count) else { return }
        takesDrafts = false
        drop(current)
        try evaluate(slot.tokens[...], drafts: [])
    }

    /// How many tokens one batch takes.
    var batchLimit: Int { batch.capacity }

    /// Evaluates tokens of spare sequences, no more than a batch takes.
    func evaluateSpares(_ entries: [BatchHandle.Entry]) throws(ModelError) {
        guard !Task.isCancelled else { throw .cancelled }
        batch.fill(entries)
        try decode()
    }

    /// The sequence that a spare one's number stands for; they lie behind the resident ones.
    func spareSequence(_ number: Int) -> Int32 { Int32(slots.count + number) }

    /// Lets a spare sequence go on from the current one's first `count` tokens.
    func shareCurrent(withSpare number: Int, count: Int) {
        context.share(from: slots[current].sequence, to: spareSequence(number), count: count)
    }

    /// Empties a spare sequence; what it shared stays with its owner.
    func clearSpare(_ number: Int) {
        _ = context.cut(sequence: spareSequence(number), from: 0)
    }

    /// From here on the current sequence has no logits: another batch overwrites them.
    func dropLogits() { hasLogits = false }

    /// Lends the logits of a token of the last batch.
    func withLogits<R>(ofRow row: Int, _ body: (inout MutableSpan<Float>) -> R) -> R? {
        context.withLogits(at: row, body)
    }

    private func decode() throws(ModelError) {
        LlamaBackend.clearErrors()
        while true {
            switch context.decode(batch) {
            case .done: return
            case .noRoom:
                // Another sequence's tokens are in the way. The memory is as before the call.
                let others = slots.indices.filter { $0 != current && !slots[$0].tokens.isEmpty }
                guard let victim = others.min(by: { slots[$0].cost < slots[$1].cost }) else {
                    throw .contextOverflow(
                        prompt: slots[current].tokens.count + batch.count, limit: contextTokenLimit)
                }
                drop(victim)
            case .failed(let code):
                // Part of the batch may be in the memory, so what the sequence holds is no longer known.
                drafts = []
                slots[current].tokens.append(-1)
                drop(current)
                throw ModelError(
                    .decodeFailed, "evaluate tokens",
                    LlamaBackend.errors ?? "llama.cpp returned code \(code)")
            }
        }
    }
}

extension SequenceSlot {
    /// What losing this sequence would cost, to be compared only.
    fileprivate var cost: (Int, Int, Int) { (tokens.isEmpty ? 0 : 1, isKept ? 1 : 0, lastUse) }
}
