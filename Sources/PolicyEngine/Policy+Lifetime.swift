import JSONSchemas
import WorkflowFormat

extension Policy {
    /// How long an answer counts where no policy says anything.
    public static let standardApprovalLifetime = Duration.seconds(24 * 60 * 60)

    /// How far an answer may be dated ahead: clocks are set back by a little, and an answer from tomorrow would
    /// otherwise count for longer than one from today.
    static let clockToleranceNanoseconds: Int64 = 300 * 1_000_000_000

    /// A later layer can only shorten it.
    static func approvalLifetime(_ definition: PolicyDefinition, _ narrowings: [PolicyDefinition]) -> Duration {
        narrowings.compactMap(\.approvalLifetime)
            .reduce(definition.approvalLifetime ?? standardApprovalLifetime) { min($0, $1) }
    }

    /// What the policies say about approvals, as part of the version; nil where they say nothing.
    static func approvalForm(_ definition: PolicyDefinition, _ narrowings: [PolicyDefinition]) -> JSONValue? {
        guard ([definition] + narrowings).contains(where: { $0.approvalLifetime != nil }) else { return nil }
        return ["approvals": .string("\(approvalLifetime(definition, narrowings))")]
    }

    /// Whether an answer still counts. Times are in nanoseconds since 1970, by one clock.
    public func isCurrent(answeredNanoseconds: Int64, usedNanoseconds: Int64) -> Bool {
        staleness(answeredNanoseconds, usedNanoseconds) == nil
    }

    /// - Throws: ``PolicyError`` with `.expired` when an answer is too old, or dated in the future.
    public func requireCurrent(_ use: ApprovalUse, address: String) throws(PolicyError) {
        guard let reason = staleness(use.answeredNanoseconds, use.usedNanoseconds) else { return }
        throw PolicyError(.expired, operation: "use the approval for step `\(address)`", reason: reason)
    }

    private func staleness(_ answered: Int64, _ used: Int64) -> String? {
        let (age, isOverflow) = used.subtractingReportingOverflow(answered)
        guard !isOverflow, age >= -Self.clockToleranceNanoseconds else {
            return "it is dated later than this machine's clock, so its age is unknown; answer once more"
        }
        guard Duration.nanoseconds(age) <= approvalLifetime else {
            return "it was given more than \(Self.words(approvalLifetime)) ago; answer once more"
        }
        return nil
    }

    /// `8 h`, `90 min` or `20 s`.
    private static func words(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds > 0, seconds.isMultiple(of: 3600) { return "\(seconds / 3600) h" }
        if seconds > 0, seconds.isMultiple(of: 60) { return "\(seconds / 60) min" }
        return "\(seconds) s"
    }
}
