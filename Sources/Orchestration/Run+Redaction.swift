public import JSONSchemas
import ModelRuntime
import Planning
public import PolicyEngine
import Provenance
public import Redaction
import WorkflowFormat

/// Where text comes into a run, and what is replaced there.
///
/// | what comes in | what is replaced |
/// | --- | --- |
/// | inputs that are texts, numbers, lists and lines | everything the run replaces |
/// | inputs that are paths and commands, the run's own folders | nothing: one with a secret in it is refused |
/// | results and failures of tools | everything |
/// | what a model wrote | everything |
/// | answers of persons: reasons and edits | everything |
/// | the workflow's own texts: prompts, literals in calls, templates | secrets, cards and account numbers |
///
/// Later text is made from these. So what a run works with is what its record holds, and a resumed run sees the same as an
/// unbroken one. A last look at each entry, each file and each message finds nothing more, unless an entrance was missed.
extension Run {
    /// What a model wrote with everything replaced, and what was. Names are those of its schema: one that is an ordinary
    /// word stays, though a secret may be the same word.
    func redacted(_ value: JSONValue) -> (value: JSONValue, tally: RedactionTally) {
        var tally = RedactionTally()
        return (redactor.changed(value, sparing: .inNames, tally: &tally) ?? value, tally)
    }

    /// An observation with everything replaced, and what was. Its labels stay: they speak of fields by the names that
    /// manifests give them, and a key that was replaced has the label of the whole.
    func redacted(_ observation: Labelled<Observation>) -> (Labelled<Observation>, RedactionTally) {
        var tally = RedactionTally()
        let outcome: Observation.Outcome
        switch observation.value.outcome {
        case .succeeded(let value): outcome = .succeeded(redactor.redact(value, tally: &tally))
        case .failed(let failure):
            outcome = .failed(
                ToolFailure(
                    code: failure.code, message: redactor.redact(failure.message, tally: &tally),
                    retryable: failure.retryable))
        }
        guard !tally.isEmpty else { return (observation, tally) }
        return (Labelled(Observation(outcome), fields: observation.fields), tally)
    }

    /// A proposal with everything replaced in what the model wrote. The names of tool and arguments are the tool's.
    func redacted(_ proposal: Proposal, dialect: ChatDialect) -> (Proposal, RedactionTally) {
        var tally = RedactionTally()
        let arguments = redactor.redact(arguments: proposal.arguments, tally: &tally)
        if tally.isEmpty,
            redactor.changed(.string(proposal.text), sparing: .everywhere, tally: &tally) == nil
        {
            return (proposal, tally)
        }
        // The text as a whole is written anew: JSON may have spelled a character in more than one way.
        let call: JSONValue = ["name": .string(proposal.tool), "arguments": .object(arguments)]
        let text = dialect.callPrefix + call.serialized(.spaced) + dialect.callSuffix
        var rest = RedactionTally()
        let changed = redactor.changed(.string(text), sparing: .everywhere, tally: &rest)?.stringValue
        return (
            Proposal(
                tool: proposal.tool, arguments: arguments, label: proposal.label, confidence: proposal.confidence,
                usage: proposal.usage, text: changed ?? text, answerer: proposal.answerer, fit: proposal.fit,
                leftOut: proposal.leftOut), tally
        )
    }

    /// A plan with everything replaced in what the model wrote.
    func redacted(_ plan: LockedPlan) -> (LockedPlan, RedactionTally) {
        var tally = RedactionTally()
        let entries = plan.entries.map { entry in
            LockedPlan.Entry(
                tool: entry.tool, times: entry.times, fixed: redactor.redact(arguments: entry.fixed, tally: &tally))
        }
        return (LockedPlan(entries), tally)
    }

    /// What an entry's body says of the replacements in it; nothing where there are none.
    static func counts(_ tally: RedactionTally) -> [(String, JSONValue)] {
        tally.isEmpty ? [] : [("redacted", tally.json)]
    }
}

extension Approval {
    /// The answer with everything replaced in what the person wrote: the reason, the edited arguments and what came of
    /// the call. Who answered stays.
    public func redacted(by redactor: Redactor) -> Approval {
        var tally = RedactionTally()
        return redacted(by: redactor, tally: &tally)
    }

    private func redacted(by redactor: Redactor, tally: inout RedactionTally) -> Approval {
        Approval(
            digest: digest, decision: decision, person: person,
            reason: reason.map { redactor.redact($0, tally: &tally) },
            editedArguments: editedArguments.map { redactor.redact(arguments: $0, tally: &tally) },
            endorsedArguments: endorsedArguments,
            observedResult: observedResult.map { redactor.redact($0, tally: &tally) }, at: at)
    }

    /// The answer as it is recorded: with everything replaced, and what was.
    public func record(redactedBy redactor: Redactor) -> JSONValue {
        var tally = RedactionTally()
        var body = redacted(by: redactor, tally: &tally).toJSON().objectValue ?? JSONObject()
        for (name, value) in Run.counts(tally) { body[name] = value }
        return .object(body)
    }
}

extension Redactor {
    /// Arguments with everything replaced in their values; their names are the tool's.
    fileprivate func redact(arguments: JSONObject, tally: inout RedactionTally) -> JSONObject {
        var result = arguments
        for (name, value) in arguments {
            guard let new = changed(value, under: name, sparing: .nowhere, tally: &tally) else { continue }
            result[name] = new
        }
        return result
    }
}

extension RunServices {
    /// The same with everything replaced in what is told: a terminal or a log is a record too.
    func reporting(through redactor: Redactor) -> RunServices {
        let report = report
        var services = self
        services.report = { report($0.redacted(by: redactor)) }
        return services
    }
}

extension RunEvent {
    fileprivate func redacted(by redactor: Redactor) -> RunEvent {
        switch self {
        case .stepFinished(let address, let result, let seconds):
            .stepFinished(address: address, result: redactor.redact(result), seconds: seconds)
        case .waiting(let address, let question): .waiting(address: address, question: redactor.redact(question))
        case .denied(let address, let sentence): .denied(address: address, sentence: redactor.redact(sentence))
        case .outputWritten(let path): .outputWritten(path: redactor.redact(path))
        case .note(let text): .note(redactor.redact(text))
        case .stepStarted, .item, .toolProgress, .usage: self
        }
    }
}
