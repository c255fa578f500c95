public import JSONSchemas

/// `call`: one fixed tool call.
public struct CallStep: Hashable, Sendable {
    /// The tool.
    public let tool: String
    /// The arguments in the order of the file.
    public let arguments: [(name: String, value: ValueTemplate)]

    /// A call.
    public init(tool: String, arguments: [(name: String, value: ValueTemplate)] = []) {
        self.tool = tool
        self.arguments = arguments
    }

    /// Whether both are the same call.
    public static func == (left: CallStep, right: CallStep) -> Bool {
        left.tool == right.tool && ValueTemplate.object(left.arguments) == .object(right.arguments)
    }

    /// Feeds the call to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(tool)
        hasher.combine(ValueTemplate.object(arguments))
    }
}

/// `read`: a typed value from untrusted text, without tools or history.
public struct ReadStep: Hashable, Sendable {
    /// What is read.
    public let data: [ValueTemplate]
    /// What to do with it.
    public let instruction: PromptTemplate
    /// What the value is like.
    public let schema: JSONSchema
    /// Where the schema is written.
    public let schemaPosition: SourcePosition
    /// Pointers, `*` standing for every element, to strings that must occur verbatim in the data.
    public let quotes: [String]
    /// Pointers to fields that become `null` below a probability.
    public let minConfidence: [(pointer: String, threshold: Double)]
    /// Fields whose value is one of a list known at run time.
    public let choices: [ChoiceSource]
    /// How many tokens the value may take, 1...``mostTokens``.
    public let maxTokens: Int?
    /// More data that helps to read, but isn't quoted from.
    public let context: ValueTemplate?
    /// Pointers to closed fields that become `null` where the option taken leads the next likeliest by less, 0...1.
    public let minMargin: [(pointer: String, threshold: Double)]
    /// Pointers to closed fields, each with the confidence below which the smaller model's answer isn't taken; `nil` for a
    /// reading that doesn't ask it.
    public let firstBelow: [(pointer: String, threshold: Double)]?
    /// Whether the result has the share of each option of the fields that are weighed.
    public let showsShares: Bool

    /// The most tokens that a reading may ask for: more than any context holds, and few enough to reckon with.
    public static let mostTokens = 1_000_000

    /// A reading.
    public init(
        data: [ValueTemplate], instruction: PromptTemplate, schema: JSONSchema,
        schemaPosition: SourcePosition = SourcePosition(file: "workflow.yaml"), quotes: [String] = [],
        minConfidence: [(pointer: String, threshold: Double)] = [], choices: [ChoiceSource] = [],
        maxTokens: Int? = nil, context: ValueTemplate? = nil, minMargin: [(pointer: String, threshold: Double)] = [],
        firstBelow: [(pointer: String, threshold: Double)]? = nil, showsShares: Bool = false
    ) {
        self.data = data
        self.instruction = instruction
        self.schema = schema
        self.schemaPosition = schemaPosition
        self.quotes = quotes
        self.minConfidence = minConfidence
        self.choices = choices
        self.maxTokens = maxTokens
        self.context = context
        self.minMargin = minMargin
        self.firstBelow = firstBelow
        self.showsShares = showsShares
    }

    /// Whether both are the same reading.
    public static func == (left: ReadStep, right: ReadStep) -> Bool {
        guard left.limits.elementsEqual(right.limits, by: ==), left.limitCounts == right.limitCounts else {
            return false
        }
        return left.data == right.data && left.instruction == right.instruction && left.schema == right.schema
            && left.quotes == right.quotes && left.choices == right.choices && left.maxTokens == right.maxTokens
            && left.context == right.context && left.showsShares == right.showsShares
    }

    private var limits: [(pointer: String, threshold: Double)] { minConfidence + minMargin + (firstBelow ?? []) }

    private var limitCounts: [Int] { [minConfidence.count, minMargin.count, firstBelow?.count ?? -1] }

    /// Feeds the reading to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(data)
        hasher.combine(instruction)
        hasher.combine(schema)
    }
}

/// A field that must be one of the items of a list known at run time.
public struct ChoiceSource: Hashable, Sendable {
    /// The field.
    public let pointer: String
    /// The list.
    public let from: ValueTemplate
    /// The member of an item that is written into the field.
    public let id: String
    /// The member of an item that the model is shown.
    public let show: String
    /// Whether `none` is offered too.
    public let none: Bool
    /// How the model chooses.
    public let method: Method

    /// How the model chooses.
    public enum Method: String, Hashable, Sendable, CaseIterable {
        /// It sees all options under letters and writes a letter.
        case letter
        /// The option whose text the data makes more probable than it is without the data. Its confidence is a share
        /// among the options. The list's order counts a little: search results come best first.
        case likelihood
        /// It sees all options under their names and writes a name: for names that say what they mean, such as labels.
        case name
    }

    /// The member of an item that names the field it is an option of; nil where all are options of one field. The
    /// choice then stands for a field for each name, and its pointer is `/*`.
    public let field: String?
    /// What was decided before, counted beside the model; nil for nothing.
    public let examples: ChoiceExamples?

