import JSONSchemas
import WorkflowFormat

/// An argument for which a planner may refer to a listed value, because it matters where the value came from.
struct ReferableArgument {
    /// The argument.
    let name: String
    /// The kind of record it wants.
    let kind: String
    /// Whether nothing a planner writes itself can pass once untrusted text is in its context, and nobody is asked
    /// either: then only references are offered.
    let refusesLiterals: Bool

    /// The referable ones among the arguments that `tool`'s planner writes.
    ///
    /// `vouchedKinds`: the kinds of record that some lookup vouches for, so that a copied identifier may pass too.
    static func all(
        of tool: ToolDefinition, written: [String], under policy: PolicyDefinition, vouchedKinds: Set<String>
    ) -> [ReferableArgument] {
        let rules = policy.tools.filter { $0.tool == tool.name }
        return written.compactMap { name in
            var kind = tool.identifiers[name]
            var origins: [(names: [String], otherwise: PolicyDecision)] = []
            for rule in rules {
                for predicate in rule.arguments.filter({ $0.argument == name }).flatMap(\.predicates) {
                    if case .from(let names) = predicate { origins.append((names, rule.otherwise)) }
                    if case .handle(let named) = predicate { kind = named }
                }
            }
            guard let kind, !origins.isEmpty || tool.sinkControl.contains(name) else { return nil }
            let refuses = origins.contains { names, otherwise in
                otherwise == .deny && Set(names).isSubset(of: ["workflow", "inputs", "endorsed", "plan"])
                    && !(names.contains("endorsed") && vouchedKinds.contains(kind))
            }
            return ReferableArgument(name: name, kind: kind, refusesLiterals: refuses)
        }
    }

    /// The argument's schema with the handles beside it, or instead of it.
    ///
    /// Nil where no handle fits, so that the schema stays as it is.
    func schema(
        _ literal: JSONValue, handles: [HandleTable.Handle], isTainted: Bool
    ) -> JSONValue? {
        guard let checked = try? JSONSchema(literal) else { return nil }
        let names = handles.filter { checked.validate($0.value).isEmpty }.map { JSONValue.string($0.name) }
        guard !names.isEmpty else { return nil }
        let reference: JSONValue = [
            "type": "object", "properties": [HandleTable.key: ["enum": .array(names)]],
            "required": [.string(HandleTable.key)], "additionalProperties": false,
        ]
        return isTainted && refusesLiterals ? reference : ["anyOf": [literal, reference]]
    }
}
