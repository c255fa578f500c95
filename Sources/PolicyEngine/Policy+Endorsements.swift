import Provenance
import WorkflowFormat

extension Policy {
    /// What allows a call that would ask, where endorsed values are the only reason for asking; else nil.
    ///
    /// The question answered here is what the rules would say to the same call if the endorsed values had been written
    /// in the workflow. Only integrity and sources are put aside: who may see the value stays as it is, and so does
    /// every rule that looks at the value itself.
    /// What a person vouched for is the value as the call would carry it: `final` is the call after `strip` and `defang`.
    func endorsedFinding(
        on call: Labelled<ToolCall>, madeAs final: ToolCall, in context: PolicyContext
    ) -> Finding? {
        let used = context.endorsements.filter { $0.covers($0.argument, of: final, in: context.run) }
        guard let first = used.first else { return nil }
        var labels = context.argumentLabels
        for endorsement in used {
            let label = labels[endorsement.argument] ?? call.label
            labels[endorsement.argument] = Label(integrity: .trusted, readers: label.readers)
        }
        guard let deciding = findings(on: call, in: context.with(labels: labels)).first, deciding.decision == .allow
        else { return nil }
        let names = Set(used.map(\.argument)).sorted().map { "`\($0)`" }.joined(separator: ", ")
        return Finding(
            .allow, rule: deciding.rule,
            because: "`\(first.person)` endorsed this value of \(names) at step `\(first.address)` of this run")
    }
}
