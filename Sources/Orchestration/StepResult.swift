import JSONSchemas
import Provenance

/// What a step left for later steps.
struct StepResult: Sendable {
    /// The fields that references reach.
    let value: JSONValue
    /// Where the value came from.
    let label: Label
    /// Whether the value hangs on an answer that a person still has to give. Such a value is shown in outputs and never
    /// recorded as a step's result.
    let isProvisional: Bool

    init(_ value: JSONValue, label: Label, isProvisional: Bool = false) {
        self.value = value
        self.label = label
        self.isProvisional = isProvisional
    }

    /// The result of a step that was not taken.
    static func skipped(_ address: String) -> StepResult {
        StepResult(.null, label: .trusted(Source(step: address, tool: nil, pointer: "")))
    }
}
