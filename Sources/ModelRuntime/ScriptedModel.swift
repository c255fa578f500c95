public import JSONSchemas
public import Tokens

/// A model that plays written values through the real grammar; it needs no weights.
///
/// Its tokens are single bytes. Each `sample` gives the next byte of the value that the script has for the
/// step, and throws `scriptDisagrees` when the mask forbids it, so a script can't get past a schema.
public actor ScriptedModel: LanguageModel {
    /// What this model is and how it wants to be spoken to.
    public nonisolated let summary: ModelDescription
    /// The tokens a grammar may choose from.
    public nonisolated let trie: TokenTrie

    private nonisolated let turns = GenerationQueue()
    private var script: Script
    private var resident: [TokenID] = []
    private var request: RequestID?
    private var entry: Script.Entry?
    private var cursors: [ScriptCursor] = []
    private var playedBytes = 0
    private var hasChosen = false

    /// One for all: a grammar keeps what it found for each arrangement.
    private static let bytes = TokenTrie(.bytes)
    private static let endOfGeneration = TokenID(rawValue: 256)

    /// Reads JSON Lines `{"step": ADDRESS, "value": VALUE}`, with `"confidence": P` where the model was unsure. Several
    /// lines for one address are played in their order.
    ///
    /// - Throws: `badScript` naming file and line.
    public init(path: String) throws(ModelError) {
        self.init(try Script(path: path), name: "scripted:\(path)")
    }

    /// Plays values that are already here.
    public init(_ values: [(step: String, value: JSONValue)]) {
        let entries = values.enumerated().map { index, entry in
            Script.Entry(step: entry.step, value: entry.value, place: "value \(index + 1)")
        }
        self.init(Script(entries), name: "scripted")
    }

    private init(_ script: Script, name: String) {
        self.script = script
        trie = Self.bytes
        // A byte is a token here, so this holds what 200,000 tokens of real weights would.
        summary = ModelDescription(name: name, sha256: nil, contextTokenLimit: 1 << 20, dialect: .chatML)
    }

    /// See ``LanguageModel/tokenize(_:parsingSpecialTokens:)``.
    public func tokenize(
        _ bytes: [UInt8], parsingSpecialTokens: Bool
    ) async throws(ModelError) -> [TokenID] {
        bytes.map { TokenID(rawValue: Int32($0)) }
    }

    /// See ``LanguageModel/begin(_:opening:drafts:for:)``.
    public func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        precondition(!prompt.isEmpty, "A prompt has at least one token.")
        guard prompt.count + opening.count < summary.contextTokenLimit else {
            throw .contextOverflow(prompt: prompt.count + opening.count, limit: summary.contextTokenLimit)
        }
        var reused = 0
        let limit = min(resident.count, prompt.count - 1)
        while reused < limit, resident[reused] == prompt[reused] { reused += 1 }
        resident = prompt
        self.request = request
        entry = nil
        if !opening.isEmpty { _ = try await append(opening, drafts: []) }
        return Evaluation(evaluated: prompt.count - reused, reused: reused, duration: .zero)
    }

    /// See ``LanguageModel/append(_:drafts:)``. A script has nothing to evaluate in advance.
    public func append(
        _ tokens: [TokenID], drafts: [TokenID]
    ) async throws(ModelError) -> Evaluation {
        try start()
        for token in tokens where token != Self.endOfGeneration {
            let byte = UInt8(truncatingIfNeeded: token.rawValue)
            let after = cursors.flatMap { $0.advanced(by: byte) }
            guard !after.isEmpty else { throw disagreement("the grammar wants `\(Self.shown(byte))`") }
            cursors = after
            playedBytes += 1
        }
        resident += tokens
        return Evaluation(evaluated: tokens.count, reused: 0, duration: .zero)
    }

    /// See ``LanguageModel/sample(_:options:)``.
    public func sample(
        _ mask: TokenMask, options: SamplingOptions
    ) async throws(ModelError) -> SampledToken {
        try start()
        guard !mask.isEmpty else {
            throw ModelError(.nothingAllowed, "sample token", "the mask allows none of the tokens")
        }
        for token in cursors.lazy.map(Self.token) where mask.contains(token) {
            // The first choice carries the whole of the doubt, so that the product over all of them is what is written.
            defer { hasChosen = true }
            return SampledToken(token: token, probability: hasChosen ? 1 : entry?.confidence ?? 1)
        }
        throw disagreement("the grammar doesn't allow it")
    }

    /// See ``LanguageModel/withLogits(_:)``.
    public func withLogits<R: Sendable>(
        _ body: @Sendable (inout MutableSpan<Float>) throws -> R
    ) async throws -> R {
        try start()
        var logits = [Float](repeating: 0, count: trie.vocabulary.count)
        if let cursor = cursors.first { logits[Int(Self.token(cursor).rawValue)] = 25 }
        var span = logits.mutableSpan
        return try body(&span)
    }

    /// See ``LanguageModel/logLikelihoods(of:after:for:)``. Always nil: a script writes its choices.
    public func logLikelihoods(
        of continuations: [[TokenID]], after prompt: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Likelihoods? {
        nil
    }

    /// See ``LanguageModel/embedding(of:)``. Always nil.
    public func embedding(of prompt: [TokenID]) async throws(ModelError) -> Embedding? { nil }

    /// See ``LanguageModel/exclusively(_:)``.
    public nonisolated func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await turns.run(body)
    }

    /// Takes the step's value from the script, unless that has happened since `begin`.
    private func start() throws(ModelError) {
        guard entry == nil else { return }
        guard let request else {
            throw ModelError(.decodeFailed, "play script", "no prompt was begun")
        }
        let found = try script.next(for: request.address)
        entry = found
        cursors = ScriptCursor.starts(of: found.value, dialect: summary.dialect)
        playedBytes = 0
        hasChosen = false
    }

    private static func token(_ cursor: ScriptCursor) -> TokenID {
        cursor.next.map { TokenID(rawValue: Int32($0)) } ?? endOfGeneration
    }

    private func disagreement(_ reason: String) -> ModelError {
        let wanted = cursors.first.map { $0.next.map { "has `\(Self.shown($0))`" } ?? "ends" } ?? "ends"
        return ModelError(
            .scriptDisagrees, "play step `\(request?.address ?? "")`",
            "the script's value (\(entry?.place ?? "")) \(wanted) at byte \(playedBytes) and \(reason)",
            fix: "Write a value that the step's schema accepts.")
    }

    private static func shown(_ byte: UInt8) -> String {
        (32..<127).contains(byte)
            ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: false)
    }
}
