import CLlama

/// Owns one `llama_batch`, reused for every evaluation; freed when the value's life ends.
@safe struct BatchHandle: ~Copyable {
    /// One token of a batch.
    struct Entry {
        let token: Int32
        let position: Int
        let sequence: Int32
        let wantsLogits: Bool
    }

    private var raw: llama_batch
    let capacity: Int

    /// How many tokens it holds now.
    var count: Int { Int(unsafe raw.n_tokens) }

    init(capacity: Int) {
        self.capacity = capacity
        unsafe raw = llama_batch_init(Int32(capacity), 0, 1)
    }

    deinit { unsafe llama_batch_free(raw) }

    /// Puts `tokens` and `drafts` at `position` of `sequence`; the logits of the last token and of all drafts are wanted.
    mutating func fill(_ tokens: ArraySlice<Int32>, drafts: [Int32], at position: Int, sequence: Int32) {
        let last = tokens.count - 1
        fill(
            (tokens + drafts).enumerated().map { index, token in
                Entry(token: token, position: position + index, sequence: sequence, wantsLogits: index >= last)
            })
    }

    /// Puts `entries` into the batch.
    mutating func fill(_ entries: [Entry]) {
        precondition(entries.count <= capacity, "A batch takes at most \(capacity) tokens.")
        unsafe raw.n_tokens = Int32(entries.count)
        for (index, entry) in entries.enumerated() {
            // `index` is below `capacity`, for which all five arrays were made.
            unsafe raw.token[index] = entry.token
            unsafe raw.pos[index] = Int32(entry.position)
            unsafe raw.n_seq_id[index] = 1
            unsafe raw.seq_id[index]?[0] = entry.sequence
            unsafe raw.logits[index] = entry.wantsLogits ? 1 : 0
        }
    }

    /// Runs `body` with the C value, which it must not keep.
    func withRaw<R>(_ body: (llama_batch) -> R) -> R { unsafe body(raw) }
}
