import CLlama

/// The shortest loop over llama.cpp's C API that does the same work: the measure of what `LlamaModel` adds.
@safe struct PlainLlama: ~Copyable {
    private let model: OpaquePointer
    private let context: OpaquePointer
    private var batch: llama_batch
    private let batchLimit: Int
    private let tokenCount: Int

    init?(path: String, tokenLimit: Int, batchLimit: Int, threads: Int) {
        var modelParameters = unsafe llama_model_default_params()
        unsafe modelParameters.n_gpu_layers = 0
        guard let model = unsafe llama_model_load_from_file(path, modelParameters) else { return nil }
        var parameters = unsafe llama_context_default_params()
        unsafe parameters.n_ctx = UInt32(tokenLimit)
        unsafe parameters.n_batch = UInt32(batchLimit)
        unsafe parameters.n_ubatch = UInt32(batchLimit)
        unsafe parameters.n_threads = Int32(threads)
        unsafe parameters.n_threads_batch = Int32(threads)
        unsafe parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED
        guard let context = unsafe llama_init_from_model(model, parameters) else {
            unsafe llama_model_free(model)
            return nil
        }
        unsafe self.model = model
        unsafe self.context = context
        unsafe batch = llama_batch_init(Int32(batchLimit), 0, 1)
        self.batchLimit = batchLimit
        tokenCount = Int(unsafe llama_vocab_n_tokens(llama_model_get_vocab(model)))
    }

    deinit {
        unsafe llama_batch_free(batch)
        unsafe llama_free(context)
        unsafe llama_model_free(model)
    }

    func clear() { unsafe llama_memory_clear(llama_get_memory(context), false) }

    /// Evaluates `tokens` at `position`; false when llama.cpp fails.
    mutating func evaluate(_ tokens: [Int32], at position: Int) -> Bool {
        var done = 0
        while done < tokens.count {
            let count = min(batchLimit, tokens.count - done)
            unsafe batch.n_tokens = Int32(count)
            for index in 0..<count {
                // The batch was made for `batchLimit` tokens of one sequence each.
                unsafe batch.token[index] = tokens[done + index]
                unsafe batch.pos[index] = Int32(position + done + index)
                unsafe batch.n_seq_id[index] = 1
                unsafe batch.seq_id[index]?[0] = 0
                unsafe batch.logits[index] = index == count - 1 ? 1 : 0
            }
            guard unsafe llama_decode(context, batch) == 0 else { return false }
            done += count
        }
        return true
    }

    /// The most probable next token.
    func best() -> Int32 {
        guard let logits = unsafe llama_get_logits_ith(context, -1) else { return 0 }
        var best = 0
        // One row of `tokenCount` floats, valid until the next decode.
        for index in 1..<tokenCount where unsafe logits[index] > logits[best] { best = index }
        return Int32(best)
    }
}
