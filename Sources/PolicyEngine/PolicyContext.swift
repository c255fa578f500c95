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
    public private(set) var roots: [String: [String]]
    /// For each `commands` rule, the lines of the list that it names; a rule that is missing here has none.
    /// ``Policy/lists(for:)`` lists the rules.
    public private(set) var lists: [String: [String]]
    /// Whether this very call was begun before the run stopped, and nobody knows whether it had its effect.
    public let isOutcomeUnknown: Bool
    /// For each argument that is a path, where it leads: absolute, symbolic links resolved. An argument with an
    /// `under` rule that is missing here is denied.
    public private(set) var resolvedPaths: [String: String]
    /// The label of each argument. One that is missing here has the whole call's label.
    public private(set) var argumentLabels: [String: Label]
    /// The trusted texts of the run, such as the goal and the trusted inputs, for `from: [task]`.
    public private(set) var task: TypedMatch
    /// What lookups of the run vouch for.
    public private(set) var handles: HandleLedger
    /// Which attempt at this call it is, from 1: one more for each that ended, or that nobody knows the end of. An
    /// approval counts for one attempt.
    public let attempt: Int
    /// The values that persons vouched for. Those of another run, tool, argument or value don't count.
    public let endorsements: [Endorsement]
    /// The arguments whose whole value is a closed `enum` or boolean field of a `read`, untouched since.
    public private(set) var closedChoices: Set<String>
    /// Words that stand in the run's own prompts and nowhere else: a call that holds one in what it sends anywhere is
    /// denied.
    public let canaries: [String]

    /// Makes a context.
    public init(
        run: String, address: String, earlierCalls: [String: Int] = [:], roots: [String: [String]] = [:],
        resolvedPaths: [String: String] = [:], argumentLabels: [String: Label] = [:],
        lists: [String: [String]] = [:], isOutcomeUnknown: Bool = false, task: TypedMatch = TypedMatch(),
        handles: HandleLedger = HandleLedger(), attempt: Int = 1, endorsements: [Endorsement] = [],
        closedChoices: Set<String> = [], canaries: [String] = []
    ) {
        self.canaries = canaries
        self.attempt = attempt
        self.endorsements = endorsements
        self.lists = lists
        self.isOutcomeUnknown = isOutcomeUnknown
        self.run = run
        self.address = address
        self.earlierCalls = earlierCalls
        self.roots = roots
        self.resolvedPaths = resolvedPaths
        self.argumentLabels = argumentLabels
        self.closedChoices = closedChoices
        self.task = task
        self.handles = handles
    }

    /// The same with other labels.
    func with(labels: [String: Label]) -> PolicyContext {
        var copy = self
        copy.argumentLabels = labels
        // What a person wrote instead is no choice of a reading any more.
        copy.closedChoices = closedChoices.filter { argumentLabels[$0] == labels[$0] }
        return copy
    }

    /// The same with other paths.
    public func with(paths: [String: String]) -> PolicyContext {
        var copy = self
        copy.resolvedPaths = paths
        return copy
    }

    /// The same with other trusted texts and handles, for deciding by another policy than the one they were made for.
    public func with(task: TypedMatch, handles: HandleLedger) -> PolicyContext {
        var copy = self
        copy.task = task
        copy.handles = handles
        return copy
    }

    /// The same with other roots and lists, for deciding by another policy than the one they were looked up for.
    public func with(roots: [String: [String]], lists: [String: [String]]) -> PolicyContext {
        var copy = self
        copy.roots = roots
        copy.lists = lists
        return copy
    }
}
