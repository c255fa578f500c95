import Foundation
public import Tokens

/// The tokenizer of weights without the weights: a quarter of a second to load, and nothing to evaluate with.
public struct VocabularyFile: ~Copyable {
    private let model: ModelHandle
    private let splitter: MarkerSplitter
    private let innerText: InnerText
    /// All tokens, each with its kind.
    public let vocabulary: Vocabulary
    /// The spellings of the vocabulary's control tokens.
    public let markers: [[UInt8]]

    /// Reads the vocabulary of a GGUF file.
    ///
    /// - Throws: `missingWeights` when there is no file, `loadFailed` with llama.cpp's own words otherwise.
    public init(path: String) throws(ModelError) {
        let operation = "load vocabulary of `\(URL(fileURLWithPath: path).lastPathComponent)`"
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw ModelError(.missingWeights, operation, "there is no readable file at `\(path)`")
        }
        LlamaBackend.ensureStarted()
        LlamaBackend.clearErrors()
        guard let model = ModelHandle(path: path, isVocabularyOnly: true) else {
            throw ModelError(.loadFailed, operation, LlamaBackend.errors ?? "llama.cpp gave no reason")
        }
        let found = model.readVocabulary()
        let splitter = MarkerSplitter(found.markers)
        let innerText = try InnerText(vocabulary: found.vocabulary) { bytes throws(ModelError) in
            try model.tokens(of: splitter.split(bytes), parsingSpecialTokens: false)
        }
        vocabulary = found.vocabulary
        markers = found.markers
        self.innerText = innerText
        self.splitter = splitter
        self.model = model
    }

    /// The tokens of `bytes` as they are behind other text, where no blank is put before them.
    public func tokenizeInner(_ bytes: [UInt8]) throws(ModelError) -> [TokenID] {
        try innerText.tokens(of: bytes, vocabulary: vocabulary) { bytes throws(ModelError) in
            try model.tokens(of: splitter.split(bytes), parsingSpecialTokens: false)
        }.map { TokenID(rawValue: $0) }
    }

    /// The tokens of `bytes`, as ``LlamaModel`` makes them. A control token in them is for the caller to find: that is
    /// what a file without weights is opened for.
    ///
    /// `isSplit`: whether markers are cut in text that isn't parsed for special tokens. Without that llama.cpp may make
    /// control tokens of it.
    public func tokenize(
        _ bytes: [UInt8], parsingSpecialTokens: Bool, isSplit: Bool = true
    ) throws(ModelError) -> [TokenID] {
        let parts = parsingSpecialTokens || !isSplit ? [bytes[...]] : splitter.split(bytes)
        return try model.tokens(of: parts, parsingSpecialTokens: parsingSpecialTokens).map { TokenID(rawValue: $0) }
    }
}
