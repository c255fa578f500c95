import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import Provenance
import Synchronization
import Testing
import Tokens

/// Answers that quote: how the data goes on is evaluated beside, and the answer is as without.
@Suite(.timeLimit(.minutes(20))) struct CopyDraftTests {
    private static let label = Label.trusted(.workflow())
    private static let schema: JSONValue = [
        "type": "object", "additionalProperties": false, "required": ["quote", "more"],
        "properties": ["quote": ["type": "string", "maxLength": 120], "more": ["type": "string", "maxLength": 60]],
    ]

    private func generate(
        _ model: any LanguageModel, data: String, schema: JSONValue = schema, copiesData: Bool = true,
        instruction: String = "Quote."
    ) async throws -> Generation {
        let prompt = Prompt([
            PromptSegment(.instruction, instruction, label: Self.label),
            PromptSegment(.data, data, label: Self.label), PromptSegment(.instruction, "\n", label: Self.label),
        ])
        return try await ConstrainedGenerator(model: model, sampling: SamplingOptions()).generate(
            prompt, grammar: Grammar(schema: JSONSchema(schema)), form: schema,
            request: RequestID(address: "say", copiesData: copiesData), tokenLimit: 300)
    }

    @Test func `what follows in the data is foretold as soon as three tokens agree`() async throws {
        let value: JSONValue = ["quote": "and the fox ran", "more": "zzz"]
        let model = DraftLog(base: ScriptedModel([("say", value)]))
        let generation = try await generate(model, data: "Then the dog barked, and the fox ran \"off\".")
        #expect(try JSONValue(parsing: generation.bytes) == value)
        let first = try #require(model.drafts.first)
        // A letter is a token here.
        #expect(first.answer.hasSuffix("\"and"), "\(first)")
        #expect(first.draft == " th")
        // Never beyond what the grammar lets stand in a string: the data's own quotation mark would end it.
        #expect(model.drafts.allSatisfy { !$0.draft.contains("off") })
        #expect(model.drafts.contains { $0.answer.hasSuffix("fox r") && $0.draft.hasPrefix("an \"") })
        #expect(!model.drafts.contains { $0.answer.hasSuffix("zzz") })
    }

    @Test func `more is foretold once six tokens agree`() async throws {
        let text = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let model = DraftLog(base: ScriptedModel([("say", ["quote": .string(text), "more": "abcX"])]))
        _ = try await generate(model, data: text)
        for entry in model.drafts.prefix(40) {
            let written = try #require(entry.answer.split(separator: "\"", omittingEmptySubsequences: false).last)
            #expect(text.hasPrefix(written + entry.draft))
            #expect(entry.draft.count == (written.count < 6 ? 3 : 15), "\(entry)")
        }
        #expect(model.drafts.count > 50)
        let astray = try #require(model.drafts.last)
        #expect(astray.answer.hasSuffix("\"abc"))
        #expect(astray.draft == "def")
    }

    @Test func `nothing is foretold unless the answer quotes`() async throws {
        let value: JSONValue = ["quote": "and the fox ran", "more": "zzz"]
        let model = DraftLog(base: ScriptedModel([("say", value)]))
        _ = try await generate(model, data: "Then the dog barked, and the fox ran away.", copiesData: false)
        #expect(model.drafts.isEmpty)
    }

    @Test(
        .enabled(if: LocalWeights.entry != nil, "No weights here: run `warrant model fetch smollm2-135m`."))
    func `real weights write the same, with fewer evaluations`() async throws {
        let entry = try #require(LocalWeights.entry)
        var configuration = try ModelCatalog().configuration(for: entry.name)
        configuration.contextTokenLimit = 1024
        configuration.threads = 1
        let text = """
            The tester pressed the red button twice on Monday, and the old printer in the small office began to burn \
            slowly until Helen came back from lunch.
            """
        let instruction = "Repeat the text word by word, twice.\nText: \(text)\n"
        let data = "Text: \(text)\nRepeated:\n"
        func answer(_ copiesData: Bool) async throws -> Generation {
            try await generate(
                LlamaModel.load(configuration), data: data, schema: ["type": "string", "maxLength": 100],
                copiesData: copiesData, instruction: instruction)
        }
        let plain = try await answer(false)
        let drafted = try await answer(true)
        #expect(drafted.bytes == plain.bytes)
        #expect(drafted.usage.sampled == plain.usage.sampled)
        #expect(drafted.usage.drafted >= plain.usage.drafted + 10, "\(String(decoding: plain.bytes, as: UTF8.self))")
    }
}

/// A scripted model that notes which drafts it was given, and behind what of the answer.
private final class DraftLog: LanguageModel {
    struct Entry {
        let answer: String
        let draft: String
    }

    private struct State {
        var answer: [UInt8] = []
        var drafts: [Entry] = []
    }

    private let base: ScriptedModel
    private let state = Mutex(State())
    let summary: ModelDescription
    let trie: TokenTrie

    init(base: ScriptedModel) {
        self.base = base
        summary = base.summary
        trie = base.trie
    }

    var drafts: [Entry] { state.withLock { $0.drafts } }

    private func note(_ tokens: [TokenID], _ drafts: [TokenID]) {
        func bytes(_ tokens: [TokenID]) -> [UInt8] { tokens.map { UInt8(truncatingIfNeeded: $0.rawValue) } }
        state.withLock { state in
            state.answer += bytes(tokens)
            guard !drafts.isEmpty else { return }
            state.drafts.append(
                Entry(
                    answer: String(decoding: state.answer, as: UTF8.self),
                    draft: String(decoding: bytes(drafts), as: UTF8.self)))
        }
    }

    func tokenize(_ bytes: [UInt8], parsingSpecialTokens: Bool) async throws(ModelError) -> [TokenID] {
        try await base.tokenize(bytes, parsingSpecialTokens: parsingSpecialTokens)
    }

    func begin(
        _ prompt: [TokenID], opening: [TokenID], drafts: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Evaluation {
        note(opening, drafts)
        return try await base.begin(prompt, opening: opening, drafts: drafts, for: request)
    }

    func append(_ tokens: [TokenID], drafts: [TokenID]) async throws(ModelError) -> Evaluation {
        note(tokens, drafts)
        return try await base.append(tokens, drafts: drafts)
    }

    func sample(_ mask: TokenMask, options: SamplingOptions) async throws(ModelError) -> SampledToken {
        try await base.sample(mask, options: options)
    }

    func withLogits<R: Sendable>(_ body: @Sendable (inout MutableSpan<Float>) throws -> R) async throws -> R {
        try await base.withLogits(body)
    }

    func logLikelihoods(
        of continuations: [[TokenID]], after prompt: [TokenID], for request: RequestID
    ) async throws(ModelError) -> Likelihoods? {
        nil
    }

    func embedding(of prompt: [TokenID]) async throws(ModelError) -> Embedding? {
        nil
    }

    func exclusively<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await base.exclusively(body)
    }
}
