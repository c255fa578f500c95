import Foundation
import JSONSchemas
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import ToolExecution
import WorkflowFormat

/// A call with the provenance of each argument.
struct PreparedCall {
    let call: ToolCall
    let label: Label
    let argumentLabels: [String: Label]
    let isProvisional: Bool
    /// The arguments that are a closed choice or a boolean that a `read` made.
    var closedChoices: Set<String> = []
    /// What the agent that makes the call was told to reach, from trusted text only.
    var goal: String?
}

/// What became of a call.
enum CallOutcome {
    case observed(Labelled<Observation>)
    /// The policy refused; the sentence explains.
    case denied(String)
    /// A person refused, with a reason where one was given.
    case declined(String)
    /// A person is needed and nobody is there.
    case waiting
    /// A service gave no usable answer; the sentence explains.
    case postponed(String)
    /// Effects are only shown in a dry run.
    case shown
}

extension Run {
    /// A `call` step: one fixed tool call.
    func perform(_ step: CallStep, at address: String, in scope: Scope) async throws -> StepResult {
        let prepared = try prepare(step.tool, step.arguments, in: scope)
        if isProvisional(prepared) {
            return try await performProvisionally(prepared, at: address)
        }
        switch try await decideAndExecute(prepared, at: address) {
        case .observed(let observation):
            switch observation.value.outcome {
            case .succeeded(let value): return StepResult(value, labels: observation.fields)
            case .failed(let failure):
                guard isRefusal(failure, of: step.tool, at: address) else {
                    throw Halt(Self.outcome(of: failure), failure.message)
                }
                return refused(failure, label: observation.label, at: address)
            }
        case .denied(let sentence):
            guard address.contains("[") else { throw Halt(.denied, sentence) }
            return StepResult(["state": "denied", "reason": .string(sentence)], label: prepared.label)
        case .declined(let reason):
            return StepResult(["state": "declined", "reason": .string(reason)], label: prepared.label)
        case .waiting:
            return StepResult(["state": "proposed"], label: prepared.label, isProvisional: true)
        case .postponed(let sentence):
            return StepResult(
                ["state": "postponed", "reason": .string(sentence)], label: prepared.label, isProvisional: true)
        case .shown:
            return StepResult(["state": "dry_run"], label: prepared.label, isProvisional: true)
        }
    }

    /// Evaluates the arguments; what is `null` counts as not given.
    func prepare(
        _ tool: String, _ templates: [(name: String, value: ValueTemplate)], in scope: Scope
    ) throws -> PreparedCall {
        var arguments = JSONObject()
        var labels: [String: Label] = [:]
        var label = Label.trusted(.workflow())
        var isProvisional = false
        var closedChoices: Set<String> = []
        for (name, template) in templates {
            let result = try scope.evaluate(template)
            isProvisional = isProvisional || result.isProvisional
            guard !result.value.isNull else { continue }
            // What came in is redacted already; this is for what the workflow's author wrote.
            arguments[name] = floor.redact(result.value)
            labels[name] = result.label
            label = label.joined(with: result.label)
            if isClosedChoice(template) { closedChoices.insert(name) }
        }
        return PreparedCall(
            call: ToolCall(tool: tool, arguments: arguments), label: label, argumentLabels: labels,
            isProvisional: isProvisional, closedChoices: closedChoices)
    }

