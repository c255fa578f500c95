import CLlama

/// Owns one `llama_batch`, reused for every evaluation; freed when the value's life ends.
@safe struct BatchHandle: ~Copyable {
    /// One token of a batch.
    struct Entry {
        let token: Int32
        let position: Int
        /// The sequences it is part of, one at least.
        let sequences: [Int32]
        let wantsLogits: Bool
    }

    private var raw: llama_batch
    let capacity: Int
    /// How many sequences one token may be part of.
    let sequenceLimit: Int

    /// How many tokens it holds now.
    var count: Int { Int(unsafe raw.n_tokens) }

    init(capacity: Int, sequenceLimit: Int) {
        self.capacity = capacity
        self.sequenceLimit = sequenceLimit
        unsafe raw = llama_batch_init(Int32(capacity), 0, Int32(sequenceLimit))
    }

    deinit { unsafe llama_batch_free(raw) }

    /// Puts `entries` into the batch.
    mutating func fill(_ entries: [Entry]) {
        precondition(entries.count <= capacity, "A batch takes at most \(capacity) tokens.")
        unsafe raw.n_tokens = Int32(entries.count)
        for (index, entry) in entries.enumerated() {
            precondition(
                1...sequenceLimit ~= entry.sequences.count, "A token is part of 1 to \(sequenceLimit) sequences.")
            // `index` is below `capacity`, for which all five arrays were made, and a token has room for
            // `sequenceLimit` sequences.
            unsafe raw.token[index] = entry.token
            unsafe raw.pos[index] = Int32(entry.position)
            unsafe raw.n_seq_id[index] = Int32(entry.sequences.count)
            for (place, sequence) in entry.sequences.enumerated() { unsafe raw.seq_id[index]?[place] = sequence }
            unsafe raw.logits[index] = entry.wantsLogits ? 1 : 0
        }
    }

    /// Runs `body` with the C value, which it must not keep.
    func withRaw<R>(_ body: (llama_batch) -> R) -> R { unsafe body(raw) }
}
