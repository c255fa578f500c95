import JSONSchemas
public import PolicyEngine
import Provenance
public import RunJournal
public import ToolExecution
import WorkflowFormat

/// Looks at an edited answer before it is recorded: a person should not learn only from the resumed run that what they
/// wrote can't be used. The run decides again all the same.
public enum EditCheck {
    /// Decides on the call as `approval` edits it, with what the journal says of the question.
    ///
    /// - Parameters:
    ///   - approval: The answer.
    ///   - question: What waits.
    ///   - journal: The record.
    ///   - registry: The tools there are.
    ///   - operatorPolicy: The operator's policy.
    /// - Throws: ``EditCheckError`` where the call breaks the tool's schema, where the policy denies it, and where that
    ///   can't be told; `JournalError` where the record can't be read.
    public static func check(
        _ approval: Approval, of question: PendingApproval, in journal: Journal, registry: ToolRegistry,
        operatorPolicy: OperatorPolicy?
    ) throws {
        let place = "step `\(question.step)` of run `\(question.run)`"
        guard let edited = approval.editedArguments else { return }
        guard let request = ApprovalRequest(fromJSON: question.body) else {
            throw EditCheckError("Can't edit the call at \(place): the record of the question is damaged.")
        }
        guard !request.isGate, let tool = registry.definition(request.call.value.tool) else {
            throw EditCheckError("Can't edit \(place): it is no call of a tool.")
        }
        if let issue = tool.arguments.validate(.object(edited)).first {
            throw EditCheckError("Can't use the edited arguments for \(place): \(issue).")
        }
        let summary = try journal.run(question.run)
        var record = DecisionRecord(run: question.run, parameters: summary.parameters)
        var decided: DecisionRecord.Decided?
        for entry in try journal.entries(of: question.run) {
            _ = try record.take(entry)
            if entry.kind == .callDecided, entry.step == question.step { decided = try record.decision(entry) }
        }
        guard let decided else {
            throw EditCheckError("Can't edit the call at \(place): its record does not say how it was decided on.")
        }
        let policy = try CurrentPolicy.policy(
            of: summary, values: record, registry: registry, operatorPolicy: operatorPolicy)
        let now = journal.nowNanoseconds
        do throws(PolicyError) {
            let warrant = try policy.warrant(
                for: request, approval: approval, in: record.context(of: decided, for: policy),
                use: ApprovalUse(
                    answeredNanoseconds: now, usedNanoseconds: now, editedPaths: PathResolution.resolve(edited)))
            _ = consume warrant
        } catch {
            if case .denied(let denial) = error.code {
                throw EditCheckError(
                    "Can't use the edited arguments for \(place): \(denial.sentence)", isDenial: true)
            }
            throw EditCheckError("\(error) `warrant resume \(question.run)` asks again.")
        }
    }
}

/// Why an edited answer is not recorded; the question goes on waiting.
public struct EditCheckError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence for the person.
    public let description: String
    /// Whether the policy denies the call as it was edited.
    public let isDenial: Bool

    init(_ description: String, isDenial: Bool = false) {
        self.description = description
        self.isDenial = isDenial
    }
}