    /// Proposed, decided, approved where needed, intent recorded, executed, outcome recorded: each before the next.
    func decideAndExecute(_ prepared: PreparedCall, at address: String) async throws -> CallOutcome {
        if let body = recorded.body(.observationRecorded, at: address),
            let observation = Observation(fromJSON: body["observation"] ?? .null),
            // A fixed call that failed stopped the run; resuming tries it again. A planner has seen its failure and
            // gone on from there. An effect that was refused is left alone until the rest has come to its end.
            observation.value != nil || address.contains("#")
                || isSettledRefusal(observation, of: prepared.call.tool, at: address)
        {
            return .observed(Labelled(observation, fields: LabelMap(recorded: body)))
        }
        let call = Labelled(prepared.call, label: prepared.label)
        if let issue = configuration.registry.definition(prepared.call.tool)?.arguments
            .validate(.object(prepared.call.arguments)).first
        {
            return .observed(
                Labelled(
                    Observation(
                        .failed(
                            ToolFailure(
                                code: "bad_argument",
                                message: "Can't call `\(prepared.call.tool)` in step `\(address)`: \(issue)."))),
                    label: prepared.label))
        }
        let isResumed = recorded.hasBegun(at: address)
        let isOutcomeUnknown = isResumed && self.isOutcomeUnknown(of: prepared.call.tool, at: address)
        let context = policyContext(for: prepared, at: address, isOutcomeUnknown: isOutcomeUnknown)
        let proposed = JournalEntryDraft(
            .callProposed, step: address,
            body: [
                "tool": .string(prepared.call.tool), "arguments": .object(prepared.call.arguments),
                "label": prepared.label.toJSON(), "labels": Label.toJSON(prepared.argumentLabels),
            ])
        // A decision is about the newest proposal before it.
        let needsProposal = recorded.body(.callProposed, at: address) != proposed.body
        let started = ContinuousClock.now
        let verdict = policy.decide(call, in: context)
        times.add(.policy, since: started)
        switch consume verdict {
        case .allow(let warrant):
            if !isOutcomeUnknown, !configuration.isDryRun, isAnotherInDoubt(than: warrant.call.value, at: address) {
                return try await askBeforeAnother(prepared, at: address, before: needsProposal ? [proposed] : [])
            }
            let decided =
                superseding(at: address)
                + [decision(.allow, rule: warrant.rule, warrant.sentence, on: prepared, in: context)]
            if configuration.isDryRun, !isPure(prepared.call.tool) {
                try record((needsProposal ? [proposed] : []) + decided)
                services.report(.note("dry run: `\(prepared.call.tool)` is not executed"))
                return .shown
            }
            return try await execute(
                warrant, prepared: prepared, at: address, isResumed: isResumed,
                before: (needsProposal ? [proposed] : []) + decided)
        case .deny(let denial):
            return try deny(denial, prepared, in: context, at: address, before: needsProposal ? [proposed] : [])
        case .ask(let request):
            let doubt = isOutcomeUnknown ? unknownOutcome(at: address) : []
            try record((needsProposal ? [proposed] : []) + doubt)
            return try await ask(request, prepared: prepared, context: context, at: address, isResumed: isResumed)
        }
    }

    func execute(
        _ warrant: consuming Warrant, prepared: PreparedCall, at address: String, isResumed: Bool,
        before drafts: [JournalEntryDraft], editedPaths: [String: String] = [:]
    ) async throws -> CallOutcome {
        let (effectID, group) = effectID(of: warrant.call.value, approval: warrant.approval, at: address)
        let effect = configuration.registry.definition(prepared.call.tool)?.effect ?? .opaque
        let hasBegun = recorded.body(.executionStarted, at: address) != nil
        let isInDoubt = isInDoubt(at: address)
        var intent: JSONObject = [
            "tool": .string(prepared.call.tool), "effect": .string(effectID), "class": .string(effect.rawValue),
            "attempt": .integer(hasBegun ? 2 : 1), "group": .integer(group),
            "call": .string(warrant.call.value.digest),
        ]
        if let approval = warrant.approval { intent["approval"] = .string(approval) }
        // What was edited, stripped or defanged is made as it stands here.
        if warrant.call.value != prepared.call { intent["arguments"] = .object(warrant.call.value.arguments) }
        if !editedPaths.isEmpty { intent["paths"] = Self.json(editedPaths) }
        // Intent is durable before the effect; a resumed run finds it and asks what became of it.
        do {
            try record(drafts + [JournalEntryDraft(.executionStarted, step: address, body: .object(intent))])
        } catch let error as IntentNotKept {
            // The intent is on record and nothing was begun: without this entry a later life could not tell.
            try record(
                .note, at: address,
                ["sentence": .string(redactor.redact(error.sentence)), Self.notBegunMember: .string(effectID)])
            throw error.cause
        }
        let use = CallUse.recorded(effectID: effectID, isResumed: isResumed, isInDoubt: isInDoubt)
        let observation: Labelled<Observation>
        let tally: RedactionTally
        let started = ContinuousClock.now
        do {
            let seen: Labelled<Observation>
            (seen, tally) = redacted(try await services.execute(warrant, as: use))
            observation = withTables(seen, of: prepared, at: address)
        } catch let error as ToolError where error.code == .unavailable {
            // Nothing was observed, so nothing is recorded: whether there was an effect is asked when the run is resumed.
            try Task.checkCancellation()
            let sentence = redactor.redact(error.description)
            if isInDoubt { try askWhatBecame(of: prepared, because: sentence, at: address) }
            return try postpone(sentence, at: address)
        }
        times.add(.tools, since: started)
        var outcome: JSONObject = [
            "observation": observation.value.toJSON(), "label": observation.label.toJSON(),
            "fields": observation.fields.toJSON(), "effect": .string(effectID),
        ]
        for (name, value) in Self.counts(tally) { outcome[name] = value }
        // A question about what became of it has its answer.
        try record(
            superseding(at: address) + [
                JournalEntryDraft(.observationRecorded, step: address, body: .object(outcome))
            ])
        return .observed(observation)
    }

