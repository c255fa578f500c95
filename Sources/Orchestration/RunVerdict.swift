public import JSONSchemas
public import RunJournal

/// How a run ended, or why it waits.
public struct RunVerdict: Hashable, Sendable {
    /// The typed outcome of a run.
    public enum Outcome: String, Hashable, Sendable {
        case done
        case failed
        case parked
        case denied
        case budgetExhausted = "budget_exhausted"
        case stuck
        case notFound = "not_found"
        case badData = "bad_data"
        case ioFailure = "io_failure"
        case unavailable
        case cancelled
        /// A service gave no usable answer; what hangs on it is done when the run is resumed.
        case tryAgain = "try_again"
    }

    /// The run.
    public let run: RunID
    /// How it ended.
    public let outcome: Outcome
    /// One sentence on why, where there is something to say.
    public let reason: String?
    /// The folder with the run's files.
    public let outputDirectory: String
    /// The addresses of the questions that wait for a person.
    public let waiting: [String]

    /// The exit code that says the same (`warrant --help` lists them).
    public var exitCode: Int32 {
        switch outcome {
        case .done: 0
        case .failed: 1
        case .parked: 2
        case .denied: 3
        case .budgetExhausted: 4
        case .stuck: 5
        case .notFound: 6
        case .badData: 65
        case .ioFailure: 74
        case .cancelled, .tryAgain: 75
        case .unavailable: 78
        }
    }

    /// The last line of `--json` output.
    public var json: JSONValue {
        var object: JSONObject = [
            "type": "verdict", "run": .string(run.description), "outcome": .string(outcome.rawValue),
            "exit": .integer(Int(exitCode)), "output": .string(outputDirectory),
            "waiting": .array(waiting.map { .string($0) }),
        ]
        if let reason { object["reason"] = .string(reason) }
        return .object(object)
    }
}
