public import JSONSchemas

/// A workflow: its steps and the static ways of untrusted data through them. Whoever starts the server hands it in.
public struct WorkflowView: Hashable, Sendable {
    /// The name.
    public let name: String
    /// What it is for.
    public let description: String
    /// The file.
    public let path: String
    /// Its inputs.
    public let inputs: [Input]
    /// Its steps in order, nested ones after the one that holds them.
    public let steps: [Step]
    /// The ways of untrusted data, as `warrant check` prints them.
    public let flows: [Flow]
    /// What is wrong with the file, in sentences; then there are no steps and no flows.
    public let problems: [String]

    /// An input.
    public struct Input: Hashable, Sendable {
        /// The name.
        public let name: String
        /// Whether anybody may have written it.
        public let isUntrusted: Bool

        /// Makes it.
        public init(name: String, isUntrusted: Bool) {
            self.name = name
            self.isUntrusted = isUntrusted
        }
    }

    /// A step.
    public struct Step: Hashable, Sendable {
        /// The address, `[]` standing for any item, such as `triage[]/file`.
        public let address: String
        /// `call`, `read`, `agent`, `approve`, `render` or `group`.
        public let kind: String
        /// The tools it may call.
        public let tools: [String]
        /// The addresses of steps that its values come from.
        public let sources: [String]
        /// The inputs that its values come from.
        public let inputs: [String]
        /// How deep it is nested, from 0.
        public let depth: Int
        /// What it is repeated for, or under which condition it is done, as the file says it; empty where neither is said.
        public let condition: String

        /// Makes it.
        public init(
            address: String, kind: String, tools: [String], sources: [String], inputs: [String], depth: Int,
            condition: String
        ) {
            self.address = address
            self.kind = kind
            self.tools = tools
            self.sources = sources
            self.inputs = inputs
            self.depth = depth
            self.condition = condition
        }
    }

    /// One way of untrusted data to an argument that lands somewhere.
    public struct Flow: Hashable, Sendable {
        /// Where the data enters: `tickets (untrusted)` or `listed (issue.list)`.
        public let origin: String
        /// The step or input where it enters.
        public let originName: String
        /// Whether it enters as an input; a step can have the same name.
        public let isFromInput: Bool
        /// The addresses of the steps on the way, in order.
        public let path: [String]
        /// The step that makes the call.
        public let step: String
        /// The tool.
        public let tool: String
        /// The argument.
        public let argument: String
        /// `control` where it says where a call lands, `content` where it is what the call carries.
        public let role: String
        /// What becomes of the call at best: `deny`, `ask` or `allow`.
        public let decision: String
        /// What stands between, for people: `asks a person (issue.create), strip links`.
        public let barrier: String

        /// Makes it.
        public init(
            origin: String, originName: String, isFromInput: Bool, path: [String], step: String, tool: String,
            argument: String, role: String, decision: String, barrier: String
        ) {
            self.origin = origin
            self.originName = originName
            self.isFromInput = isFromInput
            self.path = path
            self.step = step
            self.tool = tool
            self.argument = argument
            self.role = role
            self.decision = decision
            self.barrier = barrier
        }
    }

    /// Makes the view.
    public init(
        name: String, description: String, path: String, inputs: [Input], steps: [Step], flows: [Flow],
        problems: [String]
    ) {
        self.name = name
        self.description = description
        self.path = path
        self.inputs = inputs
        self.steps = steps
        self.flows = flows
        self.problems = problems
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "workflow": .string(name), "description": .string(description), "path": .string(path),
            "inputs": .array(
                inputs.map { ["name": .string($0.name), "untrusted": .bool($0.isUntrusted)] }),
            "steps": .array(steps.map { $0.toJSON() }), "flows": .array(flows.map { $0.toJSON() }),
            "problems": Self.list(problems),
        ]
    }

    fileprivate static func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

extension WorkflowView.Step {
    fileprivate func toJSON() -> JSONValue {
        [
            "step": .string(address), "kind": .string(kind), "tools": WorkflowView.list(tools),
            "sources": WorkflowView.list(sources), "inputs": WorkflowView.list(inputs), "depth": .integer(depth),
            "condition": .string(condition),
        ]
    }
}

extension WorkflowView.Flow {
    fileprivate func toJSON() -> JSONValue {
        [
            "origin": .string(origin), "origin_name": .string(originName), "path": WorkflowView.list(path),
            "step": .string(step), "tool": .string(tool), "argument": .string(argument), "role": .string(role),
            "decision": .string(decision), "barrier": .string(barrier),
        ]
    }
}
