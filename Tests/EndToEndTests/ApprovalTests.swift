import Foundation
import JSONSchemas
import TestSupport
import Testing

/// Questions, answers and policies from the command line.
@Suite(.serialized) struct ApprovalTests {
    private let command: Command

    /// Asks because of the title's label alone.
    private static let workflow = Workflows.filing
        .replacing(
            "decision: ask, max: 3, args: { title: { allow: untrusted }, ",
            with: "decision: allow, args: { project: { one_of: [demo] }, ")

    init() throws {
        command = try Command()
        try command.folder.write(Self.workflow, to: "filing/workflow.yaml")
        try command.folder.write(
            #"{"title": "same"}"# + "\n" + #"{"title": "same"}"# + "\n"
                + #"{"title": "other\u001b[31m"}"# + "\n", to: "filing/rows.jsonl")
        try command.folder.write(Workflows.script, to: "script.jsonl")
    }

    private var arguments: [String] {
        [
            "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("script.jsonl"),
            "--output", command.folder.path("out"),
        ]
    }

    private func start() throws -> String {
        let parked = try command.verdict(arguments, exit: 2)
        #expect(parked.verdict?["waiting"]?.arrayValue?.count == 3)
        return try #require(parked.verdict?["run"]?.stringValue)
    }

    @Test func `a question shows raw values, where they came from, the text there and the rule`() throws {
        let run = try start()
        let shown = try command.run(["approvals", run]).output
        for part in [
            "each[0]/create", "because of `issue.create.title.untrusted`", "| same", "(untrusted; from ",
            "load (file.read)",
            "an answer counts for 24 h", "| other\\u{1b}[31m",
        ] {
            #expect(shown.contains(part), "\(part) is missing in:\n\(shown)")
        }
        #expect(!shown.contains("\u{1B}"))
        let explained = try command.run(["explain", run, "each[0]/create"])
        #expect(explained.output.contains("| same") && explained.output.contains("rule: issue.create.title.untrusted"))
        let listed = try command.run(["approvals", run, "--json"]).output.split(separator: "\n")
        let view = try JSONValue(parsing: Array(try #require(listed.first).utf8))["view"]
        let single = try command.run(["explain", run, "each[0]/create", "--json"]).verdict
        #expect(view?["arguments"] != nil && view?["arguments"] == single?["arguments"])
        let origins = view?["arguments"]?[1]?["origins"]?.arrayValue ?? []
        #expect(origins.contains { $0["verbatim"] == true && $0["source"]?["step"] == "load" })
    }

    @Test func `a run that waits says since when`() throws {
        let run = try start()
        let waiting = try command.run(["show", run]).output
        #expect(waiting.contains("3 questions wait for a person since 20"), "\(waiting)")
        // The control: what was answered isn't waited for.
        #expect(try command.run(["deny", run, "all", "--why", "no"]).status == 0)
        #expect(try !command.run(["show", run]).output.contains("for a person since"))
    }

    @Test func `an endorsed value is not asked about again until it is taken back`() throws {
        let run = try start()
        #expect(try command.run(["approve", run, "each[0]/create", "--endorse", "titel"]).status == 65)
        #expect(try command.run(["approve", run, "all", "--endorse", "title"]).status == 64)
        #expect(try command.run(["approve", run, "each[0]/create", "--endorse", "title"]).status == 0)
        let copy = try Command()
        try FileManager.default.copyItem(atPath: command.folder.path("home"), toPath: copy.folder.path("home"))
        let again = try command.verdict(["resume", run], exit: 2)
        #expect(again.verdict?["waiting"] == ["each[2]/create"])
        #expect(try command.issues() == ["same", "same"])
        let explained = try command.run(["explain", run, "each[1]/create"]).output
        #expect(explained.contains("decision: allow") && explained.contains("`tester` endorsed this value of `title`"))
        #expect(
            try command.run(["explain", run, "each[0]/create"]).output.contains("endorsed for the rest of the run"))
        // The same moment, but the endorsement is taken back first.
        let taken = try copy.run(["deny", run, "each[0]/create", "--why", "not sure"])
        #expect(taken.status == 0 && taken.errors.contains("taken back"))
        let asked = try copy.verdict(["resume", run], exit: 2)
        #expect(asked.verdict?["waiting"] == ["each[1]/create", "each[2]/create"])
        #expect(try copy.issues() == [])
    }

    @Test func `an endorsement that can't change anything is said to be one`() throws {
        func endorse(_ workflow: String, operators: String? = nil) throws -> (errors: String, waiting: Int?) {
            let other = try ApprovalTests()
            try other.command.folder.write(workflow, to: "filing/workflow.yaml")
            if let operators { try other.command.folder.write(operators, to: "config/warrant/policy.yaml") }
            let run = try other.start()
            let answer = try other.command.run(["approve", run, "each[0]/create", "--endorse", "title"])
            #expect(answer.status == 0, "\(answer.errors)")
            let resumed = try other.command.verdict(["resume", run], exit: 2)
            return (answer.errors, resumed.verdict?["waiting"]?.arrayValue?.count)
        }
        let asked = try endorse(Workflows.filing)
        #expect(asked.errors.contains("changes nothing") && asked.errors.contains("`decision: ask`"), "\(asked)")
        #expect(asked.waiting == 2)
        let narrowed = try endorse(Self.workflow, operators: "tools: { issue.create: { decision: ask } }")
        #expect(narrowed.errors.contains("changes nothing") && narrowed.errors.contains("`operator.issue.create`"))
        #expect(narrowed.waiting == 2)
        // The control: where only the label asks, the second call with the same title no longer does.
        let labelled = try endorse(Self.workflow)
        #expect(!labelled.errors.contains("changes nothing"), "\(labelled)")
        #expect(labelled.waiting == 1)
    }

    @Test func `an edit is checked against schema and policy before it is recorded`() throws {
        let run = try start()
        func edit(_ text: String) throws -> Finished {
            let file = try command.folder.write(text, to: "edit.json")
            return try command.run(["approve", run, "each[0]/create", "--edit", file])
        }
        let malformed = try edit(#"{"project": "demo", "title": 7, "body": "b"}"#)
        #expect(malformed.status == 65 && malformed.errors.contains("title"), "\(malformed.errors)")
        let denied = try edit(#"{"project": "evil", "title": "t", "body": "b"}"#)
        #expect(denied.status == 3, "\(denied.errors)")
        #expect(denied.errors.contains("Denied by `issue.create.project.one_of`"))
        #expect(try command.run(["approvals", run, "--json"]).output.split(separator: "\n").count == 3)
        #expect(try edit(#"{"project": "demo", "title": "edited", "body": "b"}"#).status == 0)
        #expect(try command.run(["approve", run, "all"]).status == 0)
        try command.verdict(["resume", run], exit: 0)
        #expect(try command.issues().first == "edited")
        let explained = try command.run(["explain", run, "each[0]/create"]).output
        #expect(explained.contains("edited:\n  title: edited") && explained.contains("| same"), "\(explained)")
        #expect(try command.run(["replay", run]).status == 0)
    }

    @Test func `a broken operator's policy ends every command that decides, and nothing is run`() throws {
        let run = try start()
        #expect(try command.run(["approve", run, "all"]).status == 0)
        try command.folder.write("tools:\n  issue.create: { decision: dney }\n", to: "config/warrant/policy.yaml")
        let before = try command.folder.bytes(of: "home/journal.db").count
        for arguments in [arguments, ["resume", run], ["check", command.folder.path("filing")], ["replay", run]] {
            let refused = try command.verdict(arguments, exit: 78)
            #expect(refused.errors.contains("policy.yaml:2:"), "\(arguments) \(refused.errors)")
        }
        let edit = try command.folder.write(#"{"project": "demo", "title": "t", "body": "b"}"#, to: "edit.json")
        #expect(try command.run(["approve", run, "each[0]/create", "--edit", edit]).status != 0)
        #expect(try command.issues() == [])
        #expect(try command.folder.bytes(of: "home/journal.db").count == before)
        #expect(try command.run(["runs"]).output.split(separator: "\n").count == 1)
        // The control: without it the same run goes on.
        try FileManager.default.removeItem(atPath: command.folder.path("config/warrant/policy.yaml"))
        try command.verdict(["resume", run], exit: 0)
        #expect(try command.issues().count == 3)
    }

    @Test func `an operator's policy narrows a run, and its version is recorded`() throws {
        try command.folder.write(
            "tools:\n  issue.create: { decision: allow, max: 1 }\n", to: "config/warrant/policy.yaml")
        let run = try start()
        #expect(try command.run(["approve", run, "all"]).status == 0)
        let denied = try command.verdict(["resume", run], exit: 3)
        #expect(denied.verdict?["reason"]?.stringValue?.contains("operator.issue.create.max") == true)
        #expect(try command.issues().count == 1)
        #expect(try command.run(["show", run, "--json"]).output.contains("config/warrant/policy.yaml"))
    }

    @Test func `decisions are made again by another policy without anything being run`() throws {
        let run = try start()
        #expect(try command.run(["approve", run, "all"]).status == 0)
        try command.verdict(["resume", run], exit: 0)
        let same = try command.verdict(["replay", run], exit: 0)
        #expect(same.verdict?["outcome"] == "identical" && (same.verdict?["compared"]?.intValue ?? 0) >= 6)
        let other = try command.folder.write(
            Self.workflow.replacing("one_of: [demo]", with: "one_of: [docs]"), to: "other/workflow.yaml")
        let changed = try command.verdict(["replay", run, "--policy", other], exit: 1)
        #expect(changed.verdict?["outcome"] == "changed" && (changed.verdict?["changed"]?.intValue ?? 0) >= 3)
        let text = try command.run(["replay", run, "--policy", other])
        #expect(text.output.contains("each[1]/create  issue.create  ask -> deny"), "\(text.output)")
        #expect(text.output.contains("Denied by `issue.create.project.one_of`"))
        let broken = try command.folder.write("tools: { issue.creat: { decision: deny } }", to: "broken.yaml")
        let refused = try command.verdict(["replay", run, "--policy", broken], exit: 65)
        #expect(refused.errors.contains("broken.yaml:1:"), "\(refused.errors)")
        try command.folder.write(Self.workflow + "# changed\n", to: "filing/workflow.yaml")
        let unknown = try command.verdict(["replay", run], exit: 65)
        #expect(unknown.errors.contains("was changed since") && unknown.errors.contains("--policy"))
        #expect(try command.issues().count == 3)
    }
}
