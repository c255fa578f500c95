import ArgumentParser
import JSONSchemas
import PolicyEngine
import ToolExecution
import WorkflowFormat

/// `warrant policy test`.
struct PolicyTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests that a policy file carries.",
        discussion: """
            Exit code 1 if a test gets another decision than it expects, 65 if the file is wrong. The tools are those \
            that `manifests` of the file names, else the ones that come with Warrant.
            """)

    @Argument(help: "The policy file.")
    var file: String

    @Flag(name: .long, help: "One JSON value a line.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let policy = try PolicyFile.load(
                path: Surroundings.absolute(file), tools: Surroundings().registry().definitions)
            let failures: [PolicyTestFailure]
            do {
                failures = try Policy.runTests(policy.definition, tools: policy.tools)
            } catch {
                throw CommandFailure(.badData, "\(error)")
            }
            let count = policy.definition.tools.reduce(0) { $0 + $1.tests.count }
            for failure in failures {
                if json {
                    Output.result([
                        "type": "policy-test", "place": .string("\(failure.position)"), "tool": .string(failure.tool),
                        "expected": .string(failure.expected.rawValue), "actual": .string(failure.actual.rawValue),
                        "reason": .string(failure.sentence),
                    ])
                } else {
                    Output.result(Terminal.visible("\(failure)"))
                }
            }
            let summary = "\(policy.name): \(count - failures.count) of \(count) tests hold"
            if !json { Output.result((failures.isEmpty ? "ok " : "failed ") + summary) }
            guard failures.isEmpty else {
                let code = CommandFailure.Code.failed.rawValue
                if json { Output.verdict("failed", exit: code, reason: "\(summary).") }
                throw ExitCode(code)
            }
            if json { Output.verdict("done", exit: 0, reason: "\(summary).") }
        }
    }
}
