import JSONSchemas
import WorkflowFormat

/// A loop and its items.
struct LoopWork {
    let step: StepDefinition
    let loop: ForEach
    let source: LoopSource
    let address: String
    /// The scope that the loop stands in.
    let scope: Scope

    func address(ofItem index: Int) -> String { "\(address)[\(index)]" }

    func item(_ index: Int) -> StepResult {
        StepResult(
            source.items[index], labels: source.labels(ofItem: index), isProvisional: source.list.isProvisional)
    }

    /// The scope of an item's steps, with the item in it.
    func scope(ofItem index: Int) -> Scope {
        var inner = scope.nested(at: address(ofItem: index))
        inner.set(item: item(index), as: loop.variable)
        return inner
    }
}
