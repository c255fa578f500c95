import Foundation
import JSONSchemas
import ModelRuntime
import Planning

/// `parallel`: the same short generations, so many at once.
enum ParallelCommand {
    static func run(_ arguments: ModelArguments) async throws {
        let work = try TicketWork()
        let count = arguments.count ?? 24
        for name in arguments.models {
            var seconds: [Int: [Double]] = [:]
            var answers: [Int: [[UInt8]]] = [:]
            var usage: [Int: TokenUsage] = [:]
            for _ in 0..<arguments.rounds {
                for parallel in arguments.parallel {
                    var configuration = try arguments.configuration(name)
                    configuration.parallelLimit = parallel
                    let model = try await LlamaModel.load(configuration)
                    let generator = ConstrainedGenerator(model: model, sampling: SamplingOptions())
                    // Reads the weights; shares nothing with the work.
                    _ = try await model.begin(
                        try await model.tokenize(Array("Good morning.".utf8), parsingSpecialTokens: false),
                        for: RequestID(address: "warm"))
                    let start = ContinuousClock.now
                    let generations = try await all(count, parallel, work, generator, dialect: model.summary.dialect)
                    seconds[parallel, default: []].append((ContinuousClock.now - start).milliseconds / 1_000)
                    answers[parallel] = generations.map(\.bytes)
                    usage[parallel] = generations.reduce(TokenUsage()) { $0 + $1.usage }
                }
            }
            for parallel in arguments.parallel {
                guard let usage = usage[parallel], let times = seconds[parallel] else { continue }
                let wall = Measurement("wall", "s", times).median
                let same = zip(answers[parallel] ?? [], answers[arguments.parallel[0]] ?? []).count { $0 == $1 }
                print(
                    JSONValue.object(
                        JSONObject([
                            ("model", .string(name)), ("parallel", .integer(parallel)),
                            ("generations", .integer(count)),
                            ("wall_s", .number((wall * 1_000).rounded() / 1_000)), ("rounds", .integer(times.count)),
                            ("evaluated", .integer(usage.evaluated)), ("reused", .integer(usage.reused)),
                            ("forced", .integer(usage.forced)), ("sampled", .integer(usage.sampled)),
                            ("drafted", .integer(usage.drafted)),
                            ("same_as_\(arguments.parallel[0])", .integer(same)),
                            ("own_mb", .number(ResidentMemory.now.own.rounded())),
                        ])
                    ).serialized())
            }
        }
    }

    /// Runs the generations, at most `parallel` of them at once.
    static func all(
        _ count: Int, _ parallel: Int, _ work: TicketWork, _ generator: ConstrainedGenerator, dialect: ChatDialect
    ) async throws -> [Generation] {
        try await withThrowingTaskGroup(of: (Int, Generation).self) { group in
            var found: [Int: Generation] = [:]
            for number in 0..<count {
                if number >= parallel, let (index, generation) = try await group.next() { found[index] = generation }
                group.addTask { (number, try await work.answer(number, generator, dialect: dialect)) }
            }
            for try await (index, generation) in group { found[index] = generation }
            return found.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
