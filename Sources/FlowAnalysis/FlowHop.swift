/// One step on the way of untrusted data.
public struct FlowHop: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The step's address, `[]` standing for any item: `triage[]/class`.
    public let step: String
    /// What is left of the data after the step, where that is little: `1 of 6`.
    public let remainder: String?

    init(_ step: String, remainder: String? = nil) {
        self.step = step
        self.remainder = remainder
    }

    /// `triage[]/class` or `triage[]/class (1 of 6)`.
    public var description: String {
        remainder.map { "\(step) (\($0))" } ?? step
    }

    /// A fixed order.
    public static func < (left: FlowHop, right: FlowHop) -> Bool {
        (left.step, left.remainder ?? "") < (right.step, right.remainder ?? "")
    }
}
