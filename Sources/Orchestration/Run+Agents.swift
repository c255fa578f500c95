import ConstrainedDecoding
import JSONSchemas
import ModelRuntime
import Planning
import PolicyEngine
import Provenance
import Redaction
import RunJournal
import ToolExecution
import WorkflowFormat

extension Run {
    /// Tokens one turn's call may have.
    private static let callTokenLimit = 700
    /// Characters of an observation that a planner sees; the journal has the whole.
    private static let observationLimit = 1_600
    /// Compiled grammars of turns that are kept.
    private static let turnGrammarLimit = 64

    /// An `agent` step: the planner loop, bounded by turns, tools and the policy.
    func perform(_ step: AgentStep, at address: String, in scope: Scope) async throws -> StepResult {
        var isProvisional = false
        let data = try items(step.data, in: scope, isProvisional: &isProvisional)
        guard !isProvisional else {
            return StepResult(.null, label: Label.joining(data.map(\.label)), isProvisional: true)
        }
        let model = try model(for: address)
        let goal = floor.redact(try step.goal.evaluate { try scope.lookUp($0).value })
        let toolset = try AgentToolset(
            step, registry: configuration.registry, policy: configuration.workflow.policy, address: address)
        var lock = try await lock(step, goal: goal, toolset: toolset, at: address)
        var handles = HandleTable(kinds: toolset.referableKinds)
        let known = try addHandles(from: step.data, of: address, to: &handles, in: scope)
        var turns = AgentTurns(
            conversation: Conversation(
                address: address, goal: goal, data: data, tools: toolset.all, dialect: model.dialect,
                boundary: boundary, mayRefer: !toolset.referableKinds.isEmpty,
                handles: HandleTable.listing(of: known)))
        while true {
            try Task.checkCancellation()
            let turn = turns.count + 1
            let turnAddress = "\(address)#\(turn)"
            let offered = try toolset.offered(
                turn: turn, of: step.maxTurns, called: turns.callCounts, handles: handles,
                isTainted: turns.conversation.prompt.label.integrity == .untrusted, lock: lock?.lock, address: address)
            let proposal: Proposal
            do {
                proposal = try await self.proposal(
                    at: turnAddress, conversation: turns.conversation, offered: offered, dialect: model.dialect,
                    declining: turn == 1
                        ? declining(step, goal: goal, data: data, offered: offered, at: turnAddress) : nil)
            } catch let error as PlanningError {
                let goesOn = endsItemAlone(error, at: address)
                services.report(.usage(error.usage))
                guard goesOn else { throw error }
                services.report(.note(error.description))
                // Of a server's nobody may know what it took.
                let tokens = error.usage.budgetTokens
                meter.count(tokens: tokens > 0 ? tokens : Self.callTokenLimit)
                return try finishAgent(
                    .stuck, turns: turns, label: turns.conversation.prompt.label,
                    unended: error.usage == TokenUsage() ? nil : error.usage, at: address)
            }
            // As it was recorded, in whole milliseconds, so that the sum is the same whoever adds it up.
            turns.add(TokenUsage(json: proposal.usage.json))
            if let ending = AgentToolset.Ending(proposal) {
                return try finishAgent(
                    ending, turns: turns, label: proposal.label, leftOut: proposal.leftOut, at: address)
            }
            let observation: Labelled<Observation>
            var hasSucceeded = false
            let prepared = try prepare(
                proposal, toolset: toolset, handles: handles, lock: lock, goal: goal, at: turnAddress, in: scope)
            if turns.hasMade(prepared.call) {
                turns.repeats += 1
                guard turns.repeats < 2 else {
                    return try finishAgent(.stuck, turns: turns, label: proposal.label, at: address)
                }
                observation = Self.refusal(
                    "You made this very call before; its result is above. Make another call or end.", of: prepared)
            } else if let sentence = lock?.lock.refusal(of: proposal.tool, prepared.call.arguments) {
                try recordRefusal(sentence, of: prepared, at: turnAddress)
                observation = Self.refusal(sentence, of: prepared)
            } else {
                var isRefused = false
                switch try await decideAndExecute(prepared, at: turnAddress) {
                case .observed(let seen):
                    observation = seen
                    hasSucceeded = seen.value.value != nil
                case .denied(let sentence):
                    isRefused = true
                    observation = Self.refusal("The policy refused: \(sentence)", of: prepared)
                case .declined(let reason):
                    observation = Self.refusal("A person refused this call. \(reason)", of: prepared)
                case .waiting, .postponed:
                    return StepResult(["outcome": "waiting"], label: proposal.label, isProvisional: true)
                case .shown: observation = Self.refusal("Dry run: the call was not executed.", of: prepared)
                }
                // What the policy refused was not done and may be tried in another way; anything else has used up its
                // place in the plan, whatever came of it.
                if !isRefused { lock?.lock.take(proposal.tool) }
            }
            let found = addHandles(from: observation, of: prepared.call.tool, to: &handles)
            turns.append(
                proposal, prepared, tool: proposal.tool,
                // Written out as one text, parts can read as what none of them was.
                observation: floor.redact(Self.shown(observation.value, limit: Self.observationLimit)),
                hasSucceeded: hasSucceeded, label: observation.label, handles: HandleTable.listing(of: found))
        }
    }

