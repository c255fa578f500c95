/// One place a value came from: a step, the tool it called, and the field of the result.
public struct Source: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    /// The address of the step that produced the value, or `workflow` or `inputs` (both without a tool).
    public let step: String
    /// The tool whose result it was, or nil when no tool was called.
    public let tool: String?
    /// JSON pointer into that result; empty for the whole of it.
    public let pointer: String

    /// Names a source.
    public init(step: String, tool: String? = nil, pointer: String = "") {
        self.step = step
        self.tool = tool
        self.pointer = pointer
    }

    /// The workflow file itself: a literal somebody wrote there.
    public static func workflow(_ pointer: String = "") -> Source {
        Source(step: "workflow", tool: nil, pointer: pointer)
    }

    /// An input the operator gave when the run was started. Trust is the label's matter, not the source's.
    public static func input(_ name: String) -> Source {
        Source(step: "inputs", tool: nil, pointer: "/\(name)")
    }

    /// The source of a member or an element of what this one names.
    public func appending(_ token: String) -> Source {
        var escaped = "/"
        for scalar in token.unicodeScalars {
            switch scalar {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return Source(step: step, tool: tool, pointer: pointer + escaped)
    }

    /// Whether this is ``workflow(_:)``.
    public var isWorkflow: Bool { tool == nil && step == "workflow" }

    /// Whether this is ``input(_:)``.
    public var isInput: Bool { tool == nil && step == "inputs" }

    /// For people: `triage[3]/similar (issue.find) /items/0/id`.
    public var description: String {
        var text = step
        if let tool { text += " (\(tool))" }
        if !pointer.isEmpty { text += " \(pointer)" }
        return text
    }

    /// A fixed order (step, tool, pointer), so that lists and digests do not depend on hashing.
    public static func < (left: Source, right: Source) -> Bool {
        (left.step, left.tool ?? "", left.pointer) < (right.step, right.tool ?? "", right.pointer)
    }
}
