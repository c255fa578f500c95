/// Where untrusted data enters a workflow.
public struct FlowOrigin: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The kinds of places.
    public enum Kind: String, Sendable {
        /// An input with `trust: untrusted`.
        case input
        /// A tool whose result anybody may have written.
        case tool
    }

    /// What it is.
    public let kind: Kind
    /// The input, or the tool.
    public let name: String
    /// The step that calls the tool; empty for an input.
    public let step: String

    init(input name: String) {
        kind = .input
        self.name = name
        step = ""
    }

    init(tool name: String, step: String) {
        kind = .tool
        self.name = name
        self.step = step
    }

    /// `tickets (untrusted)` or `listed (issue.list)`.
    public var description: String {
        switch kind {
        case .input: "\(name) (untrusted)"
        case .tool: "\(step) (\(name))"
        }
    }

    /// A fixed order: inputs first.
    public static func < (left: FlowOrigin, right: FlowOrigin) -> Bool {
        (left.kind.rawValue, left.step, left.name) < (right.kind.rawValue, right.step, right.name)
    }
}
