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
    /// `isInDoubt`: whether the attempt before this one has no end on record. Then a look-up that fails, for whatever
    /// reason, says nothing about the effect, and is no outcome of it.
    ///
    /// - Throws: `CancellationError` when the run is cancelled; `ToolError` when the sandbox cannot hold its promise,
    ///   or when a service is unavailable or a look-up in doubt fails, so that there is nothing to observe yet.
    public func execute(
        _ warrant: consuming Warrant, effectID: String, isResumed: Bool, isInDoubt: Bool = false
    ) async throws -> Labelled<Observation> {
        let call = warrant.call
        let address = warrant.address
        let approvedBy = warrant.approvedBy
        let hosts = warrant.hosts
        let spent = SpentCall(warrant, registry: registry)
        guard let tool = registry.tool(call.value.tool), let definition = registry.definition(call.value.tool) else {
            let error = ToolError(.notFound, "Can't run `\(call.value.tool)`: there is no such tool.")
            return spent.labelled(Self.failed(error))
        }
        let context = ToolContext(
            address: address, effectID: effectID, approvedBy: approvedBy, hosts: hosts,
            profile: registry.profile(definition), environment: environment)
        do {
            if isResumed, definition.effect == .queryable || definition.effect == .transactional,
                let earlier = try await lookUp(tool, call.value, in: context, isInDoubt: isInDoubt)
            {
                return spent.labelled(Observation(.succeeded(earlier)))
            }
            if isResumed, definition.effect == .opaque {
                throw ToolError(
                    .refused,
                    "Can't run `\(definition.name)` again: it was started before the run stopped and its outcome is unknown."
                )
            }
            environment.faultPoint("act.before")
            let result = try await tool.execute(call.value.arguments, in: context)
            environment.faultPoint("act.after")
            if let issue = definition.result.validate(result).first {
                throw ToolError(.badResult, "Can't accept the result of `\(definition.name)`: \(issue). This is a bug.")
            }
            return spent.labelled(Observation(.succeeded(result)))
        } catch let error as CancellationError {
            throw error
        } catch let error as ToolError {
            if error.code == .sandboxUnavailable || error.code == .unavailable { throw error }
            return spent.labelled(Self.failed(error))
        } catch {
            return spent.labelled(Self.failed(ToolError(.io, "\(error)")))
        }
    }

    /// What became of the effect; nil where it surely didn't happen.
    private func lookUp(
        _ tool: any Tool, _ call: ToolCall, in context: ToolContext, isInDoubt: Bool
    ) async throws -> JSONValue? {
        guard isInDoubt else { return try await tool.outcome(of: call.arguments, in: context) }
        do {
            return try await tool.outcome(of: call.arguments, in: context)
        } catch let error as CancellationError {
            throw error
        } catch let error as ToolError {
            throw ToolError(.unavailable, error.description)
        } catch {
            throw ToolError(.unavailable, "Can't look up what became of `\(call.tool)`: \(error).")
        }
    }

    private static func failed(_ error: ToolError) -> Observation {
        Observation(
            .failed(
                ToolFailure(code: error.code.rawValue, message: error.description, retryable: error.code == .io)))
    }
}
