import Foundation
import JSONSchemas
import TestSupport
import Testing

/// Secrets and people's data through the command line: what a run, an answer and a log leave on the disk.
@Suite(.serialized) struct RedactionTests {
    private static let secret = "Zq81+Lm90/Xy77-s3cret"
    private static let mail = "a.user@example.org"
    private let command: Command

    init() throws {
        command = try Command()
        try command.folder.write(
            Workflows.filing.replacing("tools: [file", with: "redact: [email]\ntools: [file"),
            to: "filing/workflow.yaml")
        let hidden = SecretCorpus.base64(Array("user:\(Self.secret)".utf8))
        let titles = ["holds \(Self.secret) here", "from \(Self.mail)", "Basic \(hidden)"]
        try command.folder.write(
            titles.map { JSONValue.object(["title": .string($0)]).serialized() }.joined(separator: "\n"),
            to: "filing/rows.jsonl")
        try command.folder.write(Workflows.script, to: "script.jsonl")
        try command.folder.write("secrets: [DEPLOY_TOKEN]\n", to: "config/warrant/journal.yaml")
    }

    private let environment = ["DEPLOY_TOKEN": RedactionTests.secret]

    private var arguments: [String] {
        [
            "run", command.folder.path("filing"), "--model", "scripted:" + command.folder.path("script.jsonl"),
            "--output", command.folder.path("out"),
        ]
    }

    /// Where one of the values is, below the test's folder; what was read is left out.
    private func places() throws -> [String] {
        let values = [
            Self.secret, Self.mail,
            String(SecretCorpus.base64(Array("user:\(Self.secret)".utf8)).dropFirst(8).dropLast(4)),
        ]
        return try ByteScan(values).found(below: command.folder.path, leavingOut: ["filing", "typed.json"]).keys
            .sorted()
    }

    @Test func `a parked, answered and resumed run leaves no secret in state, output or logs`() throws {
        let parked = try command.verdict(arguments, exit: 2, environment: environment)
        let run = try #require(parked.verdict?["run"]?.stringValue)
        #expect(try places() == [])
        try command.folder.write(
            #"{"project": "demo", "title": "typed \#(Self.secret)", "body": "much"}"#, to: "typed.json")
        let approved = try command.run(
            ["approve", run, "each[0]/create", "--edit", command.folder.path("typed.json")], environment: environment)
        #expect(approved.status == 0, "\(approved.errors)")
        let denied = try command.run(
            ["deny", run, "each[1]/create", "--why", "ask \(Self.mail) first"], environment: environment)
        #expect(denied.status == 0, "\(denied.errors)")
        #expect(try command.run(["approve", run, "all"], environment: environment).status == 0)
        try command.verdict(["resume", run], exit: 0, environment: environment)
        #expect(try places() == [])
        let titles = try command.issues()
        #expect(titles.count == 2)
        #expect(titles.first?.hasPrefix("typed <SECRET:h:") == true)
        #expect(try command.run(["show", run]).output.contains("<EMAIL:h:"))
        #expect(try command.run(["verify"]).status == 0)
        let key = try FileManager.default.attributesOfItem(atPath: command.folder.path("home/keys/redaction.key"))
        #expect((key[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test func `without the name of the variable the secret is there, so the scan can see it`() throws {
        try command.folder.write("secrets: [ANOTHER_TOKEN]\n", to: "config/warrant/journal.yaml")
        try command.verdict(arguments, exit: 2, environment: environment)
        #expect(try places().contains { $0.hasPrefix("home/") })
    }

    @Test func `variables that are not set are named in one note`() throws {
        try command.folder.write("secrets: [OTHER_TOKEN, DEPLOY_TOKEN]\n", to: "config/warrant/journal.yaml")
        let without = try command.verdict(arguments, exit: 2)
        #expect(
            without.errors.components(
                separatedBy: "Not set: `DEPLOY_TOKEN`, `OTHER_TOKEN`, which `journal.yaml` names."
            ).count == 2, "\(without.errors)")
        // The control: with both there is nothing to say.
        let with = try command.verdict(
            arguments, exit: 2, environment: ["DEPLOY_TOKEN": Self.secret, "OTHER_TOKEN": "another-one"])
        #expect(!with.errors.contains("Not set:"), "\(with.errors)")
    }

    @Test func `a configuration that can't be read ends the command before anything is recorded`() throws {
        try command.folder.write("secrets: [DEPLOY_TOKEN]\nkeep: [email]\n", to: "config/warrant/journal.yaml")
        let refused = try command.verdict(arguments, exit: 78, environment: environment)
        #expect(refused.errors.contains("unknown key `keep` in the file"), "\(refused.errors)")
        #expect(refused.errors.contains("Nothing is recorded without it"))
        #expect(!command.folder.contains("home/journal.db"))
    }

    @Test func `check says what a workflow asks for`() throws {
        let checked = try command.run(["check", command.folder.path("filing")])
        #expect(checked.output.contains("; redacts email"), "\(checked.output)")
    }
}
