import ArgumentParser
import JSONSchemas
import Orchestration
import PolicyEngine
import ToolExecution
import WorkflowFormat

/// `warrant policy test`.
struct PolicyTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests that a policy carries.",
        discussion: """
            PATH is a workflow (its folder, its file, or the name of one that comes with Warrant), a policy file with a \
            name, or bare rules as in an operator's policy. A workflow's tests see the lists that its inputs have by \
            default. The tools are those that `manifests` of a policy file names, else the ones that come with Warrant.

            Exit codes: 0 all tests hold, 1 one gets another decision than it expects, 65 the file is wrong.
            """)

    @Argument(help: ArgumentHelp("The workflow or the policy file.", valueName: "PATH"))
    var path: String

    @Flag(name: .long, help: "One JSON value a line.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let surroundings = try Surroundings()
            let tools = try surroundings.registry().definitions
            let file = surroundings.workflowPath(path)
            let tested = try Self.tested(WrittenPolicy.load(path: file, tools: tools), file: file, tools: tools)
            let failures: [PolicyTestFailure]
            do {
                failures = try Policy.runTests(tested.definition, tools: tested.tools)
            } catch {
                throw CommandFailure(.badData, "\(error)")
            }
            let count = tested.definition.tools.reduce(0) { $0 + $1.tests.count }
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
            let summary = "\(tested.name): \(count - failures.count) of \(count) tests hold"
            if !json { Output.result((failures.isEmpty ? "ok " : "failed ") + summary) }
            guard failures.isEmpty else {
                let code = CommandFailure.Code.failed.rawValue
                if json { Output.verdict("failed", exit: code, reason: "\(summary).") }
                throw ExitCode(code)
            }
            if json { Output.verdict("done", exit: 0, reason: "\(summary).") }
        }
    }

    /// The policy that the tests are about, as it is called in messages, with the tools it speaks about.
    private static func tested(_ policy: WrittenPolicy, file: String, tools: [ToolDefinition]) -> PolicyFile {
        switch policy {
        case .workflow(let workflow):
            PolicyFile(
                name: workflow.name, file: file, definition: WorkflowCheck.testedPolicy(of: workflow), tools: tools)
        case .named(let named): named
        case .bare(let definition):
            PolicyFile(
                name: file.split(separator: "/").last.map(String.init) ?? file, file: file, definition: definition,
                tools: tools)
        }
    }
}
