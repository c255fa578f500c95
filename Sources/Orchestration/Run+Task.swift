import JSONSchemas
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import WorkflowFormat

/// What the policy knows of the run beyond one call: what was said by those it trusts, and what lookups vouch for.
extension Run {
    /// Prepared texts that are kept.
    private static let taskLimit = 64

    /// What whoever started the run said, and the goal of the agent that makes the call.
    func task(with goal: String?) -> TypedMatch {
        let key = goal ?? ""
        if let known = tasks[key] { return known }
        let made = TypedMatch(trustedTexts + (goal.map { [$0] } ?? []))
        if tasks.count >= Self.taskLimit { tasks.removeAll() }
        tasks[key] = made
        return made
    }

    /// What the trusted inputs say.
    nonisolated var trustedTexts: [String] {
        inputs.sorted { $0.key < $1.key }.flatMap { _, input -> [String] in
            guard input.label.integrity == .trusted else { return [] }
            return (input.value.arrayValue ?? [input.value]).compactMap { value in
                value.stringValue ?? (value.isNull ? nil : value.serialized(.compact))
            }
        }
    }

    /// What the calls recorded so far vouch for. Made from the record alone, so that a resumed run knows the same.
    func vouchedHandles() -> HandleLedger {
        for address in recorded.observedAddresses[ledger.count...] { observe(address) }
        ledger.count = recorded.observedAddresses.count
        return ledger.handles
    }

    private func observe(_ address: String) {
        guard let proposed = recorded.body(.callProposed, at: address), let call = ToolCall(fromJSON: proposed),
            let result = recorded.body(.observationRecorded, at: address)?["observation"]
                .flatMap(Observation.init(fromJSON:))?.value,
            // What a person made of the call is not what was proposed.
            recorded.body(.approvalRecorded, at: address)?["edited"]?.isNull ?? true
        else { return }
        let rules = policy.vouches(for: call.tool)
        guard !rules.isEmpty else { return }
        var labels: [String: Label] = [:]
        for (argument, label) in proposed["labels"]?.objectValue ?? JSONObject() {
            labels[argument] = Label(recorded: label)
        }
        ledger.handles.observe(
            call, result: result, at: address, rules: rules, task: task(with: goal(at: address)), labels: labels)
    }

    /// The goal of the agent that made the call at `address`, where trusted inputs are all it names.
    private func goal(at address: String) -> String? {
        guard let end = address.lastIndex(of: "#"),
            case .agent(let agent)? = configuration.workflow.step(Self.stepID(of: String(address[..<end])))?.kind
        else { return nil }
        let scope = Scope(inputs: inputs, run: [:])
        return (try? agent.goal.evaluate { try scope.lookUp($0).value }).map { floor.redact($0) }
    }
}
