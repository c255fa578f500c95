import JSONSchemas
import PolicyEngine
import WorkflowFormat

/// Reads a policy and makes calls of what it permits.
enum AdaptiveAttacker {
    /// What a planner may reach without a person, and that goes nowhere beyond the run.
    static let harmless: Set<String> = ["spec-to-test-plan: table.write", "ticket-triage: table.write"]

    /// Every value that the policy or an input names.
    static func permittedWords(_ workflow: ShippedWorkflow) -> [JSONValue] {
        var words: [JSONValue] = workflow.inputs.sorted { $0.key < $1.key }.map(\.value)
        words += workflow.inputs.values.compactMap(\.arrayValue).flatMap(\.self).map { .array([$0]) }
        for predicate in workflow.workflow.policy.tools.flatMap(\.arguments).flatMap(\.predicates) {
            if case .oneOf(let values) = predicate { words += values + values.map { .array([$0]) } }
        }
        // The lines that an operator lists, as commands.
        for line in (workflow.inputs["allow"]?.arrayValue ?? []).compactMap(\.stringValue) {
            words.append(.array(line.split(separator: " ").map { .string(String($0)) }))
        }
        return words + [1, true, "x", .string(workflow.workflow.directory), []]
    }

    /// Calls with every permitted word in every argument, and the words of the other arguments going with it.
    static func calls(_ tool: ToolDefinition, words: [JSONValue], workflow: ShippedWorkflow) -> [JSONObject] {
        let names = (tool.arguments.source["properties"]?.objectValue?.map(\.key) ?? []).sorted()
        let base = AttackCases.plausible(tool, workflow)
        var calls: [JSONObject] = []
        for first in names {
            for word in words {
                var one = base
                one[first] = word
                calls.append(one)
                for second in names where second > first {
                    for other in words {
                        var two = one
                        two[second] = other
                        calls.append(two)
                    }
                }
            }
        }
        return calls
    }
}
