public import JSONSchemas
public import WebAddresses

/// A workflow's policy as it is written. `PolicyEngine` decides by it.
public struct PolicyDefinition: Hashable, Sendable {
    /// The rules, one a tool. A tool without one is denied.
    public let tools: [ToolRule]
    /// What is denied whatever else allows it.
    public let forbids: [ForbidRule]
    /// The only tools that may be called, whatever rules there are; nil for no such list.
    public let only: [String]?
    /// How long a person's answer counts, where the policy says so.
    public let approvalLifetime: Duration?
    /// Where it is written.
    public let position: SourcePosition

    /// The same policy with the lists in place that `one_of` takes from inputs. One that is not given allows nothing.
    public func withLists(from inputs: [String: JSONValue]) -> PolicyDefinition {
        replacing(
            tools: tools.map { rule in
                rule.replacing(
                    arguments: rule.arguments.map { argument in
                        ArgumentRule(
                            argument: argument.argument,
                            predicates: argument.predicates.map { predicate in
                                guard case .oneOfInput(let name) = predicate,
                                    let list = inputs[name]?.arrayValue, !list.isEmpty
                                else { return predicate }
                                return .oneOf(list)
                            }, position: argument.position)
                    })
            })
    }

    /// The same policy with other rules.
    public func replacing(tools: [ToolRule]) -> PolicyDefinition {
        PolicyDefinition(
            tools: tools, forbids: forbids, only: only, approvalLifetime: approvalLifetime, position: position)
    }

    /// A policy.
    public init(
        tools: [ToolRule] = [], forbids: [ForbidRule] = [], only: [String]? = nil,
        approvalLifetime: Duration? = nil,
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.tools = tools
        self.forbids = forbids
        self.only = only
        self.approvalLifetime = approvalLifetime
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
            rules.append(rule.replacing(decision: decision, decidedBy: .some(nil)))
        }
        return replacing(tools: rules)
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
    /// Whether a call that sets none of the tool's control arguments needs trusted content.
    public let isTrustedWhenUnaddressed: Bool
    /// Which values of the tool's result later calls may use as handles.
    public let vouches: [VouchRule]
    /// Calls with the decision they must get.
    public let tests: [PolicyTest]
    /// Where it is written.
    public let position: SourcePosition

    /// A rule.
    public init(
        tool: String, decision: PolicyDecision, decidedBy: String? = nil, max: Int? = nil,
        otherwise: PolicyDecision = .deny, arguments: [ArgumentRule] = [], isTrustedWhenUnaddressed: Bool = false,
        vouches: [VouchRule] = [], tests: [PolicyTest] = [],
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.tool = tool
        self.decision = decision
        self.decidedBy = decidedBy
        self.max = max
        self.otherwise = otherwise
        self.arguments = arguments
        self.isTrustedWhenUnaddressed = isTrustedWhenUnaddressed
        self.vouches = vouches
        self.tests = tests
        self.position = position
    }

    /// The same rule with some of it replaced.
    public func replacing(
        decision: PolicyDecision? = nil, decidedBy: String?? = nil, arguments: [ArgumentRule]? = nil,
        isTrustedWhenUnaddressed: Bool? = nil
    ) -> ToolRule {
        ToolRule(
            tool: tool, decision: decision ?? self.decision, decidedBy: decidedBy ?? self.decidedBy, max: max,
            otherwise: otherwise, arguments: arguments ?? self.arguments,
            isTrustedWhenUnaddressed: isTrustedWhenUnaddressed ?? self.isTrustedWhenUnaddressed, vouches: vouches,
            tests: tests, position: position)
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
    /// The value may be untrusted where it is a closed `enum` or boolean field of a `read`: whoever wrote the text
    /// chooses among what the workflow listed.
    case acceptEnum
    /// A command's words, or for a path the words `write PATH`, match one of the operator's ``CommandPattern`` lines.
    /// Without such a list a person decides.
    case commands(ValueTemplate)
    /// What is taken out of a text: see ``allTextFeatures``.
    case strip([String])
    /// What is made inert in a text, but stays readable.
    case defang([String])
    /// What kind of value it is, for comparing it with trusted texts: see ``ValueForm``.
    case form(ValueForm)
    /// It names a record of this kind, so that a handle of the run for such a record counts as endorsed.
    case handle(String)
    /// Which links a text may hold.
    case links(LinkRule)

    /// What `from` may name. `task` is a trusted text of the run that holds the value as a whole.
    public static let allSources = ["workflow", "inputs", "endorsed", "plan", "task"]
    /// What `strip` and `defang` may name.
    public static let allTextFeatures = ["links", "mentions", "images", "html"]
}

/// How a value is found in a trusted text.
public enum ValueForm: String, Hashable, Sendable, CaseIterable {
    /// An opaque identifier: it counts only where the text writes it as one, such as `id 13` or `#13`.
    case id
    /// A text whose letter case counts, such as a password or a path.
    case exact
}

/// A call and the decision that the policy must make on it, checked when the workflow is.
public struct PolicyTest: Hashable, Sendable {
    /// The call's arguments.
    public let call: JSONObject
    /// The expected decision.
    public let expect: PolicyDecision
    /// The rule that must decide, where the test names one.
    public let rule: String?
    /// The trusted texts of the run, such as the goal.
    public let task: [String]
    /// What the run has looked up before.
    public let after: [Lookup]
    /// Where it is written.
    public let position: SourcePosition

    /// A call that was made before, and its result.
    public struct Lookup: Hashable, Sendable {
        /// The call.
        public let call: ToolCall
        /// Its result.
        public let result: JSONValue

        /// A call with its result.
        public init(call: ToolCall, result: JSONValue) {
            self.call = call
            self.result = result
        }
    }

    /// A test.
    public init(
        call: JSONObject, expect: PolicyDecision, rule: String? = nil, task: [String] = [], after: [Lookup] = [],
        position: SourcePosition = SourcePosition(file: "workflow.yaml")
    ) {
        self.call = call
        self.expect = expect
        self.rule = rule
        self.task = task
        self.after = after
        self.position = position
    }
}
