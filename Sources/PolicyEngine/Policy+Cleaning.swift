import JSONSchemas
import WorkflowFormat

extension Policy {
    /// The call after `strip` and `defang`: what a person sees, and what is made.
    ///
    /// `layers`: the narrowing layers whose `strip` and `defang` are left out. The workflow's own come first; those of
    /// the narrowing layers then count together, so that the order of layers means nothing.
    func cleaned(_ call: ToolCall, leavingOut layers: Set<Int> = []) -> ToolCall {
        let cleaning = (rules[call.tool] ?? []).filter { $0.cleans && !layers.contains($0.layer) }
        guard !cleaning.isEmpty else { return call }
        var arguments = call.arguments
        for isNarrowing in [false, true] {
            let checks = cleaning.filter { $0.isNarrowing == isNarrowing }.flatMap(\.checks)
            for argument in Set(checks.map(\.argument)) {
                guard let value = arguments[argument] else { continue }
                let own = checks.filter { $0.argument == argument }
                arguments[argument] = TextFeature.cleaned(
                    value, stripping: own.reduce(into: []) { $0.formUnion($1.stripped) },
                    defanging: own.reduce(into: []) { $0.formUnion($1.defanged) })
            }
        }
        return ToolCall(tool: call.tool, arguments: arguments)
    }

    /// The narrowing layers that are left out of each of the judgements that a call gets: every choice of those that
    /// clean texts of this tool. Mostly there are none, and one judgement by all layers.
    ///
    /// With every choice among them, a further layer only ever adds judgements, so it never loosens a decision.
    func hiddenLayers(of tool: String) -> [Set<Int>] {
        let layers = Set((rules[tool] ?? []).filter { $0.isNarrowing && $0.cleans }.map(\.layer))
        return layers.sorted().reduce([Set<Int>()]) { choices, layer in choices + choices.map { $0.union([layer]) } }
    }
}