    /// Whether an answer without end is one item's trouble: the other items of a loop go on, as long as the run itself
    /// has tokens left.
    private func endsItemAlone(_ error: PlanningError, at address: String) -> Bool {
        error.code == .answerTooLong && address.contains("[") && meter.tokensLeft >= Self.callTokenLimit
    }

    /// The proposal of a turn: the recorded one, or a new one by the model.
    private func proposal(
        at address: String, conversation: Conversation, offered: [OfferedTool], dialect: ChatDialect,
        declining: Declining?
    ) async throws -> Proposal {
        if let known = recorded.proposal(at: address) { return known }
        try countStep(address)
        let grammar = try grammar(for: offered, dialect: dialect)
        services.report(.stepStarted(address: address, detail: "plan"))
        let started = ContinuousClock.now
        defer { times.add(.planning, since: started) }
        let (proposal, tally) = redacted(
            try await services.propose(
                conversation, tools: offered, grammar: grammar, sampling: sampling, address: address,
                tokenLimit: min(Self.callTokenLimit, meter.tokensLeft), turnLimit: meter.tokensLeft,
                declining: declining), dialect: dialect)
        if declining != nil, proposal.fit == nil { noteUnweighed() }
        if !proposal.leftOut.isEmpty { note(leftOut: proposal.leftOut, of: proposal.tool, at: address) }
        meter.count(tokens: proposal.usage.budgetTokens)
        services.report(.usage(proposal.usage))
        try record(.valueProduced, at: address, proposal.json(prompt: conversation.prompt, Self.counts(tally)))
        services.report(
            .stepFinished(
                address: address, result: "\(proposal.tool) \(JSONValue.object(proposal.arguments).serialized())",
                seconds: started.duration(to: .now).seconds))
        return proposal
    }

    /// Says what a call was written again without.
    private func note(leftOut names: [String], of tool: String, at address: String) {
        let listed = names.map { "`\($0)`" }.joined(separator: " and ")
        services.report(
            .note("`\(address)` wrote `\(tool)` again without \(listed), which had no end within the limit of tokens."))
    }

    /// When the first turn makes no call; nil for a step that doesn't ask, or has nothing to call in it.
    private func declining(
        _ step: AgentStep, goal: String, data: [DataItem], offered: [OfferedTool], at address: String
    ) -> Declining? {
        let tools = offered.filter { $0.name != AgentToolset.finish && $0.name != AgentToolset.giveUp }
        guard let limit = step.declineBelow, !tools.isEmpty, tools.count < offered.count else { return nil }
        return Declining(
            below: limit,
            question: FitQuestion(address: address, request: goal, data: data, tools: tools, boundary: boundary),
            tool: AgentToolset.giveUp,
            arguments: ["reason": "not_found", "note": "No tool on offer does what is asked for."])
    }

    /// Says once a run that no step weighs whether to call.
    private func noteUnweighed() {
        guard !hasNotedUnweighed else { return }
        hasNotedUnweighed = true
        services.report(
            .note(
                "The model can't tell how probable a text is, or the question about the tools doesn't fit into its context: "
                    + "`decline_below` is left out there, and the first call is written."
            ))
    }

    /// The compiled grammar of what a turn offers; the same offers come again in every item of a loop.
    private func grammar(for offered: [OfferedTool], dialect: ChatDialect) throws -> Grammar {
        if let known = turnGrammars[offered] { return known }
        let grammar = try Planner.grammar(for: offered, dialect: dialect)
        // With handles in them few are the same, and each holds the states that were reached.
        if turnGrammars.count >= Self.turnGrammarLimit { turnGrammars.removeAll() }
        turnGrammars[offered] = grammar
        return grammar
    }

