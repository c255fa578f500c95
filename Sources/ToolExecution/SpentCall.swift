import JSONSchemas
public import PolicyEngine
public import Provenance
public import WorkflowFormat

/// A call whose warrant is spent: what labels its observation gets, whether a tool was called for it now or a record
/// has what one gave.
public struct SpentCall: Sendable {
    private let call: Labelled<ToolCall>
    private let address: String
    private let argumentLabels: [String: Label]
    private let definition: ToolDefinition?

    /// Spends a warrant. The call is made by whoever does this, or was made before.
    public init(_ warrant: consuming Warrant, registry: ToolRegistry) {
        call = warrant.call
        address = warrant.address
        argumentLabels = warrant.argumentLabels
        definition = registry.definition(warrant.call.value.tool)
        _ = consume warrant
    }

    /// The observation with where it came from: what the manifest says of a result, joined with the arguments' labels.
    public func labelled(_ observation: Observation) -> Labelled<Observation> {
        guard let definition else { return Labelled(observation, label: call.label) }
        // An argument without a label of its own has the call's.
        let arguments = call.value.arguments.map { ($0.key, argumentLabels[$0.key] ?? call.label) }
        let fields = definition.resultLabels(
            at: address, call: call.label, arguments: Dictionary(arguments) { $0.joined(with: $1) })
        let labelled = Labelled(observation, fields: fields)
        guard observation.value == nil else { return labelled }
        // A failure's sentence may quote what the tool read or what a server said, and no manifest speaks about it: it
        // is untrusted whatever the fields of a result would be, and from where they would be.
        return Labelled(observation, label: labelled.label.joined(with: call.label).lowered(to: .untrusted))
    }
}
