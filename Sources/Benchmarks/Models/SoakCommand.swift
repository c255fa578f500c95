import Foundation
import JSONSchemas
import ModelRuntime
import Planning
import TestSupport

/// `soak`: many short generations, a share of them cancelled at random moments. It fails when memory grows after the first
/// fifty, or when anything of a generation is left.
enum SoakCommand {
    /// What is wrong with weights that were run for long.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// By how many megabytes memory may grow after the first fifty: what the heap is fragmented by, and far less than a row
    /// of logits a generation.
    private static let growthLimit = 50.0
    private static let step = 50
    private static let seed: UInt64 = 8

    /// What one model came to.
    private struct Tally {
        var tickets = 0
        var cancelled = 0
        var residentAfterFirst: Double?
        var residentAtEnd = 0.0
        /// Generations, sequences and cells that nobody has any more.
        var leaked = 0

        var growth: Double { residentAtEnd - (residentAfterFirst ?? residentAtEnd) }

        var members: JSONObject {
            func rounded(_ value: Double) -> JSONValue { .number((value * 10).rounded() / 10) }
            return [
                "tickets": .integer(tickets), "cancelled": .integer(cancelled),
                "resident_mb_after_50": rounded(residentAfterFirst ?? residentAtEnd),
                "resident_mb_end": rounded(residentAtEnd), "growth_mb": rounded(growth), "leaked": .integer(leaked),
            ]
        }
    }

    static func run(_ arguments: ModelArguments) async throws {
        for name in arguments.models {
            let tally = try await soak(name, arguments)
            print(JSONValue.object(tally.members).serialized(.compact))
            guard tally.leaked == 0 else {
                throw Failure(description: "`\(name)` has \(tally.leaked) generations, sequences and cells left over.")
            }
            guard tally.growth <= growthLimit else {
                throw Failure(
                    description:
                        "`\(name)` grew by \(Int(tally.growth.rounded(.up))) MB after the first \(step) tickets, "
                        + "and \(Int(growthLimit)) are allowed.")
            }
        }
    }

    private static func soak(_ name: String, _ arguments: ModelArguments) async throws -> Tally {
        let work = try TicketWork()
        let count = arguments.count ?? 500
        var configuration = try arguments.configuration(name)
        configuration.parallelLimit = arguments.parallel.last ?? 16
        let model = try await LlamaModel.load(configuration) { print($0) }
        let generator = ConstrainedGenerator(model: model, sampling: SamplingOptions())
        var random = SeededGenerator(seed: seed)
        // How long fifty take, so that the moments lie in all of that; known once fifty were worked on.
        var span = 6_000
        var tally = Tally()
        for start in stride(from: 0, to: count, by: step) {
            let numbers = start..<min(count, start + step)
            let delays: [Int?] = numbers.map { _ in
                Int.random(in: 0..<4, using: &random) == 0 ? Int.random(in: 0..<span, using: &random) : nil
            }
            let began = ContinuousClock.now
            let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for (number, delay) in zip(numbers, delays) {
                    group.addTask {
                        try await ends(delay) {
                            try await work.answer(number, generator, dialect: model.summary.dialect)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            span = max(1_000, Int((ContinuousClock.now - began).milliseconds))
            tally.tickets += outcomes.count
            tally.cancelled += outcomes.count { !$0 }
            let occupancy = await model.occupancy
            tally.leaked = max(tally.leaked, occupancy.generations)
            let memory = ResidentMemory.now
            tally.residentAfterFirst = tally.residentAfterFirst ?? memory.all
            tally.residentAtEnd = memory.all
            print(
                "\(numbers.upperBound): \(Int(memory.own)) MB own, \(Int(memory.files)) MB of files, "
                    + "\(occupancy.cells) cells in \(occupancy.sequences) sequences, \(tally.cancelled) cancelled")
        }
        let left = await model.dropFinished()
        tally.leaked = max(tally.leaked, left.generations + left.sequences + left.cells)
        return tally
    }

    /// Runs `body`, and cancels it after `delay` milliseconds. Whether it came to its end.
    private static func ends(
        _ delay: Int?, _ body: @escaping @Sendable () async throws -> Generation
    ) async throws -> Bool {
        let task = Task { try await body() }
        let canceller = delay.map { delay in
            Task {
                try await Task.sleep(for: .milliseconds(delay))
                task.cancel()
            }
        }
        defer { canceller?.cancel() }
        do {
            _ = try await task.value
            return true
        } catch is CancellationError {
            return false
        } catch let error as ModelError where error.code == .cancelled {
            return false
        }
    }
}
