import JSONSchemas
import SandboxExecution

/// What came out of one case.
struct CaseVerdict: Hashable, Sendable {
    /// pass, fail, error or timeout.
    let outcome: String
    /// How it failed, an empty string where it passed: `invalid-accepted`, `valid-rejected`, `wrong-value`,
    /// `undocumented-failure`, `timeout`.
    let failure: String
    /// One sentence on the difference, or an empty string.
    let detail: String
    /// What was observed, as reports show it.
    let observed: JSONValue

    /// How long a sentence is at most, in characters: a program may print what it likes, and an issue has to hold it.
    private static let detailLimit = 1_000

    /// Judges `run` by `expectation`.
    init(_ run: CaseRun, expectation: CaseExpectation) {
        observed = Self.observation(run)
        switch (run.outcome, expectation) {
        case (.error(let kind), _):
            let isTimeout = kind.kind == "timeout"
            outcome = isTimeout ? "timeout" : "error"
            failure = isTimeout ? "timeout" : "undocumented-failure"
            detail = "\(kind)" + (run.message.isEmpty ? "" : ": " + run.message)
        case (.accepted, .reject):
            (outcome, failure, detail) = ("fail", "invalid-accepted", "it was accepted and should be rejected")
        case (.rejected, .accept), (.rejected, .value):
            outcome = "fail"
            failure = "valid-rejected"
            detail = run.message.isEmpty ? "it was rejected and should be accepted" : run.message
        case (.accepted(let bytes), .value(let expected)):
            guard let value = try? JSONValue(parsing: bytes) else {
                (outcome, failure, detail) = ("fail", "wrong-value", "no JSON value was printed")
                return
            }
            if let difference = ValueComparison.difference(expected: expected, observed: value) {
                (outcome, failure, detail) = ("fail", "wrong-value", Self.cut(difference))
            } else {
                (outcome, failure, detail) = ("pass", "", "")
            }
        case (.rejected, .reject), (.accepted, .accept):
            (outcome, failure, detail) = ("pass", "", "")
        }
    }

    private static func cut(_ text: String) -> String {
        text.count > detailLimit ? text.prefix(detailLimit) + " (cut here)" : text
    }

    private static func observation(_ run: CaseRun) -> JSONValue {
        switch run.outcome {
        case .accepted(let bytes):
            guard let value = try? JSONValue(parsing: bytes) else { return ["outcome": "accept"] }
            return ["outcome": "accept", "value": value]
        case .rejected: return ["outcome": "reject", "message": .string(run.message)]
        case .error(let kind):
            return ["outcome": "error", "kind": .string("\(kind)"), "message": .string(run.message)]
        }
    }
}

extension CaseRun {
    /// The last line the system under test wrote to standard error, shortened: by convention the message.
    var message: String {
        let text = String(decoding: standardError, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).last ?? ""
        return String(line.prefix(200))
    }
}
