import JSONSchemas
import ModelRuntime
import Planning
import PolicyEngine
import Provenance
import RunJournal
import WorkflowFormat

/// The lock of one agent, and what its plan's values came from.
struct LockedAgent {
    var lock: PlanLock
    let label: Label
}

/// Agents with `plan: locked`: a plan from trusted text alone, and what is outside of it refused.
extension Run {
    /// Tokens a plan may have.
    private static let planTokenLimit = 500
    /// Characters of a trusted value that a plan's prompt shows.
    private static let planTextLimit = 500
    /// The rule that a refusal names.
    static let planRule = "plan"

    /// The lock that bounds `step`, from the recorded plan or a new one; nil for a free agent.
    func lock(
        _ step: AgentStep, goal: String, toolset: AgentToolset, at address: String
    ) async throws -> LockedAgent? {
        guard step.plan == .locked else { return nil }
        let planAddress = "\(address)/plan"
        let plan: LockedPlan
        if let known = recorded.plan(at: planAddress) {
            plan = known
        } else {
            plan = try await makePlan(step, goal: goal, toolset: toolset, at: planAddress)
        }
        return LockedAgent(
            lock: PlanLock(plan, readers: toolset.readers, readLimit: step.reads),
            label: .trusted(Source(step: planAddress, tool: nil, pointer: "")))
    }

    private func makePlan(
        _ step: AgentStep, goal: String, toolset: AgentToolset, at address: String
    ) async throws -> LockedPlan {
        guard !toolset.plannable.isEmpty else { return LockedPlan([]) }
        try countStep(address)
        services.report(.stepStarted(address: address, detail: "plan"))
        let started = ContinuousClock.now
        let request = PlanRequest(
            address: address, goal: goal, data: trustedItems, tools: toolset.plannable,
            timesLimit: max(1, step.maxTurns - 1))
        let work: PlannedWork
        do {
            work = try await services.plan(
                request, sampling: sampling, tokenLimit: min(Self.planTokenLimit, meter.tokensLeft))
        } catch let error as SchemaError {
            throw Halt(.badData, "Can't plan at `\(address)`: \(error)")
        }
        times.add(.planning, since: started)
        meter.count(tokens: work.usage.budgetTokens)
        services.report(.usage(work.usage))
        let (written, tally) = redacted(work.plan)
        let plan = written.naming(toolset.required, readers: toolset.readers)
        var body: JSONObject = [
            "plan": plan.toJSON(), "written": written.toJSON(), "label": work.label.toJSON(),
            "usage": work.usage.json, "prompt": .string(work.prompt.text),
            Prompt.segmentsMember: work.prompt.segmentsJSON,
        ]
        if let answerer = work.answerer { body[Answerer.member] = answerer.json }
        for (name, count) in Self.counts(tally) { body[name] = count }
        try record(.valueProduced, at: address, .object(body))
        services.report(
            .stepFinished(
                address: address, result: "plan: \(plan.summary)", seconds: started.duration(to: .now).seconds))
        return plan
    }

    /// Trusted inputs as a plan's prompt shows them.
    private var trustedItems: [DataItem] {
        inputs.sorted { $0.key < $1.key }.compactMap { name, input in
            guard input.label.integrity == .trusted, !input.value.isNull else { return nil }
            let text = Self.text(of: input.value)
            return text.count > Self.planTextLimit ? nil : DataItem(name: name, text: text, label: input.label)
        }
    }

    /// Records that the plan refused a call, once.
    func recordRefusal(_ sentence: String, of prepared: PreparedCall, at address: String) throws {
        if recorded.body(.callDecided, at: address) == nil {
            try record([
                JournalEntryDraft(
                    .callProposed, step: address,
                    body: [
                        "tool": .string(prepared.call.tool), "arguments": .object(prepared.call.arguments),
                        "label": prepared.label.toJSON(), "labels": Label.toJSON(prepared.argumentLabels),
                    ]),
                JournalEntryDraft(
                    .callDecided, step: address,
                    body: [
                        "decision": "deny", "rule": .string(Self.planRule), "sentence": .string(sentence),
                        "policy": .string(policy.version),
                    ]),
            ])
        }
        denials.append(sentence)
        services.report(.denied(address: address, sentence: sentence))
    }
}

extension LockedPlan {
    /// The plan with what the workflow itself requires: an agent could not end without it.
    fileprivate func naming(_ required: [String: Int], readers: Set<String>) -> LockedPlan {
        var entries = entries
        for (tool, count) in required.sorted(by: { $0.key < $1.key }) {
            let planned = entries.filter { $0.tool == tool }
            if readers.contains(tool) {
                if planned.isEmpty { entries.append(Entry(tool: tool, times: count)) }
                continue
            }
            let missing = count - planned.reduce(0) { $0 + $1.times }
            if missing > 0 { entries.append(Entry(tool: tool, times: missing)) }
        }
        return LockedPlan(entries)
    }
}

extension RecordedRun {
    /// The plan recorded at `address`.
    func plan(at address: String) -> LockedPlan? {
        body(.valueProduced, at: address)?["plan"].flatMap(LockedPlan.init(fromJSON:))
    }
}