    func postpone(_ sentence: String, at address: String) throws -> CallOutcome {
        try record(.note, at: address, ["sentence": .string(sentence), Self.postponedMember: true])
        postponed.append(sentence)
        services.report(.note("step `\(address)` is left for a resumed run: \(sentence)"))
        return .postponed(sentence)
    }

    private static func json(_ paths: [String: String]) -> JSONValue {
        .object(JSONObject(paths.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// What marks the note that a call was left for a resumed run.
    static let postponedMember = "postponed"

    /// Whether one item's effect outside the run was refused, which says nothing about the effects of other items.
    private func isRefusal(_ failure: ToolFailure, of tool: String, at address: String) -> Bool {
        address.contains("[") && failure.isRefusal
            && configuration.registry.definition(tool)?.effect == .queryable
    }

    private func isSettledRefusal(_ observation: Observation, of tool: String, at address: String) -> Bool {
        guard case .failed(let failure) = observation.outcome else { return false }
        return isRefusal(failure, of: tool, at: address)
            && (recorded.isObservedSinceEnd(at: address) || recorded.isRefusedForGood(at: address))
    }

    /// Goes on after a refused effect. It is tried once more when the run has come to its end and is resumed, so its
    /// result is provisional until it was refused twice.
    private func refused(_ failure: ToolFailure, label: Label, at address: String) -> StepResult {
        let isForGood = recorded.isRefusedForGood(at: address)
        if !isForGood { hasOpenRefusals = true }
        refusals.append("Step `\(address)` was refused: \(failure.message)")
        services.report(.note("step `\(address)` was refused: \(failure.message)"))
        return StepResult(
            ["state": "refused", "reason": .string(failure.message)], label: label, isProvisional: !isForGood)
    }

    /// The same for every attempt at a call, another for every other call.
    ///
    /// Where the newest attempt at this step was the same call its id is kept, even if another person approved it since:
    /// what the first attempt did must be found.
    private func effectID(of call: ToolCall, approval: String?, at address: String) -> (id: String, group: Int) {
        let begun = recorded.body(.executionStarted, at: address)
        let group = begun?["group"]?.intValue ?? 0
        if let begun, let id = begun["effect"]?.stringValue, begun["call"]?.stringValue == call.digest {
            return (id, group)
        }
        return (
            EffectIdentifier.make(run: id, step: address, group: group + 1, call: call, approval: approval), group + 1
        )
    }

    func policyContext(
        for prepared: PreparedCall, at address: String, isOutcomeUnknown: Bool = false
    ) -> PolicyContext {
        var earlier = recorded.startedCalls
        if let tool = recorded.body(.executionStarted, at: address)?["tool"]?.stringValue {
            // A call that is decided on again after a kill does not count against itself.
            earlier[tool, default: 1] -= 1
        }
        return PolicyContext(
            run: id.description, address: address, earlierCalls: earlier,
            roots: policyRoots(for: prepared.call.tool, at: address),
            resolvedPaths: services.paths(of: prepared.call.arguments, at: address),
            argumentLabels: prepared.argumentLabels,
            lists: policyLists(for: prepared.call.tool), isOutcomeUnknown: isOutcomeUnknown,
            task: policy.looksAtTask(for: prepared.call.tool) ? task(with: prepared.goal) : TypedMatch(),
            handles: vouchedHandles(),
            attempt: recorded.attempt(
                at: address, isOpaque: configuration.registry.definition(prepared.call.tool)?.effect == .opaque),
            endorsements: endorsements(for: address), closedChoices: prepared.closedChoices,
            canaries: canaries)
    }

    private func isPure(_ tool: String) -> Bool {
        let definition = configuration.registry.definition(tool)
        return definition?.effect == .pure || configuration.registry.fillsRunTables(tool)
    }

    static func outcome(of failure: ToolFailure) -> RunVerdict.Outcome {
        switch failure.code {
        case "bad_data", "limit", "not_found", "bad_argument": .badData
        case "io": .ioFailure
        case "sandbox_unavailable": .unavailable
        default: .failed
        }
    }
}