    /// The call behind a proposal: the model's arguments with references replaced by what they name, and the ones the
    /// workflow bound.
    private func prepare(
        _ proposal: Proposal, toolset: AgentToolset, handles: HandleTable, lock: LockedAgent?, goal: String,
        at address: String, in scope: Scope
    ) throws -> PreparedCall {
        guard let tool = toolset.tool(named: proposal.tool) else {
            throw Halt(.failed, "Can't take step `\(address)`: `\(proposal.tool)` is not on offer. This is a bug.")
        }
        let bound = try prepare(tool.tool, tool.bound, in: scope)
        var arguments = bound.call.arguments
        var labels = bound.argumentLabels
        var label = bound.label.joined(with: proposal.label)
        for (name, value) in proposal.arguments {
            // Bound names are not in the offered schema; should one appear all the same, the workflow's value stands.
            guard arguments[name] == nil else { continue }
            if let handle = try handle(value, for: name, of: proposal.tool, toolset: toolset, handles, at: address) {
                arguments[name] = handle.value
                labels[name] = handle.label
                label = label.joined(with: handle.label)
            } else {
                arguments[name] = value
                labels[name] = proposal.label
            }
        }
        if let lock {
            // What was settled before any data was seen is the plan's, whoever writes it now.
            for name in lock.lock.settled(proposal.tool, arguments).keys where proposal.arguments[name] != nil {
                labels[name] = lock.label
            }
        }
        return PreparedCall(
            call: ToolCall(tool: tool.tool, arguments: arguments), label: label, argumentLabels: labels,
            isProvisional: bound.isProvisional, closedChoices: bound.closedChoices, goal: goal)
    }

    /// The value that an argument refers to; nil for a literal.
    private func handle(
        _ value: JSONValue, for argument: String, of tool: String, toolset: AgentToolset, _ handles: HandleTable,
        at address: String
    ) throws -> HandleTable.Handle? {
        guard let kind = toolset.kind(of: argument, of: tool), let name = HandleTable.reference(in: value) else {
            return nil
        }
        guard let handle = handles.handle(named: name), handle.kind == kind else {
            throw Halt(
                .failed, "Can't take step `\(address)`: `\(argument)` refers to `\(name)`, which was not on offer.")
        }
        return handle
    }

    private func finishAgent(
        _ ending: AgentToolset.Ending, turns: AgentTurns, label: Label, unended: TokenUsage? = nil,
        leftOut: [String] = [], at address: String
    ) throws -> StepResult {
        var fields: JSONObject = [
            "outcome": .string(ending.outcome), "value": ending.value, "turns": .integer(turns.count),
            "calls": turns.callList,
        ]
        if case .gaveUp(_, let note) = ending { fields["note"] = .string(note) }
        // Absent doesn't mean that there was none: a later step can tell, and ask a person.
        if !leftOut.isEmpty { fields[Proposal.leftOutMember] = .array(leftOut.map { .string($0) }) }
        let value = JSONValue.object(fields)
        // The result lists the calls, with arguments that the planner may never have seen.
        let label = turns.callLabel?.joined(with: label) ?? label
        if ending == .stuck, !address.contains("[") {
            // Nothing is recorded as the step's result: a resumed run must not go on as if there were one.
            throw Halt(.stuck, "Can't go on with step `\(address)`: the model made the same call again and again.")
        }
        var body: JSONObject = ["result": value, "label": label.toJSON(), "usage": turns.usage.json]
        if let unended { body[EntryMember.unended] = unended.json }
        try record(.stepFinished, at: address, .object(body))
        return StepResult(value, label: label)
    }

    /// What the planner is told of a call that was not made.
    ///
    /// The sentence repeats no argument, but that it stands there, and what it counts, hangs on all of them: also on
    /// those that the workflow binds, which the planner has never seen. So it is worth what the call is worth.
    private static func refusal(_ sentence: String, of prepared: PreparedCall) -> Labelled<Observation> {
        Labelled(
            Observation(.failed(ToolFailure(code: "refused", message: sentence, retryable: false))),
            label: prepared.label)
    }

    /// An observation as the planner reads it; a cut is said, never silent.
    private static func shown(_ observation: Observation, limit: Int) -> String {
        let text: String
        switch observation.outcome {
        case .succeeded(let value):
            text =
                if let rows = value["rows"]?.arrayValue {
                    rows.isEmpty ? "nothing found" : rows.map { $0.serialized(.spaced) }.joined(separator: "\n")
                } else {
                    value.serialized(.spaced)
                }
        case .failed(let failure): text = "error: \(failure.message)"
        }
        guard text.count > limit else { return text }
        return text.prefix(limit) + "\n(cut here: \(text.count - limit) more characters)"
    }
}
