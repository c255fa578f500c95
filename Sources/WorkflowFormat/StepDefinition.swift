/// One step of a workflow.
public struct StepDefinition: Hashable, Sendable {
    /// The name, used as `${steps.ID}`.
    public let id: String
    /// What the step does.
    public let kind: StepKind
    /// What it is repeated for.
    public let forEach: ForEach?
    /// When it is done at all.
    public let when: Condition?
    /// Where it is defined.
    public let position: SourcePosition

    /// A step.
    public init(
        id: String, kind: StepKind, forEach: ForEach? = nil, when: Condition? = nil,
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.id = id
        self.kind = kind
        self.forEach = forEach
        self.when = when
        self.position = position
    }
}

/// What a step does.
public indirect enum StepKind: Hashable, Sendable {
    /// One fixed tool call.
    case call(CallStep)
    /// A typed value extracted from untrusted text, without tools.
    case read(ReadStep)
    /// The planner's loop.
    case agent(AgentStep)
    /// A person's gate.
    case approve(ApproveStep)
    /// Values through a Mustache template.
    case render(RenderStep)
    /// Nested steps under `for_each` or `when`.
    case group([StepDefinition])
}

/// What a step is repeated for, one item after the other or several at a time.
public struct ForEach: Hashable, Sendable {
    /// Where the items come from.
    public enum Source: Hashable, Sendable {
        /// A list.
        case list(ValueTemplate)
        /// The segments of a text or of a file's text, each with its byte range.
        case segments(kind: SegmentKind, of: ValueTemplate)
    }

    /// How a text is cut.
    public enum SegmentKind: String, Hashable, Sendable, CaseIterable {
        /// At the ends of sentences.
        case sentences
        /// At blank lines.
        case paragraphs
        /// At headings.
        case sections
        /// At line ends.
        case lines
    }

    /// Where the items come from.
    public let source: Source
    /// The item's name, used as `${NAME}`.
    public let variable: String
    /// How many items may be worked on at a time.
    public let parallel: Int
    /// How many items are worked on at most.
    public let limit: Int?
    /// The name of what was done so far, used as `${NAME.items}` and `${NAME.last}`; then items are taken in order.
    public let soFar: String?

    /// A repetition.
    public init(
        source: Source, variable: String = "item", parallel: Int = 1, limit: Int? = nil, soFar: String? = nil
    ) {
        self.soFar = soFar
        self.source = source
        self.variable = variable
        self.parallel = parallel
        self.limit = limit
    }
}
