import JSONSchemas
import Provenance
import WorkflowFormat

/// The names a step can refer to, with their values and labels.
struct Scope: Sendable {
    private var inputs: [String: StepResult]
    private var steps: [String: StepResult] = [:]
    private var variables: [String: StepResult] = [:]
    private let run: JSONObject
    /// The address of the step whose parts are named in this scope; empty at the top.
    let address: String

    init(inputs: [String: StepResult], run: JSONObject) {
        self.inputs = inputs
        self.run = run
        address = ""
    }

    private init(copying parent: Scope, address: String) {
        inputs = parent.inputs
        steps = parent.steps
        variables = parent.variables
        run = parent.run
        self.address = address
    }

    /// A scope for the parts of the step at `address`.
    func nested(at address: String) -> Scope {
        Scope(copying: self, address: address)
    }

    /// The address of the part `id`.
    func address(of id: String) -> String {
        address.isEmpty ? id : address + "/" + id
    }

    func result(ofStep id: String) -> StepResult? {
        steps[id]
    }

    mutating func set(step id: String, _ result: StepResult) {
        steps[id] = result
    }

    mutating func set(variable name: String, _ result: StepResult) {
        variables[name] = result
    }

    /// The value a template stands for, the join of the labels it is made from, and whether any of it is provisional.
    func evaluate(_ template: ValueTemplate) throws -> StepResult {
        // Literals are the workflow author's; beside a reference they add nothing to where a value comes from.
        var label = template.references.isEmpty ? Label.trusted(.workflow()) : Label(integrity: .trusted)
        var isProvisional = false
        let value = try template.evaluate { reference in
            let result = try lookUp(reference)
            label = label.joined(with: result.label)
            isProvisional = isProvisional || result.isProvisional
            return result.value
        }
        return StepResult(value, label: label.condensed(), isProvisional: isProvisional)
    }

    /// The value a reference names; what is not there is `null`.
    func lookUp(_ reference: Reference) throws -> StepResult {
        let found: StepResult?
        switch reference.root {
        case .input(let name): found = inputs[name]
        case .step(let id): found = steps[id]
        case .variable(let name): found = variables[name]
        case .run(let field):
            let value = run[field] ?? .null
            found = StepResult(value, label: .trusted(Source(step: "run", tool: nil, pointer: "/" + field)))
        }
        guard let found else {
            throw Halt(.failed, "Can't evaluate `\(reference.text)`: it has no value at this point. This is a bug.")
        }
        var value = found.value
        for component in reference.path {
            switch component {
            case .key(let key): value = value[key] ?? .null
            case .index(let index): value = value[index] ?? .null
            }
        }
        return StepResult(value, label: found.label, isProvisional: found.isProvisional)
    }

    /// Whether a step's `when` holds, and whether that may still change.
    func holds(_ condition: Condition) throws -> (holds: Bool, isProvisional: Bool) {
        let result = try lookUp(condition.reference)
        return (condition.holds(for: result.value), result.isProvisional)
    }
}
