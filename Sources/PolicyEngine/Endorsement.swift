public import JSONSchemas
import Provenance
public import WorkflowFormat

/// One exact value that a person vouched for while answering a question, for the rest of that run.
///
/// A call that asks for no other reason than where this value came from is then allowed. Nothing else changes: the
/// value as another argument, for another tool or in another run asks as before, and what is denied stays denied.
public struct Endorsement: Hashable, Sendable {
    /// The run it counts in.
    public let run: String
    /// The tool.
    public let tool: String
    /// The argument of the tool: with the tool, the kind of the value.
    public let argument: String
    /// Hex SHA-256 over the value's canonical JSON.
    public let valueDigest: String
    /// Who vouched for it.
    public let person: String
    /// The step at which the person was asked.
    public let address: String
    /// ``ApprovalRequest/digest`` of the question that was answered.
    public let approval: String

    /// The values that an answer vouches for: none unless it says yes to this very question.
    ///
    /// An edited value counts as it was edited. A name that is no argument of the call is left out.
    public static func made(by approval: Approval, to request: ApprovalRequest) -> [Endorsement] {
        guard approval.decision == .approved, approval.digest == request.digest, !request.isGate else { return [] }
        let arguments = approval.editedArguments ?? request.call.value.arguments
        var endorsements: [Endorsement] = []
        for argument in Set(approval.endorsedArguments).sorted() {
            guard let value = arguments[argument] else { continue }
            endorsements.append(
                Endorsement(
                    run: request.run, tool: request.call.value.tool, argument: argument,
                    valueDigest: digest(of: value), person: approval.person, address: request.address,
                    approval: request.digest))
        }
        return endorsements
    }

    /// Whether it is about this argument of this call in this run.
    public func covers(_ argument: String, of call: ToolCall, in run: String) -> Bool {
        guard self.run == run, tool == call.tool, self.argument == argument, let value = call.arguments[argument]
        else { return false }
        return digest(of: value) == valueDigest
    }

    /// Whether a person's answer withdraws it: a no to the question it came from, or to any call that carries the value.
    public func isWithdrawn(by approval: Approval, to request: ApprovalRequest) -> Bool {
        guard approval.decision == .rejected, approval.digest == request.digest, request.run == run else {
            return false
        }
        return request.digest == self.approval || covers(argument, of: request.call.value, in: run)
    }

    /// Everything, as it is journaled.
    public func toJSON() -> JSONValue {
        [
            "run": .string(run), "tool": .string(tool), "argument": .string(argument), "value": .string(valueDigest),
            "person": .string(person), "step": .string(address), "approval": .string(approval),
        ]
    }

    /// The endorsement that ``toJSON()`` wrote; nil for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let run = value["run"]?.stringValue, let tool = value["tool"]?.stringValue,
            let argument = value["argument"]?.stringValue, let valueDigest = value["value"]?.stringValue,
            let person = value["person"]?.stringValue, let address = value["step"]?.stringValue,
            let approval = value["approval"]?.stringValue
        else { return nil }
        self.init(
            run: run, tool: tool, argument: argument, valueDigest: valueDigest, person: person, address: address,
            approval: approval)
    }

    private init(
        run: String, tool: String, argument: String, valueDigest: String, person: String, address: String,
        approval: String
    ) {
        self.run = run
        self.tool = tool
        self.argument = argument
        self.valueDigest = valueDigest
        self.person = person
        self.address = address
        self.approval = approval
    }
}

extension ToolCall {
    /// Lower-case hex SHA-256 of the canonical call.
    public var digest: String { PolicyEngine.digest(of: toJSON()) }
}
