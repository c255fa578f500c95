import JSONSchemas
import Provenance
import WorkflowFormat

/// The names a step can refer to, with the untrusted data that may be in them.
struct FlowScope {
    private let inputs: [String: FlowMap]
    private var steps: [String: FlowMap] = [:]
    private var variables: [String: FlowMap] = [:]
    /// The address of the step whose parts are named in this scope; empty at the top.
    private(set) var address = ""

    init(_ workflow: Workflow) {
        inputs = Dictionary(
            workflow.inputs.map { input in
                (input.name, input.trust == .trusted ? .trusted : FlowMap(.from(FlowOrigin(input: input.name))))
            }, uniquingKeysWith: { $0.merged(with: $1) })
    }

    func nested(at address: String) -> FlowScope {
        var inner = self
        inner.address = address
        return inner
    }

    func address(of id: String) -> String {
        address.isEmpty ? id : address + "/" + id
    }

    mutating func set(step id: String, _ labels: FlowMap) {
        steps[id] = labels
    }

    mutating func set(variable name: String, _ labels: FlowMap) {
        variables[name] = labels
    }

    func labels(ofStep id: String) -> FlowMap? {
        steps[id]
    }

    func evaluate(_ template: ValueTemplate) -> FlowMap {
        switch template {
        case .literal: .trusted
        case .reference(let reference): lookUp(reference)
        case .text: FlowMap(.joining(template.references.map { lookUp($0).label }))
        case .array(let elements):
            .composed(elements.enumerated().map { (String($0.offset), evaluate($0.element)) })
        case .object(let members): .composed(members.map { ($0.name, evaluate($0.value)) })
        }
    }

    func lookUp(_ reference: Reference) -> FlowMap {
        let found: FlowMap? =
            switch reference.root {
            case .input(let name): inputs[name]
            case .step(let id): steps[id]
            case .variable(let name): variables[name]
            case .run: .trusted
            }
        // What can't be named was refused when the file was read; it would be anybody's.
        guard let found else { return FlowMap(.from(FlowOrigin(input: reference.text))) }
        return found.at(reference.pointer.tokens)
    }
}
