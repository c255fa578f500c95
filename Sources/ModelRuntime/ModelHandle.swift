import CLlama

/// Owns one `llama_model`; freed when the value's life ends.
@safe struct ModelHandle: ~Copyable {
    // Private and never handed out, so the pointer lives exactly as long as the value.
    private let raw: OpaquePointer
    /// Owned by the model, valid as long as it.
    private let vocabulary: OpaquePointer

    /// Maps the weights at `path`, or reads their vocabulary alone; nil when llama.cpp refuses them (see
    /// `LlamaBackend.errors`).
    init?(path: String, isVocabularyOnly: Bool = false, repacksWeights: Bool = true) {
        var parameters = unsafe llama_model_default_params()
        unsafe parameters.vocab_only = isVocabularyOnly
        unsafe parameters.n_gpu_layers = 0
        unsafe parameters.load_mode = LLAMA_LOAD_MODE_MMAP
        unsafe parameters.use_extra_bufts = repacksWeights
        guard let raw = unsafe MappedFile.changing({ unsafe llama_model_load_from_file(path, parameters) }) else {
            return nil
        }
        guard let vocabulary = unsafe llama_model_get_vocab(raw) else {
            MappedFile.changing { unsafe llama_model_free(raw) }
            return nil
        }
        unsafe self.raw = raw
        unsafe self.vocabulary = vocabulary
        // What was copied into another layout isn't read from the file again, so that its pages would be weights twice.
        if repacksWeights, !isVocabularyOnly { MappedFile.release(path: path) }
    }

    deinit { MappedFile.changing { unsafe llama_model_free(raw) } }

    /// The context the weights were trained for.
    var trainedContextTokens: Int { Int(unsafe llama_model_n_ctx_train(raw)) }

    /// A value of the file's metadata as text; nil where there is none, and for lists.
    func metadata(_ key: String) -> String? {
        let capacity = 256
        let text = unsafe [CChar](unsafeUninitializedCapacity: capacity) { storage, initialized in
            let count = unsafe llama_model_meta_val_str(raw, key, storage.baseAddress, capacity)
            // What is longer was cut, so that a zero byte ends it.
            initialized = max(0, min(Int(count), capacity - 1))
        }
        return text.isEmpty ? nil : String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A number of the file's metadata; nil where there is none of a size that weights have.
    func number(_ key: String) -> Int? {
        metadata(key).flatMap { Int($0) }.flatMap { (0...(1 << 24)).contains($0) ? $0 : nil }
    }

    var tokenCount: Int { Int(unsafe llama_vocab_n_tokens(vocabulary)) }

    /// How many numbers a hidden state has.
    var width: Int { Int(unsafe llama_model_n_embd_out(raw)) }

    /// The chat template that came with the weights.
    var chatTemplate: String? {
        guard let text = unsafe llama_model_chat_template(raw, nil) else { return nil }
        return unsafe String(cString: text)
    }

    func attributes(of token: Int32) -> UInt32 { unsafe llama_vocab_get_attr(vocabulary, token).rawValue }

    func isEndOfGeneration(_ token: Int32) -> Bool { unsafe llama_vocab_is_eog(vocabulary, token) }

    /// How the file spells the token: what a tokenizer that parses special tokens looks for.
    func text(of token: Int32) -> [UInt8] {
        guard let text = unsafe llama_vocab_get_text(vocabulary, token) else { return [] }
        // Owned by the vocabulary and copied here.
        return Array(unsafe String(cString: text).utf8)
    }

    /// Appends the token's bytes to `bytes`; special tokens have none.
    func appendPiece(of token: Int32, to bytes: inout [UInt8]) {
        // Pieces are short: of 151,936 tokens of Qwen2.5 the longest has 128 bytes.
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            let count = unsafe llama_token_to_piece(
                vocabulary, token, buffer.baseAddress, Int32(buffer.count), 0, false)
            if count >= 0 {
                for index in 0..<Int(count) { bytes.append(UInt8(bitPattern: unsafe buffer[index])) }
                return
            }
            let longer = unsafe [CChar](unsafeUninitializedCapacity: Int(-count)) { storage, initialized in
                let written = unsafe llama_token_to_piece(
                    vocabulary, token, storage.baseAddress, -count, 0, false)
                initialized = max(0, Int(written))
            }
            bytes.append(contentsOf: longer.map { UInt8(bitPattern: $0) })
        }
    }

    /// llama.cpp's tokens of `bytes`; nil when it refuses them.
    func tokenize(_ bytes: ArraySlice<UInt8>, parsingSpecialTokens: Bool) -> [Int32]? {
        guard !bytes.isEmpty else { return [] }
        // A token is one byte at least, and a normalizer may add a space.
        var capacity = bytes.count + 8
        while true {
            var needed = 0
            let tokens = unsafe [Int32](unsafeUninitializedCapacity: capacity) { storage, initialized in
                let count = unsafe bytes.withUnsafeBytes { text in
                    unsafe llama_tokenize(
                        vocabulary, text.bindMemory(to: CChar.self).baseAddress, Int32(text.count),
                        storage.baseAddress, Int32(storage.count), false, parsingSpecialTokens)
                }
                initialized = max(0, Int(count))
                needed = count < 0 ? (count == .min ? -1 : Int(-count)) : 0
            }
            if needed == 0 { return tokens }
            guard needed > capacity else { return nil }
            capacity = needed
        }
    }

    /// A context over these weights; nil when llama.cpp refuses the settings.
    func makeContext(_ parameters: borrowing llama_context_params) -> OpaquePointer? {
        unsafe llama_init_from_model(raw, copy parameters)
    }
}
