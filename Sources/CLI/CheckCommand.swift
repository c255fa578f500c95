import ArgumentParser
import FlowAnalysis
import Foundation
import JSONSchemas
import Orchestration
import ToolExecution
import WorkflowFormat

/// `warrant check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check workflows: every reference, schema and policy test, without running them.",
        discussion: """
            Without arguments it checks every workflow that comes with Warrant. Exit code 65 if one is wrong. For each \
            argument that untrusted data can reach it prints from where, through which steps, and what stands between.
            """)

    @Argument(help: "Workflow folders or files.")
    var workflows: [String] = []

    @Flag(name: .long, help: "One JSON value a line.")
    var json = false

    func run() async throws {
        try await Output.reporting(json: json) {
            let surroundings = try Surroundings()
            let registry = try surroundings.registry()
            // Its rules are no workflow's, but a run would not start with a mistake in them.
            _ = try surroundings.operatorPolicy(registry)
            let paths = workflows.isEmpty ? Self.shipped(surroundings) : workflows.map(surroundings.workflowPath)
            var wrong = 0
            for path in paths {
                do {
                    let workflow = try Workflow.load(path: path, tools: registry.definitions)
                    let facts = try WorkflowCheck.check(workflow, registry: registry)
                    let flows = WorkflowCheck.flows(of: workflow, registry: registry)
                    if json {
                        Output.result(["workflow": .string(workflow.name), "file": .string(path), "ok": true])
                        for flow in flows.flows {
                            var fields: JSONObject = ["type": "flow", "workflow": .string(workflow.name)]
                            for (key, value) in flow.json { fields[key] = value }
                            Output.result(.object(fields))
                        }
                    } else {
                        Output.result("ok \(workflow.name): \(facts)")
                        for line in flows.lines { Output.result(Terminal.visible(line)) }
                    }
                } catch {
                    let failure = CommandFailure(error)
                    guard failure.code == .badData else { throw failure }
                    wrong += 1
                    if json {
                        Output.result([
                            "file": .string(path), "ok": false,
                            "problems": .array(
                                failure.description.split(separator: "\n").map { .string(String($0)) }),
                        ])
                    } else {
                        Output.message(Terminal.visible(failure.description))
                    }
                }
            }
            guard wrong == 0 else {
                let code = CommandFailure.Code.badData.rawValue
                if json {
                    Output.verdict("failed", exit: code, reason: "\(wrong) of \(paths.count) workflows are wrong.")
                }
                throw ExitCode(code)
            }
            if json { Output.verdict("done", exit: 0, reason: nil) }
        }
    }

    /// The workflows that come with Warrant.
    static func shipped(_ surroundings: Surroundings) -> [String] {
        let folder = surroundings.share + "/Workflows"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { folder + "/" + $0 }.filter {
            FileManager.default.fileExists(atPath: $0 + "/workflow.yaml")
        }
    }
}