    /// A choice.
    public init(
        pointer: String, from: ValueTemplate, id: String = "id", show: String = "text", none: Bool = false,
        method: Method = .letter, field: String? = nil, examples: ChoiceExamples? = nil
    ) {
        self.examples = examples
        self.field = field
        self.pointer = pointer
        self.from = from
        self.id = id
        self.show = show
        self.none = none
        self.method = method
    }

    /// The references of its lists.
    public var references: [Reference] { from.references + (examples?.list.references ?? []) }
}

/// `agent`: the planner's loop.
public struct AgentStep: Hashable, Sendable {
    /// How much is settled before untrusted data is seen.
    public enum Plan: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case free
        /// A short plan, made from trusted text alone, bounds what may be done.
        case locked
    }

    /// What to reach.
    public let goal: PromptTemplate
    /// What to work on.
    public let data: [ValueTemplate]
    /// What may be called.
    public let tools: [AgentTool]
    /// What the closing value is like.
    public let result: JSONSchema
    /// How many turns it may take.
    public let maxTurns: Int
    /// How much is settled beforehand.
    public let plan: Plan
    /// How many calls of tools that only read a locked plan leaves room for, repetitions included.
    public let reads: Int
    /// Fields of the result whose value is one of a list known at run time.
    public let choices: [ChoiceSource]
    /// The tools, by the name the model uses, that must be called before the work may end; one that is named
    /// twice, twice. The very same call again does not count.
    public let require: [String]
    /// The share, 0...1, that the fit of the tools to goal and data must reach for the first call to be written; `nil` where
    /// that isn't asked.
    public let declineBelow: Double?

    /// An agent.
    public init(
        goal: PromptTemplate, data: [ValueTemplate] = [], tools: [AgentTool] = [], result: JSONSchema,
        maxTurns: Int = 8, plan: Plan = .free, choices: [ChoiceSource] = [], require: [String] = [],
        reads: Int = AgentStep.standardReads, declineBelow: Double? = nil
    ) {
        self.goal = goal
        self.data = data
        self.tools = tools
        self.result = result
        self.maxTurns = maxTurns
        self.plan = plan
        self.choices = choices
        self.require = require
        self.reads = reads
        self.declineBelow = declineBelow
    }

    /// The reads of a locked plan unless the step says otherwise.
    public static let standardReads = 12
}

/// A tool that an agent may call, with arguments that the workflow fixes and the model neither sees nor writes.
public struct AgentTool: Hashable, Sendable {
    /// The tool.
    public let tool: String
    /// What the model calls it; the tool's own name where it is `nil`.
    public let name: String?
    /// The fixed arguments.
    public let bound: [(name: String, value: ValueTemplate)]

    /// A tool.
    public init(tool: String, name: String? = nil, bound: [(name: String, value: ValueTemplate)] = []) {
        self.tool = tool
        self.name = name
        self.bound = bound
    }

    /// Whether both are the same.
    public static func == (left: AgentTool, right: AgentTool) -> Bool {
        left.tool == right.tool && left.name == right.name
            && ValueTemplate.object(left.bound) == .object(right.bound)
    }

    /// Feeds the tool to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(tool)
        hasher.combine(name)
        hasher.combine(ValueTemplate.object(bound))
    }
}

/// `approve`: a person sees a summary and decides whether the run goes on.
public struct ApproveStep: Hashable, Sendable {
    /// The summary, a Mustache template.
    public let summary: PromptTemplate
    /// The values in it.
    public let data: [(name: String, value: ValueTemplate)]

    /// A gate.
    public init(summary: PromptTemplate, data: [(name: String, value: ValueTemplate)] = []) {
        self.summary = summary
        self.data = data
    }

    /// Whether both are the same gate.
    public static func == (left: ApproveStep, right: ApproveStep) -> Bool {
        left.summary == right.summary && ValueTemplate.object(left.data) == .object(right.data)
    }

    /// Feeds the gate to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(summary)
        hasher.combine(ValueTemplate.object(data))
    }
}

/// `render`: values through a Mustache template.
public struct RenderStep: Hashable, Sendable {
    /// The template.
    public let template: PromptTemplate
    /// The values in it.
    public let data: [(name: String, value: ValueTemplate)]
    /// The file it is written to, inside the run's output folder.
    public let to: String?

    /// A rendering.
    public init(
        template: PromptTemplate, data: [(name: String, value: ValueTemplate)] = [], to: String? = nil
    ) {
        self.template = template
        self.data = data
        self.to = to
    }

    /// Whether both are the same rendering.
    public static func == (left: RenderStep, right: RenderStep) -> Bool {
        left.template == right.template && left.to == right.to
            && ValueTemplate.object(left.data) == .object(right.data)
    }

    /// Feeds the rendering to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(template)
        hasher.combine(to)
        hasher.combine(ValueTemplate.object(data))
    }
}
