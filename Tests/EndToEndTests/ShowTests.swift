import Foundation
import JSONSchemas
import TestSupport
import Testing

/// What `warrant show` and `warrant runs` print, held to the schemas that are published for it.
@Suite(.serialized) struct ShowTests {
    private let command: Command

    init() throws {
        command = try Command()
    }

    private func schema(_ name: String) throws -> JSONSchema {
        let printed = try command.run([name, "--schema"])
        #expect(printed.status == 0, "\(printed.errors)")
        let file = try String(contentsOfFile: Command.repository + "Schemas/\(name).schema.json", encoding: .utf8)
        #expect(try JSONValue(parsing: printed.output) == JSONValue(parsing: file))
        return try JSONSchema(JSONValue(parsing: printed.output))
    }

    private func lines(_ arguments: [String]) throws -> [JSONValue] {
        let finished = try command.run(arguments + ["--json"])
        #expect(finished.status == 0, "\(finished.errors)")
        return try finished.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private func play(_ workflow: String, _ script: String, exit: Int32, name: String, more: [String] = []) throws
        -> String
    {
        let path = try command.folder.write(workflow, to: "\(name)/workflow.yaml")
        try command.folder.write(Workflows.rows, to: "\(name)/rows.jsonl")
        try command.folder.write("# Keys\n\nKeys must be unique.\n", to: "\(name)/spec.md")
        let model = try command.folder.write(script, to: "\(name)/script.jsonl")
        let arguments = [
            "run", path, "--model", "scripted:" + model, "--output", command.folder.path("out/\(name)"),
        ]
        let finished = try command.verdict(arguments + more, exit: exit)
        return try #require(finished.verdict?["run"]?.stringValue)
    }

    @Test func `every line of every kind of run validates, and a line that is wrong doesn't`() throws {
        let allow = Workflows.filing.replacing(
            "issue.create: { decision: ask,", with: "issue.create: { decision: allow,")
        let deny = Workflows.filing.replacing("issue.create: { decision: ask,", with: "issue.create: { decision: deny,")
        let parked = try play(Workflows.filing, Workflows.script, exit: 2, name: "parked")
        let resumed = try play(Workflows.filing, Workflows.script, exit: 2, name: "resumed")
        #expect(try command.run(["approve", resumed, "all"]).status == 0)
        try command.verdict(["resume", resumed], exit: 0)
        let undone = try play(allow, Workflows.script, exit: 0, name: "done")
        #expect(try command.run(["undo", undone]).status == 0)
        let runs = [
            parked, resumed, undone,
            try play(deny, Workflows.script, exit: 3, name: "denied"),
            try play(Workflows.filing, Workflows.script, exit: 0, name: "dry", more: ["--dry-run"]),
            try play(Workflows.agent, Workflows.agentScript, exit: 0, name: "agent"),
            try play(
                allow.replacing("policy:\n", with: "budget: { steps: 2 }\npolicy:\n"), Workflows.script, exit: 4,
                name: "budget"),
        ]
        let show = try schema("show")
        var kinds: Set<String> = []
        var checked: [JSONValue] = []
        for run in runs {
            let lines = try lines(["show", run])
            #expect(lines.first?["type"] == "run" && lines.first?["run"]?.stringValue == run)
            #expect(lines.first?["entries"]?.intValue == lines.filter { $0["type"] == "entry" }.count)
            for line in lines {
                let issues = show.validate(line)
                #expect(
                    issues.isEmpty, "\(run) \(line["kind"]?.serialized() ?? ""): \(issues) \(line.serialized(.compact))"
                )
                if let kind = line["kind"]?.stringValue { kinds.insert(kind) }
            }
            checked += lines
        }
        for kind in [
            "runStarted", "runResumed", "runParked", "runFinished", "stepFinished", "promptBuilt", "valueProduced",
            "callProposed", "callDecided", "approvalRequested", "approvalRecorded", "executionStarted",
            "observationRecorded", "provisionalObserved", "changesPrepared", "outputWritten", "undoBegun", "undone",
        ] { #expect(kinds.contains(kind), "no run had \(kind)") }
        // The control arm: every line is wrong without its type, and an entry without what its kind must have.
        for line in checked {
            var members = try #require(line.objectValue)
            members["type"] = "other"
            #expect(!show.validate(.object(members)).isEmpty)
        }
        for (kind, member) in [("callDecided", "rule"), ("outputWritten", "sha256"), ("runFinished", "exit")] {
            var entry = try #require(checked.first { $0["kind"]?.stringValue == kind }?.objectValue)
            var body = try #require(entry["body"]?.objectValue)
            body.removeValue(forKey: member)
            entry["body"] = .object(body)
            #expect(!show.validate(.object(entry)).isEmpty, "\(kind) without \(member)")
        }
        let list = try schema("runs")
        let listed = try lines(["runs"])
        #expect(listed.count == runs.count)
        for line in listed { #expect(list.validate(line).isEmpty, "\(list.validate(line))") }
        #expect(!list.validate(["type": "run"]).isEmpty)
    }

    @Test func `a step alone, and what a run took in words`() throws {
        let run = try play(Workflows.filing, Workflows.script, exit: 2, name: "parked")
        let step = try lines(["show", run, "--step", "each[0]/class"])
        #expect(step.map { $0["type"] }.prefix(2) == ["run", "step"])
        #expect(step.dropFirst(2).allSatisfy { $0["step"] == "each[0]/class" } && step.count == 4)
        #expect((step[1]["metrics"]?["tokens"]?["sampled"]?.intValue ?? 0) > 0)
        let text = try command.run(["show", run]).output
        #expect(text.contains("took: tokens ") && text.contains("questions 3") && text.contains("memory: at most "))
        #expect(text.contains("  each[]/class  tokens "))
        #expect(try command.run(["show", run, "--step", "no"]).status == 6)
        #expect(try command.run(["show"]).status == 64)
    }

    @Test func `runs are filtered, and a filter that makes no sense gets one sentence`() throws {
        let parked = try play(Workflows.filing, Workflows.script, exit: 2, name: "parked")
        let path = try command.folder.write(Workflows.reading, to: "reading/workflow.yaml")
        let done = try command.verdict(
            ["run", path, "--input", "spec=" + path, "--output", command.folder.path("out/reading")], exit: 0)
        let reading = try #require(done.verdict?["run"]?.stringValue)
        func listed(_ filter: String...) throws -> [String] {
            try lines(["runs"] + filter).compactMap { $0["run"]?.stringValue }
        }
        #expect(try listed() == [reading, parked])
        #expect(try listed("--state", "parked") == [parked])
        #expect(try listed("--workflow", "reading") == [reading])
        #expect(try listed("--waiting") == [parked])
        #expect(try listed("--limit", "1") == [reading])
        #expect(try listed("--since", "1h") == [reading, parked])
        #expect(try listed("--until", "1h") == [])
        #expect(try listed("--since", "2020-01-01", "--until", "2020-01-02T00:00:00Z") == [])
        #expect(try listed("--since", "2020-01-01", "--state", "done") == [reading])
        for bad in [
            ["--state", "prked"], ["--since", "yesterday"], ["--until", "2026-13-01"], ["--limit", "0"],
            ["--limit", "-3"], ["--limit", "100001"], ["--since", "1h", "--until", "2h"], ["--since", "99999999999d"],
        ] {
            let refused = try command.run(["runs"] + bad)
            #expect(refused.status == 64, "\(bad) \(refused.output)")
            #expect(refused.errors.contains("Can't list runs: ") || bad[1].hasPrefix("-"), "\(refused.errors)")
        }
        #expect(try command.run(["cancel", parked]).status == 0)
        #expect(try listed("--waiting") == [])
    }
}
