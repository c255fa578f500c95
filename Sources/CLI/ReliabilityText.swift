import Evaluation
import WorkflowFormat

/// How sure and how right answers were, as lines for a person.
enum ReliabilityText {
    static func line(_ name: String, _ adjustment: ShareAdjustment, _ reliability: Reliability) -> String {
        let offsets = adjustment.offsets.isEmpty ? "" : " with offsets"
        return line(name, "at temperature \(digits(adjustment.temperature))\(offsets)", reliability)
    }

    /// `how`: what the shares were put right with, in words.
    static func line(_ name: String, _ how: String, _ reliability: Reliability) -> String {
        "  \(name) \(how): calibration error \(digits(reliability.calibrationError)), "
            + "right \(percent(reliability.accuracy)), of the surest \(percent(Reliability.surestShare)) "
            + "\(percent(reliability.surestAccuracy)) (n \(reliability.count))"
    }

    static func limits(_ reliability: Reliability) -> String {
        let parts = reliability.limits.map { limit in
            limit.confidence.map {
                "\(percent(limit.wanted)) from \(Reliability.down($0)) on (\(percent(limit.coverage)) of the answers)"
            } ?? "\(percent(limit.wanted)) never"
        }
        return "    right at least " + parts.joined(separator: ", ")
    }

    private static func digits(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }

    private static func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }
}
