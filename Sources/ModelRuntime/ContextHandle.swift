import CLlama

/// Owns one `llama_context` and the weights below it; freed in that order when the value's life ends.
@safe struct ContextHandle: ~Copyable {
    /// How large a context is.
    struct Size {
        /// Tokens that all sequences share.
        let tokens: Int
        /// Tokens of one evaluation.
        let batch: Int
        let sequences: Int
        let threads: Int
    }

    let model: ModelHandle
    // Private and never handed out, so the pointer lives exactly as long as the value.
    private let raw: OpaquePointer

    /// How many tokens of one batch can have their logits read; a row of 151,936 takes 0.6 MB.
    static let outputLimit = 128

    /// Sequences beside the resident ones, for continuations that are scored side by side. They share the prompt's cells.
    static let spareSequences = 16

    /// The verdict of one evaluation.
    enum DecodeResult { case done, noRoom, failed(Int32) }

    /// Makes a context; nil when llama.cpp refuses the settings (see `LlamaBackend.errors`).
    init?(model: consuming ModelHandle, size: Size, settings: ContextSettings) {
        var parameters = unsafe llama_context_default_params()
        unsafe parameters.n_ctx = UInt32(size.tokens)
        unsafe parameters.n_batch = UInt32(size.batch)
        unsafe parameters.n_ubatch = UInt32(max(1, min(settings.microBatchTokenLimit ?? size.batch, size.batch)))
        unsafe parameters.n_seq_max = UInt32(size.sequences + Self.spareSequences)
        // Rows of logits for scoring a text: a row for each token of a batch would be 155 MB for a batch of 256.
        unsafe parameters.n_outputs_max = UInt32(
            max(size.sequences + Self.spareSequences, min(size.batch, Self.outputLimit)))
        unsafe parameters.n_threads = Int32(size.threads)
        unsafe parameters.n_threads_batch = Int32(size.threads)
        unsafe parameters.flash_attn_type =
            settings.usesFlashAttention ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED
        unsafe parameters.type_k = settings.keyType.raw
        unsafe parameters.type_v = settings.valueType.raw
        // One pool of cells: sequences share a prefix without a copy.
        unsafe parameters.kv_unified = true
        // A token's own hidden state is wanted, whatever the file says of whole texts.
        unsafe parameters.pooling_type = LLAMA_POOLING_TYPE_NONE
        // Sliding-window caches can't be cut back to a shared prefix; the full one can.
        unsafe parameters.swa_full = true
        unsafe parameters.no_perf = true
        guard let raw = unsafe model.makeContext(parameters) else { return nil }
        unsafe self.raw = raw
        self.model = model
    }

    deinit { unsafe llama_free(raw) }

    /// Tokens that all sequences share.
    var tokenLimit: Int { Int(unsafe llama_n_ctx(raw)) }

    /// Evaluates a batch; with `keepsHiddenStates` the states behind its tokens can be read until the next one.
    func decode(_ batch: borrowing BatchHandle, keepsHiddenStates: Bool = false) -> DecodeResult {
        unsafe llama_set_embeddings(raw, keepsHiddenStates)
        let code = unsafe batch.withRaw { unsafe llama_decode(raw, $0) }
        return switch code {
        case 0: .done
        case 1: .noRoom
        default: .failed(code)
        }
    }

    /// Drops a sequence's tokens from `position` on; false when the memory can't be cut there.
    func cut(sequence: Int32, from position: Int) -> Bool {
        unsafe llama_memory_seq_rm(llama_get_memory(raw), sequence, Int32(position), -1)
    }

    /// Makes `target` share the first `count` tokens of `source`.
    func share(from source: Int32, to target: Int32, count: Int) {
        unsafe llama_memory_seq_cp(llama_get_memory(raw), source, target, 0, Int32(count))
    }

    /// Lends the logits of a token of the last batch, of the last one by default; nil when there are none.
    func withLogits<R, E: Error>(
        at index: Int = -1, _ body: (inout MutableSpan<Float>) throws(E) -> R
    ) throws(E) -> R? {
        guard let start = unsafe llama_get_logits_ith(raw, Int32(index)) else { return nil }
        // llama.cpp keeps one row of `tokenCount` floats there until the next decode, and nothing decodes
        // while the span is lent: the actor is busy in this call.
        var span = unsafe MutableSpan(_unsafeStart: start, count: model.tokenCount)
        return try body(&span)
    }

    /// The hidden state behind a token of the last batch; nil when that kept none.
    func hiddenState(at index: Int) -> [Float]? {
        guard let start = unsafe llama_get_embeddings_ith(raw, Int32(index)) else { return nil }
        // llama.cpp keeps one row of `width` floats there until the next decode.
        return unsafe Array(UnsafeBufferPointer(start: start, count: model.width))
    }

    /// The state of a sequence's tokens, as llama.cpp writes it; nil when it can't.
    func state(ofSequence sequence: Int32) -> [UInt8]? {
        let size = unsafe llama_state_seq_get_size(raw, sequence)
        guard size > 0 else { return nil }
        var written = 0
        // llama.cpp writes at most `size` bytes and says how many.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { storage, initialized in
            written = unsafe llama_state_seq_get_data(raw, storage.baseAddress, size, sequence)
            initialized = min(written, size)
        }
        return written == size ? bytes : nil
    }

    /// Makes `state` the content of a sequence; false, and the sequence is empty, when llama.cpp refuses it.
    func setState(_ state: ArraySlice<UInt8>, ofSequence sequence: Int32) -> Bool {
        let read = unsafe state.withUnsafeBytes { bytes in
            unsafe llama_state_seq_set_data(
                raw, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, sequence)
        }
        guard read == state.count else {
            _ = cut(sequence: sequence, from: 0)
            return false
        }
        return true
    }
}

extension ContextSettings.CacheType {
    fileprivate var raw: ggml_type {
        switch self {
        case .f16: GGML_TYPE_F16
        case .bf16: GGML_TYPE_BF16
        case .q8: GGML_TYPE_Q8_0
        }
    }
}
