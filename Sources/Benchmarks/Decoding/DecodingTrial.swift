import ConstrainedDecoding
import JSONSchemas
import Tokens

/// Compiles one schema and forces its instances through the masks, token by token.
struct DecodingTrial {
    /// What a trial is done with.
    struct Setting: Sendable {
        var options = GrammarOptions()
        /// The draft of schemas that name none.
        var draft: String?
        /// Whether `format` is checked; the official suite takes it for an annotation.
        var assertsFormats = true
        /// Whether the instances were forced once before anything is measured.
        var isWarm = false
        /// Whether what grammars of a process share is forgotten before each schema.
        var forgets = true
        /// Whether to count the tokens that need no sampling.
        var countsForced = true
        /// Instances of more tokens are skipped.
        var tokenLimit = 1500
    }

    typealias Tokenize = ([[UInt8]]) async throws -> [[TokenID]]

    let setting: Setting
    let trie: TokenTrie
    let tokenize: Tokenize

    private struct Result {
        var masks: [Double] = []
        var commits: [Double] = []
        var verdicts: [JSONValue] = []
        var forcedTimes: [Double] = []
        var forced = 0
        var opening = 0
        var drafted = 0
        var total = 0
        var mismatches = 0
    }

    /// The row of `record` without its split; see `report.py`.
    func row(of record: DecodingRecord, tokens: [[TokenID]?]) async throws -> JSONObject {
        var row: JSONObject = ["id": .string(record.id), "n_tests": .integer(record.tests.count)]
        if setting.forgets { MaskStore.removeAll() }
        guard let matcher = start(record, &row) else { return row }
        var mask = TokenMask(tokenCount: trie.vocabulary.count)
        var result = Result()
        if setting.isWarm {
            for tokens in tokens { try await force(tokens, isValid: false, matcher, &mask, &result) }
            result = Result()
        }
        for (test, tokens) in zip(record.tests, tokens) {
            guard let tokens else { continue }
            let isAdmitted = try await force(tokens, isValid: test.isValid, matcher, &mask, &result)
            result.verdicts.append([
                .bool(test.isValid), .bool(isAdmitted), test.keyword.map { .string($0) } ?? .null,
            ])
        }
        describe(result, in: &row)
        return row
    }

    /// Compiles the schema and computes the first mask; `nil` if the schema is refused.
    private func start(_ record: DecodingRecord, _ row: inout JSONObject) -> GrammarMatcher? {
        var mask = TokenMask(tokenCount: trie.vocabulary.count)
        let start = ThreadClock.now
        do {
            let schema = try DecodingSchema.compile(record.schema, setting)
            let grammar = try Grammar(schema: schema, options: setting.options)
            let compiled = ThreadClock.now - start
            row["compile_us"] = .number(compiled)
            let first = ThreadClock.now
            var matcher = GrammarMatcher(grammar: grammar, trie: trie)
            matcher.computeMask(&mask)
            row["ttfm_us"] = .number(compiled + ThreadClock.now - first)
            return matcher
        } catch {
            row["compile_us"] = .number(ThreadClock.now - start)
            row["compile_error"] = .string(String("\(error)".prefix(300)))
            return nil
        }
    }

    private func describe(_ result: Result, in row: inout JSONObject) {
        row["mask_us"] = Self.rounded(result.masks)
        row["commit_us"] = Self.rounded(result.commits)
        row["res"] = .array(result.verdicts)
        guard setting.countsForced else { return }
        row["ff_tokens"] = .integer(result.forced)
        row["ff_total"] = .integer(result.total)
        row["ff_us"] = Self.rounded(result.forcedTimes)
        row["ff_mismatch"] = .integer(result.mismatches)
        row["ff_opening"] = .integer(result.opening)
        row["ff_drafted"] = .integer(result.drafted)
    }

    private static func rounded(_ times: [Double]) -> JSONValue {
        .array(times.map { .number(($0 * 100).rounded() / 100) })
    }

    /// Whether the grammar admits the document of `tokens`.
    @discardableResult
    private func force(
        _ tokens: [TokenID]?, isValid: Bool, _ start: GrammarMatcher, _ mask: inout TokenMask, _ result: inout Result
    ) async throws -> Bool {
        guard let tokens else { return false }
        var matcher = start
        let mismatches = result.mismatches
        // How many of the next tokens would be appended without sampling.
        var skipped = 0
        for (index, token) in tokens.enumerated() {
            if isValid, setting.countsForced {
                result.total += 1
                if skipped == 0 { skipped = try await unsampled(tokens, from: index, matcher, &result) }
            }
            let before = ThreadClock.now
            matcher.computeMask(&mask)
            let after = ThreadClock.now
            if isValid { result.masks.append(after - before) }
            guard mask.contains(token) else {
                result.mismatches = mismatches
                return false
            }
            if isValid, setting.countsForced {
                // The only token on offer needs no sampling either.
                if skipped == 0, mask.onlyAllowed == token { skipped = 1 }
                if skipped > 0 {
                    skipped -= 1
                    result.forced += 1
                    if index == 0 { result.opening += 1 }
                }
            }
            let start = ThreadClock.now
            guard (try? matcher.consume(token)) != nil else { return false }
            if isValid { result.commits.append(ThreadClock.now - start) }
        }
        matcher.computeMask(&mask)
        let isAdmitted = trie.vocabulary.endOfGeneration.contains { mask.contains($0) } || matcher.isFinished
        // In an instance that the grammar refuses, what it forces is another document.
        if !isAdmitted { result.mismatches = mismatches }
        return isAdmitted
    }

    /// How many tokens from `index` on are forced, or foretold by drafts.
    private func unsampled(
        _ tokens: [TokenID], from index: Int, _ matcher: GrammarMatcher, _ result: inout Result
    ) async throws -> Int {
        var matcher = matcher
        let start = ThreadClock.now
        let run = try await matcher.forcedRun(after: Array(tokens[..<index]), trie: trie, tokenize: tokenize)
        result.forcedTimes.append(ThreadClock.now - start)
        var count = 0
        for token in run.certain {
            guard index + count < tokens.count else { break }
            guard tokens[index + count] == token else {
                result.mismatches += 1
                return count
            }
            count += 1
        }
        for token in run.drafts {
            guard index + count < tokens.count, tokens[index + count] == token else { break }
            count += 1
            result.drafted += 1
        }
        return count
    }
}
