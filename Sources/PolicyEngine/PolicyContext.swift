public import Provenance

/// What a decision depends on besides the call and the policy. The caller does the I/O; this room only compares.
public struct PolicyContext: Hashable, Sendable {
    /// The run that wants to make the call.
    public let run: String
    /// The step's address, such as `triage[3]/file#2`.
    public let address: String
    /// How many calls of each tool this run was allowed so far.
    public let earlierCalls: [String: Int]
    /// For each `under` rule, such as `file.read.path.under`, the roots of which the argument must lie under one:
    /// absolute, symbolic links resolved. ``Policy/roots(for:)`` lists the rules.
    public let roots: [String: [String]]
    /// For each `commands` rule, the lines of the list that it names; a rule that is missing here has none.
    /// ``Policy/lists(for:)`` lists the rules.
    public let lists: [String: [String]]
    /// Whether this very call was begun before the run stopped, and nobody knows whether it had its effect.
    public let isOutcomeUnknown: Bool
    /// For each argument that is a path, where it leads: absolute, symbolic links resolved. An argument with an
    /// `under` rule that is missing here is denied.
    public let resolvedPaths: [String: String]
    /// The label of each argument. One that is missing here has the whole call's label.
    public let argumentLabels: [String: Label]

    /// Makes a context.
    public init(
        run: String, address: String, earlierCalls: [String: Int] = [:], roots: [String: [String]] = [:],
        resolvedPaths: [String: String] = [:], argumentLabels: [String: Label] = [:],
        lists: [String: [String]] = [:], isOutcomeUnknown: Bool = false
    ) {
        self.lists = lists
        self.isOutcomeUnknown = isOutcomeUnknown
        self.run = run
        self.address = address
        self.earlierCalls = earlierCalls
        self.roots = roots
        self.resolvedPaths = resolvedPaths
        self.argumentLabels = argumentLabels
    }
}
