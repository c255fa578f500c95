import Databases
import Foundation
import JSONSchemas
import PolicyEngine
import Provenance
import SandboxExecution
import TestSupport
import Testing
import ToolExecution
import WorkflowFormat

/// Calls the built-in tools the way a run does: through a policy that allows the tool, and its warrant.
final class Workbench: Sendable {
    let folder: TemporaryFolder
    let tracker: LocalTracker
    private let registry: ToolRegistry
    private let executor: ToolExecutor

    /// `progress`: called while a tool works through many items.
    init(progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) throws {
        folder = try TemporaryFolder()
        tracker = try LocalTracker(path: folder.path("tracker.sqlite"))
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        registry = try ToolRegistry(
            definitions: ToolDefinition.loadAll(directory: root.path(percentEncoded: false) + "Tools"),
            profiles: SandboxProfileDefinition.loadAll(
                directory: root.path(percentEncoded: false) + "Sandbox/profiles"))
        executor = ToolExecutor(
            registry: registry,
            environment: ToolEnvironment(
                run: "run-1", outputDirectory: folder.path("output"),
                tables: try RunTables(path: folder.path("tables.sqlite")),
                recordsPath: folder.path("records.sqlite"), tracker: tracker,
                sandbox: SandboxExecutor(), draftedBy: "nobody", progress: progress))
    }

    /// What the tool observed; `isApproved`: a person says yes where the policy asks.
    func observe(
        _ tool: String, _ arguments: JSONObject, effect: String = "effect", isResumed: Bool = false,
        isApproved: Bool = false, rules: [ArgumentRule] = []
    ) async throws -> Observation {
        let policy = try Policy(
            PolicyDefinition(tools: [ToolRule(tool: tool, decision: .allow, arguments: rules)]),
            tools: registry.definitions)
        let call = Labelled(ToolCall(tool: tool, arguments: arguments), label: .trusted(.workflow()))
        let context = PolicyContext(run: "run-1", address: "step", earlierCalls: [:])
        switch policy.decide(call, in: context) {
        case .allow(let warrant):
            return try await executor.execute(warrant, effectID: effect, isResumed: isResumed).value
        case .ask(let request):
            guard isApproved else { throw Unexpected(sentence: request.sentence) }
            let approval = Approval(
                digest: request.digest, decision: .approved, person: "kim", at: "2026-01-02T03:04:05Z")
            let warrant = try policy.warrant(
                for: request, approval: approval, in: context,
                use: ApprovalUse(answeredNanoseconds: 0, usedNanoseconds: 1_000_000_000))
            return try await executor.execute(warrant, effectID: effect, isResumed: isResumed).value
        case .deny(let denial):
            throw Unexpected(sentence: denial.sentence)
        }
    }

    /// The tool's result.
    func value(
        _ tool: String, _ arguments: JSONObject, effect: String = "effect", isResumed: Bool = false,
        isApproved: Bool = false
    ) async throws -> JSONValue {
        let observation = try await observe(
            tool, arguments, effect: effect, isResumed: isResumed, isApproved: isApproved)
        switch observation.outcome {
        case .succeeded(let value): return value
        case .failed(let failure): throw Unexpected(sentence: failure.message)
        }
    }

    /// The failure of a call that must fail.
    func failure(_ tool: String, _ arguments: JSONObject) async throws -> ToolFailure {
        switch try await observe(tool, arguments).outcome {
        case .succeeded(let value): throw Unexpected(sentence: "succeeded with \(value.serialized())")
        case .failed(let failure): return failure
        }
    }

    struct Unexpected: Error {
        let sentence: String
    }
}
