import JSONSchemas
import Provenance
import WorkflowFormat

/// Whether a call shows a value to somebody who may not see it.
extension CallJudgement {
    /// One finding for each argument whose readers are not everyone who sees what arrives at the tool's sink.
    func audienceFindings(_ rule: PolicyRule) -> [Finding] {
        let audience = rule.tool.sinkAudience.map { Readers.only(Set($0)) } ?? .everyone
        return (rule.tool.sinkControl + rule.tool.sinkContent).compactMap { argument in
            guard call.value.arguments[argument] != nil else { return nil }
            let readers = (context.argumentLabels[argument] ?? call.label).readers
            guard !readers.allow(audience) else { return nil }
            return Finding(
                rule.otherwise, rule: "\(rule.id).\(argument).readers",
                because: "`\(argument)` holds what only \(Self.names(readers)) may see, and \(Self.names(audience)) "
                    + "would; leave it out, or name a narrower `audience` in the tool's manifest")
        }
    }

    private static func names(_ readers: Readers) -> String {
        switch readers {
        case .everyone: "anyone"
        case .only(let names) where names.isEmpty: "nobody"
        case .only(let names): names.sorted().map { "`\($0)`" }.joined(separator: ", ")
        }
    }
}
