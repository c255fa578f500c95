public import JSONSchemas
public import WebAddresses

/// A workflow's policy as it is written. `PolicyEngine` decides by it.
public struct PolicyDefinition: Hashable, Sendable {
    /// The rules, one a tool. A tool without one is denied.
    public let tools: [ToolRule]
    /// Where it is written.
    public let position: SourcePosition

    /// The same policy with the lists in place that `one_of` takes from inputs. One that is not given allows nothing.
    public func withLists(from inputs: [String: JSONValue]) -> PolicyDefinition {
        PolicyDefinition(
            tools: tools.map { rule in
                ToolRule(
                    tool: rule.tool, decision: rule.decision, decidedBy: rule.decidedBy, max: rule.max,
                    otherwise: rule.otherwise,
                    arguments: rule.arguments.map { argument in
                        ArgumentRule(
                            argument: argument.argument,
                            predicates: argument.predicates.map { predicate in
                                guard case .oneOfInput(let name) = predicate,
                                    let list = inputs[name]?.arrayValue, !list.isEmpty
                                else { return predicate }
                                return .oneOf(list)
                            }, position: argument.position)
                    }, tests: rule.tests, position: rule.position)
            }, position: position)
    }

    /// A policy.
    public init(
        tools: [ToolRule] = [], position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.tools = tools
        self.position = position
    }
}

extension PolicyDefinition {
    /// The policy with each decision that an input makes. `value` gives an input's text.
    /// - Throws: `WorkflowErrors` where an input's value is no decision.
    public func decided(by value: (String) -> String?) throws(WorkflowErrors) -> PolicyDefinition {
        var rules: [ToolRule] = []
        for rule in tools {
            guard let input = rule.decidedBy else {
                rules.append(rule)
                continue
            }
            guard let decision = value(input).flatMap(PolicyDecision.init(rawValue:)) else {
                throw WorkflowErrors([
                    WorkflowError(
                        position: rule.position, problem: "input `\(input)` isn't `allow`, `ask` or `deny`")
                ])
            }
            rules.append(
                ToolRule(
                    tool: rule.tool, decision: decision, max: rule.max, otherwise: rule.otherwise,
                    arguments: rule.arguments, tests: rule.tests, position: rule.position))
        }
        return PolicyDefinition(tools: rules, position: position)
    }
}

/// What is done with a call.
public enum PolicyDecision: String, Hashable, Sendable, CaseIterable {
    /// It may run.
    case allow
    /// A person decides.
    case ask
    /// It doesn't run.
    case deny
}

/// The rule for one tool.
public struct ToolRule: Hashable, Sendable {
    /// The tool.
    public let tool: String
    /// The decision when every argument rule holds.
    public let decision: PolicyDecision
    /// The input whose value is the decision instead, so that whoever starts a run chooses.
    public let decidedBy: String?
    /// How many calls a run may make.
    public let max: Int?
    /// The decision when an argument rule fails: `ask` or `deny`.
    public let otherwise: PolicyDecision
    /// What arguments must be like.
    public let arguments: [ArgumentRule]
    /// Calls with the decision they must get.
    public let tests: [PolicyTest]
    /// Where it is written.
    public let position: SourcePosition

    /// A rule.
    public init(
        tool: String, decision: PolicyDecision, decidedBy: String? = nil, max: Int? = nil,
        otherwise: PolicyDecision = .deny, arguments: [ArgumentRule] = [], tests: [PolicyTest] = [],
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.tool = tool
        self.decision = decision
        self.decidedBy = decidedBy
        self.max = max
        self.otherwise = otherwise
        self.arguments = arguments
        self.tests = tests
        self.position = position
    }
}

/// What one argument must be like: every predicate holds.
public struct ArgumentRule: Hashable, Sendable {
    /// The argument.
    public let argument: String
    /// The predicates.
    public let predicates: [ArgumentPredicate]
    /// Where it is written.
    public let position: SourcePosition

    /// A rule.
    public init(
        argument: String, predicates: [ArgumentPredicate],
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.argument = argument
        self.predicates = predicates
        self.position = position
    }
}

/// One thing that is asked of an argument, or done to it.
public enum ArgumentPredicate: Hashable, Sendable {
    /// The argument, or each element of a list, is one of these.
    case oneOf([JSONValue])
    /// The same, the list being an input that whoever starts the run gives.
    case oneOfInput(String)
    /// A string has at most so many characters.
    case maxLength(Int)
    /// A path lies under this one.
    case under(ValueTemplate)
    /// A URL is at one of these hosts, with their ports.
    case hostIn([HostEntry])
    /// A string matches this pattern.
    case pattern(String)
    /// A number is at most this.
    case max(Double)
    /// The value comes from one of these: see ``allSources``.
    case from([String])
    /// The value may be untrusted.
    case allowUntrusted
    /// A command's words, or for a path the words `write PATH`, match one of the operator's ``CommandPattern`` lines.
    /// Without such a list a person decides.
    case commands(ValueTemplate)
    /// What is taken out of a text: see ``allTextFeatures``.
    case strip([String])
    /// What is made inert in a text, but stays readable.
    case defang([String])

    /// What `from` may name.
    public static let allSources = ["workflow", "inputs", "endorsed", "plan"]
    /// What `strip` and `defang` may name.
    public static let allTextFeatures = ["links", "mentions", "images", "html"]
}

/// A call and the decision that the policy must make on it, checked when the workflow is.
public struct PolicyTest: Hashable, Sendable {
    /// The call's arguments.
    public let call: JSONObject
    /// The expected decision.
    public let expect: PolicyDecision
    /// Where it is written.
    public let position: SourcePosition

    /// A test.
    public init(
        call: JSONObject, expect: PolicyDecision,
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.call = call
        self.expect = expect
        self.position = position
    }
}
