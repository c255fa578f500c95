import CLlama

/// Owns one `llama_batch`, reused for every evaluation; freed when the value's life ends.
@safe struct BatchHandle: ~Copyable {
    private var raw: llama_batch
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        unsafe raw = llama_batch_init(Int32(capacity), 0, 1)
    }

    deinit { unsafe llama_batch_free(raw) }

    /// Puts `tokens` at `position` of `sequence`; the last one's logits are wanted, or every one's.
    mutating func fill(
        _ tokens: ArraySlice<Int32>, at position: Int, sequence: Int32, wantsAllLogits: Bool = false
    ) {
        precondition(tokens.count <= capacity, "A batch takes at most \(capacity) tokens.")
        unsafe raw.n_tokens = Int32(tokens.count)
        for (index, token) in tokens.enumerated() {
            // `index` is below `capacity`, for which all five arrays were made.
            unsafe raw.token[index] = token
            unsafe raw.pos[index] = Int32(position + index)
            unsafe raw.n_seq_id[index] = 1
            unsafe raw.seq_id[index]?[0] = sequence
            unsafe raw.logits[index] = wantsAllLogits || index == tokens.count - 1 ? 1 : 0
        }
    }

    /// Runs `body` with the C value, which it must not keep.
    func withRaw<R>(_ body: (llama_batch) -> R) -> R { unsafe body(raw) }
}
