import Foundation
import JSONSchemas
import TestSupport
import Testing

/// The shipped triage workflow with a real Roundup server, the model's part scripted.
@Suite(.serialized, .timeLimit(.minutes(20))) struct TriageTrackerTests {
    private let command: Command
    private let server: RoundupServer

    init() throws {
        command = try Command()
        server = try RoundupServer()
        try command.folder.write(
            """
            trackers:
              bugs:
                { kind: roundup, url: "\(server.url)/", project: demo, user_env: BUGS_USER, password_env: BUGS_PASSWORD,
                  allow_private: [127.0.0.1], create_labels: true }

            """, to: "config/warrant/trackers.yaml")
        try command.folder.write(
            "# Handbook\n\n## Printing\n\nOpen the album, choose Export, then Contact sheet.\n", to: "handbook.md")
    }

    private var environment: [String: String] {
        [
            "XDG_CONFIG_HOME": command.folder.path("config"), "BUGS_USER": RoundupServer.user,
            "BUGS_PASSWORD": RoundupServer.password,
        ]
    }

    /// Whether the tracker makes labels that it doesn't have.
    private func makeLabels(_ makes: Bool) throws {
        let path = "config/warrant/trackers.yaml"
        let text = try command.folder.text(of: path)
        try command.folder.write(
            text.replacing("create_labels: \(!makes)", with: "create_labels: \(makes)"), to: path)
    }

    private static let tickets: [(title: String, body: String)] = [
        ("Slideshow stops after nine photos", "It stops after nine photos, the tenth one is black."),
        ("Map is white", "The map shows nothing since version 4."),
        ("How do I print an album?", "I want the whole album as a contact sheet."),
        ("Broken", "It is broken."),
        ("Slideshow stops after nine photos again", "It stops after nine photos, the tenth one is black, on my phone."),
    ]

    private func write(_ tickets: ArraySlice<(title: String, body: String)>) throws -> String {
        try command.folder.write(
            tickets.map {
                JSONValue.object(["title": .string($0.title), "body": .string($0.body)]).serialized(.compact) + "\n"
            }.joined(), to: "tickets.jsonl")
    }

    /// Scripted answers: a kind a ticket, and what later steps say.
    private func script(_ kinds: [String], missing: Int? = nil, more: [(step: String, value: JSONValue)] = []) throws
        -> String
    {
        var answers: [(step: String, value: JSONValue)] = kinds.enumerated().map { index, kind in
            (
                "sorting[\(index)]/class",
                ["part": "app", "kind": .string(kind), "urgency": "u3"]
            )
        }
        answers += kinds.indices.map { index -> (step: String, value: JSONValue) in
            ("judging[\(index)]/vague", ["tells": index == missing ? "fails" : "seen"])
        }
        answers += more
        return "scripted:"
            + (try command.folder.write(
                answers.map {
                    JSONValue.object(["step": .string($0.step), "value": $0.value]).serialized(.compact) + "\n"
                }.joined(), to: "script.jsonl"))
    }

    /// A run that proposes, and then what it gives once a person said yes to everything.
    private func triage(_ inputs: [String], script: String) throws -> (proposed: [JSONValue], done: [JSONValue]) {
        let output = command.folder.path("out")
        let started = try command.verdict(
            ["run", Command.repository + "Workflows/ticket-triage", "--tracker", "bugs", "--output", output]
                + ["--model", script] + inputs.flatMap { ["--input", $0] },
            exit: 2, environment: environment)
        let proposed = try records(output)
        let run = try #require(started.verdict?["run"]?.stringValue)
        #expect(try command.run(["approve", run, "all"]).status == 0)
        _ = try command.verdict(["resume", run], exit: 0, environment: environment)
        return (proposed, try records(output))
    }

    private func records(_ output: String) throws -> [JSONValue] {
        try String(contentsOfFile: output + "/triage.jsonl", encoding: .utf8).split(separator: "\n")
            .map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// The attributes of an issue, straight from the server.
    private func issue(_ id: Int) throws -> JSONValue? {
        try server.get("/data/issue/\(id)?@verbose=2")["data"]?["attributes"]
    }

    private func names(_ links: JSONValue?) -> [String] {
        (links?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }.sorted()
    }

    private func comments(_ id: Int) throws -> [String] {
        try (issue(id)?["messages"]?.arrayValue ?? []).compactMap { link in
            guard let message = link["id"]?.stringValue else { return nil }
            return try server.get("/data/msg/\(message)?@verbose=3")["data"]?["attributes"]?["content"]?.stringValue
        }
    }

    private func states(_ records: [JSONValue]) -> [[String]] {
        records.map { record in
            (record["effects"]?.arrayValue ?? []).map { effect in
                let issue = effect["issue"]?.intValue.map { " \($0)" } ?? ""
                return (effect["effect"]?.stringValue ?? "") + issue + " " + (effect["state"]?.stringValue ?? "")
            }
        }
    }

    @Test func `a triage run files five approved issues, and nothing before they are approved`() throws {
        let path = try write(Self.tickets[...])
        let script = try script(["bug", "bug", "bug", "bug", "bug"])
        let refused = try command.verdict(
            ["run", Command.repository + "Workflows/ticket-triage", "--tracker", "bugs", "--model", script]
                + [
                    "--input", "tickets=\(path)", "--input", "duplicates=false", "--output", command.folder.path("out"),
                ],
            exit: 2, environment: environment)
        let run = try #require(refused.verdict?["run"]?.stringValue)
        #expect(try server.titles() == [])
        #expect(try command.run(["deny", run, "all", "--why", "not yet"]).status == 0)
        _ = try command.verdict(["resume", run], exit: 0, environment: environment)
        #expect(try server.titles() == [])
        // The same with a person who says yes.
        let (proposed, done) = try triage(["tickets=\(path)", "duplicates=false"], script: script)
        #expect(states(proposed) == Array(repeating: ["file proposed"], count: 5))
        #expect(states(done) == (1...5).map { ["file \($0) done"] })
        #expect(try server.titles() == Self.tickets.map(\.title))
        #expect(try names(issue(3)?["keyword"]) == ["kind/bug", "part/app", "urgency/u3"])
    }

    @Test func `open issues without labels are labelled, answered and closed as duplicates where they are`() throws {
        // No label is allowed, so the five are filed without any.
        let path = try write(Self.tickets[...])
        _ = try triage(
            ["tickets=\(path)", "duplicates=false", "allowed_labels=none"],
            script: try script(["bug", "bug", "bug", "bug", "bug"]))
        #expect(try names(issue(1)?["keyword"]) == [])
        let (proposed, done) = try triage(
            ["tracker=all", "handbook=\(command.folder.path("handbook.md"))"],
            script: try script(
                ["bug", "bug", "question", "bug", "bug"], missing: 3,
                more: [("answering[0]/answer", ["passage": "A"]), ("pairing[0]/same", ["reports": "same"])]))
        #expect(proposed.map { $0["id"] } == ["#1", "#2", "#3", "#4", "#5"])
        #expect(proposed.map { $0["action"] } == ["label", "label", "reply", "ask", "duplicate"])
        #expect(
            states(proposed) == [
                ["label 1 proposed"], ["label 2 proposed"], ["label 3 proposed", "comment 3 proposed"],
                ["label 4 proposed", "comment 4 proposed"], ["close 5 proposed"],
            ])
        #expect(states(done).flatMap { $0 }.allSatisfy { $0.hasSuffix(" done") })
        #expect(try names(issue(2)?["keyword"]) == ["kind/bug", "part/app", "urgency/u3"])
        #expect(try names(issue(3)?["keyword"]) == ["kind/question", "part/app", "urgency/u3"])
        #expect(try comments(3).last?.contains("> Open the album, choose Export, then Contact sheet.") == true)
        #expect(try comments(4).last?.contains("what did you do") == true)
        #expect(try issue(5)?["status"]?["name"] == "resolved" && issue(1)?["status"]?["name"] != "resolved")
        #expect(try issue(5)?["superseder"]?[0]?["id"] == "1")
        // What carries labels now is known and no ticket any more: a ticket that repeats it is noted there.
        let again = try write([Self.tickets[0]])
        let (noted, _) = try triage(
            ["tickets=\(again)", "tracker=all"],
            script: try script(["bug"], more: [("pairing[0]/same", ["reports": "same"])]))
        #expect(noted.map { $0["duplicate_of"] } == ["#1"])
        #expect(states(noted) == [["comment 1 proposed"]])
        #expect(try comments(1).last?.contains("reports this again") == true)
        #expect(try server.titles().count == 5)
    }

    @Test func `a label that the tracker lacks is said first, refused alone, and filed once it is there`() throws {
        // The control arm, which leaves three labels there.
        let first = try write(Self.tickets[1...1])
        _ = try triage(["tickets=\(first)", "duplicates=false"], script: try script(["bug"]))
        try makeLabels(false)
        let output = command.folder.path("out")
        let both = try write(Self.tickets[0...1])
        let started = try command.verdict(
            ["run", Command.repository + "Workflows/ticket-triage", "--tracker", "bugs", "--output", output]
                + [
                    "--model", try script(["wish", "bug"]), "--input", "tickets=\(both)", "--input", "duplicates=false",
                ],
            exit: 2, environment: environment)
        let run = try #require(started.verdict?["run"]?.stringValue)
        func report() throws -> String { try String(contentsOfFile: output + "/triage.md", encoding: .utf8) }
        #expect(try report().contains("the tracker had no label `kind/wish`"))
        #expect(try !report().contains("no label `kind/bug`"))
        #expect(try states(records(output)) == [["file proposed"], ["file proposed"]])
        #expect(try command.run(["approve", run, "all"]).status == 0)
        let refused = try command.verdict(["resume", run], exit: 1, environment: environment)
        let reason = refused.verdict?["reason"]?.stringValue ?? ""
        #expect(reason.contains("`filing[0]/create`") && reason.contains("`kind/wish`"), "\(reason)")
        #expect(try states(records(output)) == [["file refused"], ["file 2 done"]])
        #expect(try records(output)[0]["effects"]?[0]?["reason"]?.stringValue?.contains("`kind/wish`") == true)
        #expect(try report().contains("refused: "))
        #expect(try server.titles().count == 2)
        // With the label there, resuming asks about that issue again, and files it.
        try makeLabels(true)
        let asked = try command.verdict(["resume", run], exit: 2, environment: environment)
        #expect(asked.verdict?["waiting"] == ["filing[0]/create"])
        #expect(try command.run(["approve", run, "all"]).status == 0)
        _ = try command.verdict(["resume", run], exit: 0, environment: environment)
        #expect(try states(records(output)) == [["file 3 done"], ["file 2 done"]])
        #expect(try server.titles().count == 3)
    }

    @Test func `a ticket can't name itself like an issue of the tracker`() throws {
        let first = try write(Self.tickets[1...1])
        _ = try triage(["tickets=\(first)", "duplicates=false"], script: try script(["bug"]))
        try command.folder.write(
            ##"{"id": "#1", "title": "Map is white", "body": "The map shows nothing since version 4."}"## + "\n",
            to: "own.jsonl")
        let (proposed, _) = try triage(
            ["tickets=\(command.folder.path("own.jsonl"))", "tracker=issues"],
            script: try script(["bug"], more: [("pairing[0]/same", ["reports": "same"])]))
        #expect(proposed.map { $0["id"] } == ["1"])
        #expect(proposed.map { $0["duplicate_of"] } == ["#1"])
    }
}
