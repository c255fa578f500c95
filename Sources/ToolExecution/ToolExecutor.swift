import JSONSchemas
public import PolicyEngine
public import Provenance
public import WorkflowFormat

/// Spends warrants: the only way to a tool.
public struct ToolExecutor: Sendable {
    private let registry: ToolRegistry
    private let environment: ToolEnvironment

    /// An executor for one run.
    public init(registry: ToolRegistry, environment: ToolEnvironment) {
        self.registry = registry
        self.environment = environment
    }

    /// Runs the warranted call. A tool that fails yields an observation; nothing is thrown for it.
    ///
    /// `warrant`: the permission, spent here.
    /// `effectID`: the same for every attempt at this call.
    /// `isResumed`: whether an earlier life of the run may already have had this effect.
    ///
    /// - Throws: `CancellationError` when the run is cancelled; `ToolError` when the sandbox cannot hold its promise,
    ///   or when a service is unavailable, so that there is nothing to observe yet.
    public func execute(
        _ warrant: consuming Warrant, effectID: String, isResumed: Bool
    ) async throws -> Labelled<Observation> {
        let call = warrant.call
        let address = warrant.address
        let approvedBy = warrant.approvedBy
        let hosts = warrant.hosts
        let argumentLabels = warrant.argumentLabels
        _ = consume warrant
        guard let tool = registry.tool(call.value.tool), let definition = registry.definition(call.value.tool) else {
            let error = ToolError(.notFound, "Can't run `\(call.value.tool)`: there is no such tool.")
            return Labelled(Self.failed(error), label: call.label)
        }
        let context = ToolContext(
            address: address, effectID: effectID, approvedBy: approvedBy, hosts: hosts,
            profile: registry.profile(definition), environment: environment)
        do {
            if isResumed, definition.effect == .queryable,
                let earlier = try await tool.outcome(of: call.value.arguments, in: context)
            {
                return observation(earlier, definition, call, argumentLabels, address)
            }
            if isResumed, definition.effect == .opaque {
                throw ToolError(
                    .refused,
                    "Can't run `\(definition.name)` again: it was started before the run stopped and its outcome is unknown."
                )
            }
            let result = try await tool.execute(call.value.arguments, in: context)
            if let issue = definition.result.validate(result).first {
                throw ToolError(.badResult, "Can't accept the result of `\(definition.name)`: \(issue). This is a bug.")
            }
            return observation(result, definition, call, argumentLabels, address)
        } catch let error as CancellationError {
            throw error
        } catch let error as ToolError {
            if error.code == .sandboxUnavailable || error.code == .unavailable { throw error }
            return failure(error, definition, call, argumentLabels, address)
        } catch {
            return failure(ToolError(.io, "\(error)"), definition, call, argumentLabels, address)
        }
    }

    private func observation(
        _ result: JSONValue, _ definition: ToolDefinition, _ call: Labelled<ToolCall>, _ labels: [String: Label],
        _ address: String
    ) -> Labelled<Observation> {
        // An argument without a label of its own has the call's.
        let arguments = call.value.arguments.map { ($0.key, labels[$0.key] ?? call.label) }
        return Labelled(
            Observation(.succeeded(result)),
            fields: definition.resultLabels(
                at: address, call: call.label, arguments: Dictionary(arguments) { $0.joined(with: $1) }))
    }

    /// A failure's sentence may quote what the tool read or what a server said, and no manifest speaks about it: it is
    /// untrusted whatever the fields of a result would be, and from where they would be.
    private func failure(
        _ error: ToolError, _ definition: ToolDefinition, _ call: Labelled<ToolCall>, _ labels: [String: Label],
        _ address: String
    ) -> Labelled<Observation> {
        let label = observation(.null, definition, call, labels, address).label
        return Labelled(Self.failed(error), label: label.joined(with: call.label).lowered(to: .untrusted))
    }

    private static func failed(_ error: ToolError) -> Observation {
        Observation(
            .failed(
                ToolFailure(code: error.code.rawValue, message: error.description, retryable: error.code == .io)))
    }
}
