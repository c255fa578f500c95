package import ModelRuntime
public import Provenance
package import Tokens

/// An append-only list of segments; a longer prompt always starts with the shorter one, so that the KV cache is reused.
public struct Prompt: Hashable, Sendable {
    /// The segments in order.
    public private(set) var segments: [PromptSegment]
    /// How many of the first segments are the same in every run of the workflow.
    private var fixedSegmentCount = 0

    /// A prompt made of `segments`.
    public init(_ segments: [PromptSegment] = []) {
        self.segments = segments
    }

    /// Says that all segments so far are the same in every run, so that their evaluation is worth keeping.
    mutating func endFixedPart() {
        fixedSegmentCount = segments.count
    }

    /// Adds a segment at the end.
    public mutating func append(_ segment: PromptSegment) {
        segments.append(segment)
    }

    /// Adds several segments at the end.
    public mutating func append(_ more: [PromptSegment]) {
        segments += more
    }

    /// Adds data called `name` between tags that it can't close.
    ///
    /// `names`: what all tags of the prompt are called.
    mutating func append(
        _ text: String, name: String, label: Label, names: Set<String>, boundary: Boundary, own: Label,
        before: String = "\n\n"
    ) {
        let data = PromptSegment(.data, text, label: label)
        let tags = boundary.tags(
            around: data.text, name: name, names: names.union([name]), before: before, label: label, own: own)
        segments += [tags.opening, data, tags.closing]
    }

    /// The join of all labels: untrusted as soon as one segment is.
    public var label: Label {
        Label.joining(segments.map(\.label))
    }

    /// The whole text, as a person would read it.
    public var text: String {
        segments.map(\.text).joined()
    }

    /// The whole text without what is drawn for each run.
    var keyText: String {
        segments.map(\.keyText).joined()
    }

    /// The prompt's tokens. Segments are tokenized apart, so no text can merge with a role marker beside it, and only
    /// template segments may produce control tokens: those that aren't of kind `normal` (see ``ControlTokens``).
    /// - Throws: `ModelError` when the model cannot tokenize a segment or data would produce a control token.
    package func tokens(for model: any LanguageModel) async throws(ModelError) -> [TokenID] {
        try await tokenized(for: model).tokens
    }

    /// The prompt's tokens, how many of them are the same in every run, and those of each text that an answer may copy from: pieces of
    /// data and earlier answers; see ``tokens(for:)``.
    package func tokenized(
        for model: any LanguageModel
    ) async throws(ModelError) -> (tokens: [TokenID], fixedCount: Int, texts: [[TokenID]]) {
        var texts: [[TokenID]] = []
        var all: [TokenID] = []
        var fixedCount = 0
        for (index, segment) in segments.enumerated() {
            if index == fixedSegmentCount { fixedCount = all.count }
            guard !segment.text.isEmpty else { continue }
            let isTemplate = segment.isTemplate
            let tokens = try await model.tokenize(Array(segment.text.utf8), parsingSpecialTokens: isTemplate)
            if !isTemplate {
                let vocabulary = model.trie.vocabulary
                // The tokenizer is told to keep special tokens out; a control token here would let data speak as a
                // role, so this is refused even though it should not happen.
                for token in tokens where !vocabulary.contains(token) || vocabulary.kind(of: token) != .normal {
                    throw ModelError.controlToken(token)
                }
            }
            all += tokens
            if segment.kind == .data || segment.kind == .answer { texts.append(tokens) }
        }
        return (all, fixedSegmentCount == segments.count ? all.count : fixedCount, texts)
    }
}
