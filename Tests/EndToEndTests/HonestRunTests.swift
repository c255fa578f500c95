import Foundation
import JSONSchemas
import TestSupport
import Testing

/// The samples of three workflows, with a person who says yes to everything: what their policies are there for.
@Suite struct HonestRunTests {
    private static let samples = ["spec-to-test-plan", "ticket-triage", "repair-guide"]
    /// What a policy may cost: the share of an honest run's calls that it denies.
    private static let denialLimit = 0.02

    private func play(_ name: String, _ command: Command) throws -> String {
        let workflow = Command.repository + "Workflows/" + name
        var arguments = [
            "run", workflow, "--unattended", "--output", command.folder.path("out"),
            "--model", "scripted:" + workflow + "/sample.script.jsonl",
        ]
        if name == "repair-guide" {
            let machine = command.folder.path("machine")
            // It is changed, so it is a copy.
            try FileManager.default.copyItem(atPath: workflow + "/sample/machine", toPath: machine)
            for input in [
                "runbook=\(workflow)/sample/runbook.md", "folder=\(machine)", "allow=\(workflow)/sample/allow.txt",
                "commands=allow",
            ] { arguments += ["--input", input] }
        }
        let started = try command.run(arguments + ["--json"])
        let run = try #require(started.verdict?["run"]?.stringValue, "\(started.errors)")
        var last = started
        for _ in 0..<4 where last.status == 2 {
            #expect(try command.run(["approve", run, "all"]).status == 0)
            last = try command.run(["resume", run, "--json"])
        }
        #expect(last.status == 0, "\(name): \(last.output.suffix(600)) \(last.errors)")
        return run
    }

    @Test func `of the calls of honest runs the policies deny fewer than two in a hundred`() throws {
        var decided = 0
        var denied: [String] = []
        var tools: Set<String> = []
        for name in Self.samples {
            let command = try Command()
            let run = try play(name, command)
            var proposed: [String: String] = [:]
            for line in try command.run(["show", run, "--json"]).output.split(separator: "\n") {
                let entry = try JSONValue(parsing: Array(line.utf8))
                let step = entry["step"]?.stringValue ?? ""
                switch entry["kind"]?.stringValue {
                case "callProposed":
                    proposed[step] = entry["body"]?["tool"]?.stringValue
                    tools.insert("\(name): \(proposed[step] ?? "")")
                case "callDecided":
                    decided += 1
                    guard entry["body"]?["decision"] == "deny" else { continue }
                    denied.append("\(name): \(proposed[step] ?? "") at \(step)")
                default: break
                }
            }
        }
        #expect(Double(denied.count) < Self.denialLimit * Double(decided), "\(denied) of \(decided)")
        // What is counted is not next to nothing: all samples, and each tool of theirs that has an effect.
        #expect(decided > 150)
        for tool in [
            "spec-to-test-plan: test.run", "spec-to-test-plan: test.run_all", "spec-to-test-plan: issue.create",
            "ticket-triage: issue.create", "ticket-triage: search", "repair-guide: command.check",
            "repair-guide: command.run", "repair-guide: file.replace_line", "repair-guide: folder.snapshot",
        ] { #expect(tools.contains(tool), "\(tool)") }
    }
}
