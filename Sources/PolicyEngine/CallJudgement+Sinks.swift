import JSONSchemas
import Provenance
import WebAddresses
import WorkflowFormat

/// What a call is asked that says where a value came from, or what it carries.
extension CallJudgement {
    /// Whether the argument as a whole, or else each value in it, comes from one of the origins.
    ///
    /// Null, an empty list and an empty object name nothing and come from anywhere. The name of a member that the tool's
    /// schema doesn't list is a value like any other.
    func isFrom(_ origins: [ValueOrigin], _ value: JSONValue, _ check: ArgumentCheck, of tool: ToolDefinition) -> Bool {
        if ValueOrigin.allow(label(of: check.argument), from: origins) { return true }
        let byTask = origins.contains(.task)
        let handle = origins.contains(.endorsed) ? check.handle : nil
        guard byTask || handle != nil else { return false }
        return value.leaves(of: check.argument, in: tool.arguments).allSatisfy { leaf in
            (byTask && context.task.holds(leaf, as: check.form))
                || handle.map { context.handles.label(of: leaf, as: $0) != nil } == true
        }
    }

    /// Why a link in the value breaks the rule; nil when none does. Links themselves are not repeated.
    func foreignLink(in value: JSONValue, argument: String, _ rule: LinkRule) -> String? {
        for link in value.texts.flatMap(LinkFinder.links) {
            if rule.allowsTask, context.task.holds(link) { continue }
            if let address = link.address, rule.hosts.contains(where: { $0.allows(address) }) { continue }
            var allowed = rule.allowsTask ? ["links of the task"] : []
            if !rule.hosts.isEmpty {
                allowed.append("links to " + rule.hosts.prefix(8).map { "`\($0)`" }.joined(separator: ", "))
            }
            return "`\(argument)` holds a link it may not hold; "
                + (allowed.isEmpty ? "write it without links" : "it may hold " + allowed.joined(separator: " and "))
        }
        return nil
    }

    /// A call that says nowhere where it lands goes to a place of its tool's own, so what it carries has to be trusted.
    func unaddressedFindings(_ rule: PolicyRule) -> [Finding] {
        guard rule.isTrustedWhenUnaddressed,
            !rule.tool.sinkControl.contains(where: { isSet(call.value.arguments[$0]) })
        else { return [] }
        for argument in rule.tool.sinkContent {
            guard let value = call.value.arguments[argument], label(of: argument).integrity == .untrusted else {
                continue
            }
            let check = rule.check(for: argument)
            let isKnown = value.leaves(of: argument, in: rule.tool.arguments).allSatisfy { leaf in
                // One bit says nothing, and a time of day is computed from another one more often than not.
                leaf.boolValue != nil || context.task.holds(leaf, as: check?.form, anyTimeOfDay: true)
                    || check?.handle.map { context.handles.label(of: leaf, as: $0) != nil } == true
            }
            if !isKnown {
                return [
                    Finding(
                        rule.otherwise, rule: "\(rule.id).unaddressed",
                        because: "the call names nobody, and the task does not say what `\(argument)` holds")
                ]
            }
        }
        return []
    }

    private func isSet(_ value: JSONValue?) -> Bool {
        // A member's name is no address.
        value.map { $0.scalars.contains { $0.stringValue?.isEmpty != true } } ?? false
    }
}
