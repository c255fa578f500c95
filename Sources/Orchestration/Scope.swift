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
    /// The `id` of the innermost loop item that has one, a text or a number.
    private(set) var itemIdentifier: JSONValue?

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
        itemIdentifier = parent.itemIdentifier
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

    /// Names the item that a loop is at.
    mutating func set(item: StepResult, as variable: String) {
        set(variable: variable, item)
        if let id = item.value["id"], id.stringValue != nil || id.intValue != nil { itemIdentifier = id }
    }

    /// The value a template stands for, with the labels of what each part is made from, and whether any of it is
    /// provisional.
    func evaluate(_ template: ValueTemplate) throws -> StepResult {
        // Literals are the workflow author's; beside a reference they add nothing to where a value comes from.
        guard !template.references.isEmpty else {
            return StepResult(template.literalValue ?? .null, label: .trusted(.workflow()))
        }
        let result = try put(template)
        return StepResult(result.value, labels: result.labels.condensed(), isProvisional: result.isProvisional)
    }

    private func put(_ template: ValueTemplate) throws -> StepResult {
        switch template {
        case .literal(let value): return StepResult(value, label: Label(integrity: .trusted))
        case .reference(let reference): return try lookUp(reference)
        case .text:
            var label = Label(integrity: .trusted)
            var isProvisional = false
            let text = try template.evaluate { reference in
                let result = try lookUp(reference)
                label = label.joined(with: result.label)
                isProvisional = isProvisional || result.isProvisional
                return result.value
            }
            return StepResult(text, label: label, isProvisional: isProvisional)
        case .array(let elements):
            let parts = try elements.enumerated().map { (name: String($0.offset), result: try put($0.element)) }
            return Self.composed(.array(parts.map(\.result.value)), of: parts)
        case .object(let members):
            let parts = try members.map { (name: $0.name, result: try put($0.value)) }
            return Self.composed(.object(JSONObject(parts.map { ($0.name, $0.result.value) })), of: parts)
        }
    }

    /// A value put together from `parts`.
    static func composed(_ value: JSONValue, of parts: [(name: String, result: StepResult)]) -> StepResult {
        StepResult(
            value,
            labels: LabelMap(
                Label.joining(parts.map(\.result.label)),
                members: parts.map { (name: $0.name, labels: $0.result.labels) }),
            isProvisional: parts.contains { $0.result.isProvisional })
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
        return reference.path.reduce(found) { $0.member($1) }
    }

    /// Whether a step's `when` holds, and the value it hangs on.
    func holds(_ condition: Condition) throws -> (holds: Bool, value: StepResult) {
        let result = try lookUp(condition.reference)
        return (condition.holds(for: result.value), result)
    }
}
