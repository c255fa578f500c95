import Foundation
import JSONSchemas

/// One case: `Room:case`, and what measures it.
struct BenchmarkCase: Sendable {
    let name: String
    let body: @Sendable (BenchmarkArguments) async throws -> [Measurement]

    init(_ name: String, _ body: @escaping @Sendable (BenchmarkArguments) async throws -> [Measurement]) {
        self.name = name
        self.body = body
    }
}

/// One number of a case, from several rounds.
struct Measurement: Sendable {
    let metric: String
    let unit: String
    let samples: [Double]
    /// What the number should be at most, where there is a goal.
    let goal: Double?
    /// Whether a number above its goal is a failure.
    let isStrict: Bool

    init(_ metric: String, _ unit: String, _ samples: [Double], goal: Double? = nil, isStrict: Bool = false) {
        self.metric = metric
        self.unit = unit
        self.samples = samples
        self.goal = goal
        self.isStrict = isStrict
    }

    var hasFailed: Bool { isStrict && goal.map { median > $0 } ?? false }

    var median: Double {
        let sorted = samples.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    func json(_ name: String) -> String {
        var members: [(String, JSONValue)] = [
            ("case", .string(name)), ("metric", .string(metric)), ("unit", .string(unit)),
            ("median", .number(median)), ("best", .number(samples.min() ?? median)),
            ("rounds", .integer(samples.count)),
        ]
        if let goal { members.append(("goal", .number(goal))) }
        return JSONValue.object(JSONObject(members)).serialized()
    }

    func line(_ name: String) -> String {
        let goal = goal.map { ", goal at most \($0)" } ?? ""
        let values = [median, samples.min() ?? median].map { String(format: "%.3f", $0) }
        return "\(name) \(metric): \(values[0]) \(unit) (best \(values[1]), \(samples.count) rounds\(goal))"
    }
}

/// What was written on the command line.
struct BenchmarkArguments: Sendable {
    struct UsageError: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = "warrant-bench [TEXT | --filter TEXT] [--json] [--model NAME] [--rounds N] [--threads N]"

    var filter: String?
    var json = false
    var model = "default"
    var rounds = 7
    /// Whether nobody asked for a number of rounds, so that a case may choose its own.
    private(set) var isDefaultRounds = true
    /// With one thread, ratios hold on a busy machine too: ggml's threads spin while they wait for each other.
    var threads = ProcessInfo.processInfo.activeProcessorCount

    init(_ words: [String]) throws {
        var rest = words[...]
        func value(_ option: String) throws -> String {
            guard let value = rest.popFirst() else {
                throw UsageError(description: "`\(option)` needs a value.")
            }
            return value
        }
        while let word = rest.popFirst() {
            switch word {
            case _ where !word.hasPrefix("-") && filter == nil: filter = word
            case "--filter": filter = try value(word)
            case "--json": json = true
            case "--model": model = try value(word)
            case "--rounds":
                guard let number = Int(try value(word)), number > 0 else {
                    throw UsageError(description: "`--rounds` needs a number above 0.")
                }
                rounds = number
                isDefaultRounds = false
            case "--threads":
                guard let number = Int(try value(word)), number > 0 else {
                    throw UsageError(description: "`--threads` needs a number above 0.")
                }
                threads = number
            default:
                throw UsageError(
                    description: "Can't read arguments: `\(word)` is unknown. "
                        + "Write `\(Self.usage)`."
                )
            }
        }
    }
}

extension Duration {
    var microseconds: Double { self / .microseconds(1) }
    var milliseconds: Double { self / .milliseconds(1) }
}
