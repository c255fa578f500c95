import Foundation
import ModelRuntime
import Tokens

/// `LlamaModel` against the plain C loop on the same weights, threads and batch size, in turns.
enum ModelRuntimeBenchmarks {
    private static let contextTokens = 2048
    private static let batchTokens = 256

    private static func configuration(_ arguments: BenchmarkArguments) throws -> ModelConfiguration {
        var configuration = try ModelCatalog().configuration(for: arguments.model)
        configuration.contextTokenLimit = contextTokens
        configuration.batchTokenLimit = batchTokens
        configuration.threads = arguments.threads
        // Like the plain loop: prompts of earlier rounds would make attention slower.
        configuration.sequenceLimit = 1
        return configuration
    }

    private static func plain(_ configuration: ModelConfiguration, _ arguments: BenchmarkArguments) throws
        -> PlainLlama
    {
        guard
            let plain = PlainLlama(
                path: configuration.path, tokenLimit: contextTokens, batchLimit: batchTokens,
                threads: arguments.threads)
        else { throw BenchmarkArguments.UsageError(description: "The plain loop can't load the weights.") }
        return plain
    }

    /// A prompt of ordinary text tokens that shares nothing with that of another round.
    private static func prompt(_ count: Int, round: Int) -> [Int32] {
        (0..<count).map { Int32(1000 + (($0 + 1) * (7919 + round * 31)) % 30_000) }
    }

    static func load(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        let clock = ContinuousClock()
        var whole: [Double] = []
        for _ in 0..<min(3, arguments.rounds) {
            let start = clock.now
            _ = try await LlamaModel.load(try configuration(arguments))
            whole.append((clock.now - start).milliseconds)
        }
        let model = try await LlamaModel.load(try configuration(arguments))
        let start = clock.now
        _ = TokenTrie(model.trie.vocabulary)
        return [
            Measurement("load", "ms", whole),
            Measurement("trie", "ms", [(clock.now - start).milliseconds]),
        ]
    }

    static func prefill(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        let configuration = try configuration(arguments)
        let model = try await LlamaModel.load(configuration)
        var plain = try plain(configuration, arguments)
        let clock = ContinuousClock()
        var ours: [Double] = []
        var theirs: [Double] = []
        for round in 0...arguments.rounds {
            let tokens = prompt(512, round: round)
            var start = clock.now
            let evaluation = try await model.begin(
                tokens.map { TokenID(rawValue: $0) }, for: RequestID(address: "bench"))
            let mine = clock.now - start
            precondition(evaluation.reused == 0, "A prompt that is partly resident measures nothing.")
            plain.clear()
            start = clock.now
            guard plain.evaluate(tokens, at: 0) else { break }
            let other = clock.now - start
            // The first round warms up.
            if round > 0 {
                ours.append(512 / (mine / .seconds(1)))
                theirs.append(512 / (other / .seconds(1)))
            }
        }
        return [
            Measurement("time ratio to plain loop", "x", zip(theirs, ours).map { $0 / $1 }, goal: 1.05),
            Measurement("LlamaModel", "tokens/s", ours), Measurement("plain loop", "tokens/s", theirs),
        ]
    }

    static func generate(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        let configuration = try configuration(arguments)
        let model = try await LlamaModel.load(configuration)
        var plain = try plain(configuration, arguments)
        let vocabulary = model.trie.vocabulary
        var mask = TokenMask(tokenCount: vocabulary.count)
        for number in 0..<Int32(vocabulary.count) { mask.allow(TokenID(rawValue: number)) }
        let clock = ContinuousClock()
        let count = 48
        var ours: [Double] = []
        var theirs: [Double] = []
        for round in 0...arguments.rounds {
            let tokens = prompt(64, round: round)
            _ = try await model.begin(tokens.map { TokenID(rawValue: $0) }, for: RequestID(address: "bench"))
            var start = clock.now
            for _ in 0..<count {
                let choice = try await model.sample(mask, options: SamplingOptions())
                _ = try await model.append([choice.token])
            }
            let mine = clock.now - start
            plain.clear()
            guard plain.evaluate(tokens, at: 0) else { break }
            start = clock.now
            for step in 0..<count {
                let token = plain.best()
                guard plain.evaluate([token], at: tokens.count + step) else { break }
            }
            let other = clock.now - start
            if round > 0 {
                ours.append(Double(count) / (mine / .seconds(1)))
                theirs.append(Double(count) / (other / .seconds(1)))
            }
        }
        return [
            Measurement("time ratio to plain loop", "x", zip(theirs, ours).map { $0 / $1 }, goal: 1.05),
            Measurement("LlamaModel", "tokens/s", ours), Measurement("plain loop", "tokens/s", theirs),
        ]
    }

    /// One masked choice over logits spread like those of real weights, without a model.
    static func sample(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        let count = 151_936
        var state: UInt64 = 7
        let logits = (0..<count).map { _ -> Float in
            // The sum of four uniform numbers is close enough to a bell.
            (0..<4).reduce(Float(0)) { sum, _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return sum + Float(state >> 40) / Float(1 << 24) * 6 - 3
            }
        }
        var all = TokenMask(tokenCount: count)
        for number in 0..<Int32(count) { all.allow(TokenID(rawValue: number)) }
        var few = TokenMask(tokenCount: count)
        for number in stride(from: Int32(11), to: Int32(count), by: 5003) {
            few.allow(TokenID(rawValue: number))
        }
        let clock = ContinuousClock()
        func time(_ mask: TokenMask, _ temperature: Double) -> [Double] {
            (0..<max(20, arguments.rounds)).map { round in
                let sampler = MaskedSampler(
                    temperature: temperature, draw: SamplingDraw(seed: 7, key: 1, position: round))
                let start = clock.now
                _ = sampler.choose(from: logits.span, mask: mask)
                return (clock.now - start).microseconds
            }
        }
        return [
            Measurement("all allowed, temperature 0", "us", time(all, 0)),
            Measurement("all allowed, temperature 0.8", "us", time(all, 0.8)),
            Measurement("31 allowed, temperature 0", "us", time(few, 0)),
        ]
    }
}
