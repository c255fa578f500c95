import Foundation
import JSONSchemas
import SandboxExecution

/// Runs the system under test once, on an input that a planner chose.
struct TestRunTool: Tool {
    let name = "test.run"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let system = try SystemUnderTest.of(arguments, context)
        let input = Array(try arguments.required("input").utf8)
        let run: CaseRun
        do {
            run = try await system.run(input: input)
        } catch {
            throw error.toolFailure
        }
        switch run.outcome {
        case .accepted(let bytes):
            let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            return ["outcome": "accepted", "value": .string(String(text.prefix(2_000)))]
        case .rejected:
            return ["outcome": "rejected", "message": .string(run.message)]
        case .error(let kind):
            return [
                "outcome": "error", "message": .string("\(kind)" + (run.message.isEmpty ? "" : ": " + run.message)),
            ]
        }
    }
}

extension SystemUnderTest {
    /// The system that the arguments `argv`, `workspace` and `wall_seconds` name.
    static func of(_ arguments: JSONObject, _ context: ToolContext) throws -> SystemUnderTest {
        let argv = arguments["argv"]?.arrayValue?.compactMap(\.stringValue) ?? []
        guard !argv.isEmpty else {
            throw ToolError(.badArgument, "Can't run the system under test: `argv` is empty.")
        }
        return SystemUnderTest(
            argv: argv,
            profile: try context.profile(
                folder: arguments.string("workspace"), wallSeconds: arguments.integer("wall_seconds") ?? 10),
            executor: context.environment.sandbox)
    }
}

extension SandboxError {
    /// What a tool throws when the sandbox threw this. A cancelled task is no failure of the sandbox.
    var toolFailure: any Error {
        switch code {
        case .cancelled: CancellationError()
        case .invalidCommand, .invalidProfile: ToolError(.badArgument, description)
        case .unavailable, .setUpFailed: ToolError(.sandboxUnavailable, description)
        case .systemFailed: ToolError(.io, description)
        }
    }
}
