import JSONSchemas
import Provenance
import WorkflowFormat

/// What a step left for later steps.
struct StepResult: Sendable {
    /// The fields that references reach.
    let value: JSONValue
    /// Where each field came from.
    let labels: LabelMap
    /// Where the value as a whole came from.
    let label: Label
    /// Whether the value hangs on an answer that a person still has to give. Such a value is shown in outputs and never
    /// recorded as a step's result.
    let isProvisional: Bool

    /// A value of which every field has the same label.
    init(_ value: JSONValue, label: Label, isProvisional: Bool = false) {
        self.value = value
        self.label = label
        labels = LabelMap(label)
        self.isProvisional = isProvisional
    }

    init(_ value: JSONValue, labels: LabelMap, isProvisional: Bool = false) {
        self.value = value
        self.labels = labels
        label = labels.label
        self.isProvisional = isProvisional
    }

    /// The result of a step that was not taken because of `condition`.
    static func skipped(_ address: String, because condition: StepResult) -> StepResult {
        StepResult(
            .null, label: condition.label.adding(Source(step: address)), isProvisional: condition.isProvisional)
    }

    /// The member or element that a reference goes on with; what is not there is `null`.
    func member(_ component: Reference.PathComponent) -> StepResult {
        let (value, name): (JSONValue?, String) =
            switch component {
            case .key(let key): (self.value[key], key)
            case .index(let index): (self.value[index], String(index))
            }
        return StepResult(value ?? .null, labels: labels.member(name), isProvisional: isProvisional)
    }

    /// The same, where the value is the own work of the step at `address`: its fields are sources of their own.
    func traced(at address: String) -> StepResult {
        let own = Source(step: address)
        guard labels.isUniform, label.sources.contains(own) else { return self }
        let rest = Label(
            integrity: label.integrity, readers: label.readers, sources: label.sources.subtracting([own]))
        return StepResult(value, labels: LabelMap(rest, trails: [own]), isProvisional: isProvisional)
    }
}
