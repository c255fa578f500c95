import ConstrainedDecoding
import Foundation
import JSONSchemas
import Tokens

/// The child process that compiles and measures; a schema that crashes it or never ends costs one row.
enum DecodingWorker {
    /// `loadSeconds`: CPU time of reading the vocabulary's file, llama.cpp's own included.
    ///
    /// Prints a header, then a row for each record from the start that the arguments name on.
    static func run(
        _ arguments: DecodingArguments, vocabulary: Vocabulary, loadSeconds: Double,
        tokenize: @escaping DecodingTrial.Tokenize
    ) async throws {
        let start = ThreadClock.now
        let trie = TokenTrie(vocabulary)
        MaskStore.prepare(for: trie)
        let seconds = (ThreadClock.now - start) / 1e6
        print([
            "engine": "warrant", "init_s": .number(seconds), "vocab": .integer(vocabulary.count),
            "load_s": .number(loadSeconds), "clock_us": .number(ThreadClock.cost),
            "shared": .string(arguments.keeps ? "kept" : "forgotten"),
            "args": .string(CommandLine.arguments.dropFirst().joined(separator: " ")),
        ])
        let trial = DecodingTrial(setting: arguments.setting, trie: trie, tokenize: tokenize)
        // Warm up: code pages and what is made once a process, not masks of any corpus.
        _ = try await trial.row(of: warmUp, tokens: [])
        for record in try arguments.records().dropFirst(arguments.workerStart ?? 0) {
            let tokens = try await tokenize(record.tests.map(\.text)).map { tokens -> [TokenID]? in
                tokens.count <= trial.setting.tokenLimit ? tokens : nil
            }
            var row = try await trial.row(of: record, tokens: tokens)
            row["split"] = .string(record.split)
            print(row)
        }
    }

    private static let warmUp = DecodingRecord(
        id: "", split: "", schema: Array(#"{"type": "object", "properties": {"a": {"type": "string"}}}"#.utf8),
        tests: [])

    private static func print(_ row: JSONObject) {
        FileHandle.standardOutput.write(Data(JSONValue.object(row).serializedBytes(.compact) + [UInt8(ascii: "\n")]))
    }
}
