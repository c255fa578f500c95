import JSONSchemas
import PolicyEngine
import Provenance
import RunJournal
import ToolExecution
import WorkflowFormat

/// Calls that were begun before the run stopped, and of which nobody can tell whether they had their effect.
///
/// An opaque call is never made again without a person. A queryable one is looked up at every resume, and a person may
/// say meanwhile what became of it. Where another call would be made in its place now, it is not looked up, and a person
/// is asked before anything is sent. Whatever the record knows is part of the question.
extension Run {
    /// Marks the note that an effect was announced and not begun; the value is the effect's id.
    static let notBegunMember = "not_begun"

    /// Whether a call that has an effect was begun at an address and no end of it is on record.
    func isInDoubt(at address: String) -> Bool {
        guard recorded.hasUnendedAttempt(at: address) else { return false }
        let effect = recorded.body(.executionStarted, at: address)?["class"]?.stringValue
        return switch effect.flatMap(Effect.init(rawValue:)) {
        case .pure, .idempotent: false
        case .transactional, .queryable, .opaque, nil: true
        }
    }

    /// Whether a call in doubt is another one than `call`. Nothing that is known of `call` says then what became of it, and
    /// to make `call` could be to do the same twice in other words.
    func isAnotherInDoubt(than call: ToolCall, at address: String) -> Bool {
        isInDoubt(at: address) && recorded.body(.executionStarted, at: address)?["call"]?.stringValue != call.digest
    }

    /// A reason why a call is not made now, and that it may have been made before where that is so.
    func reason(_ reason: String, remarkingDoubtAt address: String) -> String {
        guard isInDoubt(at: address) else { return reason }
        let begun = recorded.begunAt(address) ?? "an unknown time"
        return (reason.isEmpty ? "" : reason + " ")
            + "(It was begun before, at \(begun), and no end of it was recorded: it may have happened.)"
    }

    /// Whether the outcome of a begun call is for a person to say, or has been said by one.
    func isOutcomeUnknown(of tool: String, at address: String) -> Bool {
        let begun = recorded.body(.executionStarted, at: address)?["class"]?.stringValue
        // Whatever its manifest says by now: what was begun as an opaque call left no mark to look for.
        if begun == Effect.opaque.rawValue, isInDoubt(at: address) { return true }
        return switch configuration.registry.definition(tool)?.effect {
        case .opaque: true
        case .queryable, .transactional: recorded.isOutcomeAnswered(at: address)
        case .pure, .idempotent, nil: false
        }
    }

    /// The record of what is known of such a call, unless it is there already.
    ///
    /// - Parameters:
    ///   - address: The step.
    ///   - lookup: What a look-up of the effect came to; nil where there was none.
    ///   - reason: Why there was none.
    /// - Returns: One draft, or none.
    func unknownOutcome(
        at address: String, lookup: String? = nil, because reason: String = Run.cannotLookUp
    ) -> [JournalEntryDraft] {
        guard !recorded.isOutcomeNotedUnknown(at: address) else { return [] }
        let intent = recorded.body(.executionStarted, at: address)
        let effect = intent?["effect"]?.stringValue ?? ""
        let tool = intent?["tool"]?.stringValue ?? ""
        let begun = recorded.begunAt(address) ?? "an unknown time"
        let found = lookup ?? reason
        var body: JSONObject = [
            "tool": .string(tool), "effect": .string(effect), "begun": .string(begun),
            "sentence": .string(
                "`\(tool)` was begun at \(begun) as effect \(effect.prefix(16)), and no end of it was "
                    + "recorded; \(found)"),
        ]
        if let lookup { body["lookup"] = .string(lookup) }
        return [JournalEntryDraft(.effectUnknown, step: address, body: .object(body))]
    }

    static let cannotLookUp = "nothing tells whether it was done: its effects can't be looked up."

    /// Asks a person what became of a begun call before another one is made in its place.
    ///
    /// - Parameters:
    ///   - prepared: The call that would be made now.
    ///   - isEdited: Whether a person's edit made it another one. The edit is not used: what is asked about, and made after
    ///     a no, is the call as the step makes it.
    ///   - address: The step.
    ///   - drafts: What is recorded before.
    /// - Returns: What became of it.
    /// - Throws: What asking and making a call throw.
    func askBeforeAnother(
        _ prepared: PreparedCall, isEdited: Bool = false, at address: String, before drafts: [JournalEntryDraft] = []
    ) async throws -> CallOutcome {
        var reason =
            "what would be made now is another call than that one, and it is not made before a person says what became of "
            + "the first (`warrant show` has its arguments)."
        if isEdited { reason += " The edited arguments of the last answer are put aside." }
        let context = policyContext(for: prepared, at: address, isOutcomeUnknown: true)
        let doubt = unknownOutcome(at: address, because: reason)
        switch policy.decide(Labelled(prepared.call, label: prepared.label), in: context) {
        case .ask(let request):
            if !(drafts + doubt).isEmpty { try record(drafts + doubt) }
            return try await ask(request, prepared: prepared, context: context, at: address, isResumed: true)
        case .deny(let denial): return try deny(denial, prepared, in: context, at: address, before: drafts)
        case .allow:
            // No policy allows what is unknown; were it so, nothing is made all the same.
            try record(drafts + doubt)
            return try postpone("Can't make step `\(address)`: \(reason)", at: address)
        }
    }

