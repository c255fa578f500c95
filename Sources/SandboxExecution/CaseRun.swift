/// What a system under test did with one case.
public struct CaseRun: Hashable, Sendable {
    /// The system's answer, or why there is none.
    public enum Outcome: Hashable, Sendable {
        /// Exit status 0. `value` is standard output as written, empty when nothing was; whether it is JSON
        /// is for the caller to find out.
        case accepted(value: [UInt8])
        /// Exit status 1: rejected, as documented.
        case rejected
        /// No answer, and why.
        case error(Failure)
    }

    /// Why a case has no answer.
    public enum Failure: Hashable, Sendable {
        /// An exit status other than 0 and 1.
        case exit(Int32)
        /// A signal ended the system: a crash.
        case signal(Int32)
        /// There was no such program.
        case missing(program: String, reason: String)
        /// It did not end in this time.
        case timeout(Duration)
        /// It wrote more than this many bytes.
        case outputLimit(Int)
        /// It reached another limit.
        case limit(name: String, value: String)
    }

    /// What the case came to.
    public let outcome: Outcome
    /// The first bytes of standard output, for a report.
    public let standardOutput: [UInt8]
    /// The first bytes of standard error, for a report.
    public let standardError: [UInt8]
    /// Real time, the sandbox's set-up included.
    public let wall: Duration
}

extension CaseRun.Failure: CustomStringConvertible {
    /// The kind of failure as one stable word: `exit`, `signal`, `missing`, `timeout`, `output-limit`, `limit`.
    public var kind: String {
        switch self {
        case .exit: "exit"
        case .signal: "signal"
        case .missing: "missing"
        case .timeout: "timeout"
        case .outputLimit: "output-limit"
        case .limit: "limit"
        }
    }

    /// One readable phrase, such as `ended with exit status 3, which is neither 0 (accepted) nor 1 (rejected)`.
    public var description: String {
        switch self {
        case .exit(let status):
            "ended with exit status \(status), which is neither 0 (accepted) nor 1 (rejected)"
        case .signal(let signal): "crashed with signal \(SignalName.describe(signal))"
        case .missing(let program, let reason): "program `\(program)` is missing: \(reason)"
        case .timeout(let limit): "did not end within \(limit.readable)"
        case .outputLimit(let limit): "wrote more than \(ByteCount.readable(limit))"
        case .limit(let name, let value): "reached limit `\(name)` of \(value)"
        }
    }
}

extension CaseRun.Outcome: CustomStringConvertible {
    /// `accepted`, `rejected`, or the failure's sentence.
    public var description: String {
        switch self {
        case .accepted: "accepted"
        case .rejected: "rejected"
        case .error(let failure): failure.description
        }
    }
}
