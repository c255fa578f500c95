public import JSONSchemas

/// The workflows there are: those that come with Warrant, and those of recorded runs.
public struct WorkflowsView: Hashable, Sendable {
    /// The workflows.
    public let workflows: [Item]

    /// A workflow in the list.
    public struct Item: Hashable, Sendable {
        /// The name, by which its page is found.
        public let name: String
        /// What it is for.
        public let description: String
        /// Whether something is wrong with its file.
        public let isBroken: Bool

        /// Makes it.
        public init(name: String, description: String, isBroken: Bool) {
            self.name = name
            self.description = description
            self.isBroken = isBroken
        }
    }

    /// Makes the view.
    public init(workflows: [Item]) {
        self.workflows = workflows
    }

    /// As the interface gives it.
    public func toJSON() -> JSONValue {
        [
            "workflows": .array(
                workflows.map {
                    [
                        "workflow": .string($0.name), "description": .string($0.description),
                        "broken": .bool($0.isBroken),
                    ]
                })
        ]
    }
}