    /// Takes the policy's no, with what is known where the call may have been made before.
    func deny(
        _ denial: Denial, _ prepared: PreparedCall, in context: PolicyContext, at address: String,
        before drafts: [JournalEntryDraft]
    ) throws -> CallOutcome {
        try record(
            drafts + superseding(at: address)
                + [decision(.deny, rule: denial.rule, denial.sentence, on: prepared, in: context)]
                + doubtOfRefused(at: address, because: "the policy denies the call now"))
        let sentence = reason(denial.sentence, remarkingDoubtAt: address)
        denials.append(sentence)
        services.report(.denied(address: address, sentence: sentence))
        return .denied(sentence)
    }

    /// The record that a call may have been made which is not made now, and so not looked up either.
    func doubtOfRefused(at address: String, because reason: String) -> [JournalEntryDraft] {
        guard isInDoubt(at: address) else { return [] }
        return unknownOutcome(at: address, because: "it is not looked up, since \(reason).")
    }

    /// Notes the calls in doubt that the run has come to its end without: its steps are others now, and nobody else would
    /// say that they may have been made.
    ///
    /// - Returns: A sentence for the verdict; nil where there are none, or where all of them were noted before.
    func noteForgotten() throws -> String? {
        let places = recorded.unendedAddresses.filter {
            isInDoubt(at: $0) && !recorded.isOutcomeNotedUnknown(at: $0)
        }
        guard let first = places.first else { return nil }
        try record(
            places.flatMap {
                unknownOutcome(at: $0, because: "it is not looked up, since the run has no such call any more.")
            })
        let tool = recorded.body(.executionStarted, at: first)?["tool"]?.stringValue ?? ""
        let more = places.count > 1 ? " and \(places.count - 1) more" : ""
        let sentence =
            "Step `\(first)`\(more) began `\(tool)` in an earlier life and isn't taken any more: it may have happened, "
            + "look where it would have landed."
        services.report(.note(sentence))
        return sentence
    }

    /// Asks a person what became of a call that could not be looked up. The run goes on without it, and looks again
    /// whenever it is resumed, until there is an answer from either side.
    func askWhatBecame(of prepared: PreparedCall, because lookup: String, at address: String) throws {
        let context = policyContext(for: prepared, at: address, isOutcomeUnknown: true)
        let doubt = unknownOutcome(at: address, lookup: lookup)
        switch policy.decide(Labelled(prepared.call, label: prepared.label), in: context) {
        case .ask(let request):
            if !recorded.isAsked(request.digest, at: address) {
                try record(
                    superseding(at: address) + doubt + [
                        decision(.ask, rule: request.rule, request.sentence, on: prepared, in: context),
                        JournalEntryDraft(.approvalRequested, step: address, body: request.toJSON()),
                    ])
            }
            wait(for: request)
        case .deny: try record(doubt)
        case .allow: try record(doubt)
        }
    }

    /// Takes a call as made, since a person says that it was. Nothing is sent.
    func adopt(_ approval: Approval, of prepared: PreparedCall, at address: String) throws -> CallOutcome? {
        guard let definition = configuration.registry.definition(prepared.call.tool),
            let result = approval.observedResult ?? configuration.registry.unobservedResult(of: prepared.call),
            definition.result.validate(result).isEmpty
        else { return nil }
        let arguments = prepared.call.arguments.map { ($0.key, prepared.argumentLabels[$0.key] ?? prepared.label) }
        let observation = Labelled(
            Observation(.succeeded(result)),
            // What a person says of a result is worth what the tool's own word is, and no more.
            fields: definition.resultLabels(
                at: address, call: prepared.label, arguments: Dictionary(arguments) { $0.joined(with: $1) }))
        try record(
            .observationRecorded, at: address,
            [
                "observation": observation.value.toJSON(), "label": observation.label.toJSON(),
                "fields": observation.fields.toJSON(),
                "effect": recorded.body(.executionStarted, at: address)?["effect"] ?? .null,
                "reported_by": .string(approval.person),
            ])
        return .observed(observation)
    }
}
