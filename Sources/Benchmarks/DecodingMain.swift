import Foundation
import ModelRuntime
import Tokens

/// The decoding commands with real weights.
enum DecodingMain {
    static func run(command: String, _ words: [String]) async throws {
        let arguments = try DecodingArguments(command: command, words)
        if command == "decode-generate" {
            guard try await GenerateCommand.run(arguments) else { exit(1) }
            return
        }
        guard arguments.workerStart != nil || command == "decode-fuzz" else {
            guard try DecodingCommands.supervise(arguments) else { exit(1) }
            return
        }
        guard !arguments.weights.isEmpty else {
            // Single bytes do where no figure depends on tokens.
            try await run(arguments, vocabulary: .bytes, loadSeconds: 0) { texts in
                texts.map { $0.map { TokenID(Int32($0)) } }
            }
            return
        }
        // Nothing is evaluated, so a vocabulary does.
        let start = ThreadClock.now
        let weights = try Weights(path: arguments.weights)
        let seconds = (ThreadClock.now - start) / 1e6
        try await run(arguments, vocabulary: weights.file.vocabulary, loadSeconds: seconds) { texts in
            try texts.map { try weights.file.tokenizeInner($0) }
        }
    }

    private static func run(
        _ arguments: DecodingArguments, vocabulary: Vocabulary, loadSeconds: Double,
        tokenize: @escaping DecodingTrial.Tokenize
    ) async throws {
        guard arguments.command == "decode-fuzz" else {
            try await DecodingWorker.run(
                arguments, vocabulary: vocabulary, loadSeconds: loadSeconds, tokenize: tokenize)
            return
        }
        guard try FuzzCommand.run(arguments, trie: TokenTrie(vocabulary)) else { exit(1) }
    }

    /// Shares a vocabulary, which can't be copied.
    private final class Weights {
        let file: VocabularyFile

        init(path: String) throws {
            file = try VocabularyFile(path: path)
        }
    }
}
