/// One thing that is wrong in a workflow or a tool manifest.
public struct WorkflowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it is wrong.
    public let position: SourcePosition
    /// What kind of file was read: `workflow` or `tool manifest`.
    public let subject: String
    /// What is wrong, without a full stop.
    public let problem: String
    /// A sentence that says what to write instead, when that is known.
    public let fix: String?

    /// An error at a place.
    public init(position: SourcePosition, subject: String = "workflow", problem: String, fix: String? = nil) {
        self.position = position
        self.subject = subject
        self.problem = problem
        self.fix = fix
    }

    /// ``FILE:LINE:COLUMN: Can't read workflow: unknown key `polcy`. Write `policy`.``
    public var description: String {
        "\(position): Can't read \(subject): \(problem)." + (fix.map { " \($0)" } ?? "")
    }
}

/// Everything that is wrong in the files that were read, in their order.
public struct WorkflowErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// The errors; at least one.
    public let errors: [WorkflowError]

    /// Several errors.
    public init(_ errors: [WorkflowError]) {
        self.errors = errors
    }

    /// One line an error.
    public var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}
