import Foundation
import JSONSchemas
import KillTrials
import TestSupport
import Testing

/// Calls of which nobody can tell whether they had their effect, and what a person says of them.
@Suite(.timeLimit(.minutes(10))) struct SettleTests {
    private let command: Command
    private let tracker: CountingTracker
    private static let repository = "owner/settle"

    init() throws {
        command = try Command()
        tracker = try CountingTracker()
        try command.folder.write(
            """
            workflow: filing
            description: Files one issue.
            tools: [issue.create, issue.comment]
            policy: { tools: { issue.create: { decision: ask }, issue.comment: { decision: allow } } }
            steps:
              - id: issue
                call: issue.create
                with: { project: demo, title: A title, body: A body. }
              - id: remark
                call: issue.comment
                with: { project: demo, id: "${steps.issue.id}", body: A remark. }
            outputs:
              result: { json: { issue: "${steps.issue.id}", comment: "${steps.remark.comment}" }, to: result.json }

            """, to: "filing/workflow.yaml")
        try command.folder.write(
            """
            trackers:
              counting:
                { kind: github, url: "\(tracker.url)", repository: \(Self.repository), token_env: COUNTING_TOKEN,
                  project: demo, allow_private: [127.0.0.1], timeout: 2s, patience: 1s }

            """, to: "config/warrant/trackers.yaml")
    }

    private let environment = ["COUNTING_TOKEN": CountingTracker.token]

    private func run(_ arguments: [String], exit: Int32) throws -> Finished {
        try command.verdict(arguments, exit: exit, environment: environment)
    }

    /// A run whose issue was sent, and acted on or not, when the server went away: the answer and all look-ups are lost.
    ///
    /// `workflow`: its folder.
    /// `waiting`: what waits then.
    private func lost(
        isFiled: Bool, workflow: String = "filing", waiting: JSONValue = ["issue"]
    ) throws -> String {
        let parked = try run(
            ["run", command.folder.path(workflow), "--tracker", "counting", "--output", command.folder.path("out")],
            exit: 2)
        let run = try #require(parked.verdict?["run"]?.stringValue)
        #expect(try command.run(["approve", run, "issue"]).status == 0)
        let gone = LoopbackServer.Answer(status: 503)
        let count = Counter()
        tracker.set { request in
            if request.method == "POST" {
                _ = count.next()
                return isFiled
                    ? .after(LoopbackServer.Answer(status: 502)) : .instead(LoopbackServer.Answer(status: 502))
            }
            return count.value > 0 ? .instead(gone) : nil
        }
        _ = try self.run(["resume", run], exit: 75)
        #expect(count.value == 1)
        #expect(tracker.texts(in: Self.repository).issues.count == (isFiled ? 1 : 0))
        // Nothing was asked yet: the call may still be on its way. The next life looks, in vain, and asks.
        #expect(try questions(run).allSatisfy { $0["step"] != "issue" })
        let asked = try self.run(["resume", run], exit: 75)
        #expect(asked.verdict?["waiting"] == waiting)
        #expect(count.value == 1)
        return run
    }

    private func questions(_ run: String) throws -> [JSONValue] {
        try command.run(["approvals", run, "--json"]).output.split(separator: "\n").map {
            try JSONValue(parsing: Array($0.utf8))
        }
    }

    @Test func `a question about an unknown outcome says what is known of it`() throws {
        let run = try lost(isFiled: true)
        let question = try #require(try questions(run).first)
        #expect(question["view"]?["sentence"]?.stringValue?.contains("outcome is unknown") == true)
        let text = try command.run(["approvals", run]).output
        for part in ["was begun at 20", "as effect ", "status 503", "A title"] {
            #expect(text.contains(part), "\(text)")
        }
        #expect(try command.run(["explain", run, "issue"]).output.contains("as effect "))
        #expect(try command.run(["show", run, "--step", "issue"]).output.contains("effectUnknown"))
    }

    @Test(arguments: [true, false])
    func `a server that is back is asked, and the question is closed`(isFiled: Bool) throws {
        let run = try lost(isFiled: isFiled)
        tracker.set(nil)
        _ = try self.run(["resume", run], exit: 0)
        #expect(tracker.texts(in: Self.repository).issues.count == 1)
        #expect(try questions(run).isEmpty)
        #expect(try command.run(["verify"]).status == 0)
    }

    @Test func `what happened is taken as done, with the result that the person found`() throws {
        let run = try lost(isFiled: true)
        let bare = try command.run(["settle", run, "issue", "--happened"])
        #expect(bare.status == 65 && bare.errors.contains("--result FILE"), "\(bare.errors)")
        let wrong = try command.folder.write(#"{"number": 1}"#, to: "wrong.json")
        #expect(try command.run(["settle", run, "issue", "--happened", "--result", wrong]).status == 65)
        let result = try command.folder.write(#"{"id": 1, "project": "demo", "title": "A title"}"#, to: "result.json")
        #expect(try command.run(["settle", run, "issue", "--happened", "--result", result]).status == 0)
        tracker.set(nil)
        let before = tracker.requests.count
        _ = try self.run(["resume", run], exit: 0)
        let (issues, comments) = tracker.texts(in: Self.repository)
        #expect(issues.count == 1 && comments.count == 1)
        // The issue was neither looked for nor filed; what came after it was done with its number.
        let targets = tracker.requests.dropFirst(before).map(\.target)
        #expect(!targets.isEmpty && targets.allSatisfy { $0.contains("/issues/1/comments") }, "\(targets)")
        #expect(try JSONValue(parsing: command.folder.text(of: "out/result.json"))["issue"] == 1)
    }

    @Test func `what did not happen is done once`() throws {
        let run = try lost(isFiled: false)
        #expect(try command.run(["settle", run, "issue", "--did-not-happen"]).status == 0)
        tracker.set(nil)
        _ = try self.run(["resume", run], exit: 0)
        let (issues, comments) = tracker.texts(in: Self.repository)
        #expect(issues.count == 1 && comments.count == 1)
    }

    /// A person who is wrong: the look-up before sending finds what they said isn't there.
    @Test func `what was filed all the same is not filed twice`() throws {
        let run = try lost(isFiled: true)
        #expect(try command.run(["settle", run, "issue", "--did-not-happen"]).status == 0)
        tracker.set(nil)
        _ = try self.run(["resume", run], exit: 0)
        #expect(tracker.texts(in: Self.repository).issues.count == 1)
    }

    @Test func `a yes to everything leaves out what may have been done already, and names it`() throws {
        try command.folder.write(
            """
            workflow: two
            description: Files two issues.
            tools: [issue.create]
            policy: { tools: { issue.create: { decision: ask } } }
            steps:
              - { id: issue, call: issue.create, with: { project: demo, title: One, body: b } }
              - { id: other, call: issue.create, with: { project: demo, title: Two, body: b } }
            outputs:
              result: { json: "${steps.issue.id}", to: result.json }

            """, to: "two/workflow.yaml")
        let run = try lost(isFiled: true, workflow: "two", waiting: ["issue", "other"])
        let alone = try command.run(["approve", run, "issue"])
        #expect(alone.status == 65 && alone.errors.contains("warrant settle \(run) STEP --happened"), "\(alone.errors)")
        #expect(try questions(run).count == 2)
        let all = try command.run(["approve", run, "all"])
        #expect(all.status == 0 && all.output == "approved \(run) other\n", "\(all.output)")
        #expect(all.errors.contains("may have been done already: `issue`"), "\(all.errors)")
        #expect(try questions(run).map { $0["step"] } == ["issue"])
        let posts = tracker.requests.count { $0.method == "POST" }
        _ = try self.run(["resume", run], exit: 75)
        // The server is still away, and nothing was sent there for what is in doubt.
        #expect(tracker.texts(in: Self.repository).issues.count == 1)
        #expect(tracker.requests.count { $0.method == "POST" } == posts)
        let edit = try command.folder.write(#"{"project": "demo", "title": "x", "body": "b"}"#, to: "edit.json")
        #expect(try command.run(["approve", run, "issue", "--edit", edit]).status == 65)
        let no = try command.run(["deny", run, "all", "--why", "enough"])
        #expect(no.status == 0 && no.errors.contains("may have happened all the same: `issue`"), "\(no.errors)")
    }

    /// Gives a program a terminal of its own, and types the next word whenever it asks.
    private static let typist = """
        import os, pty, sys
        words, command = sys.argv[1].split(","), sys.argv[2:]
        child, terminal = pty.fork()
        if child == 0:
            os.execv(command[0], command)
        seen = b""
        while True:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            sys.stdout.buffer.write(part)
            seen += part
            if b"[l]ater: " in seen and words:
                os.write(terminal, words.pop(0).encode() + b"\\n")
                seen = b""
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

        """

    private func resume(_ run: String, typing words: String) throws -> Finished {
        let typist = try command.folder.write(Self.typist, to: "typist.py")
        return try command.run(
            ["resume", run], environment: environment, shell: "set -- python3 '\(typist)' \(words) \"$@\"")
    }

    @Test func `at a terminal a person says what became of it, and not yes or no`() throws {
        let text = try command.folder.text(of: "filing/workflow.yaml")
            .replacing("decision: ask", with: "decision: allow")
            .replacing("body: A body.", with: "body: See https://elsewhere.example/x")
        try command.folder.write(text, to: "linked/workflow.yaml")
        tracker.set { $0.method == "POST" ? .instead(LoopbackServer.Answer(status: 502)) : nil }
        let left = try run(["run", command.folder.path("linked"), "--tracker", "counting"], exit: 75)
        let run = try #require(left.verdict?["run"]?.stringValue)
        tracker.set(nil)
        // Under this policy another call would be made than the one in doubt.
        try command.folder.write(
            "tools: { issue.create: { decision: allow, args: { body: { defang: [links] } } } }",
            to: "config/warrant/policy.yaml")
        let later = try resume(run, typing: "y,h,l")
        #expect(later.output.contains("it [d]id not happen, [l]ater"), "\(later.output)")
        #expect(later.output.contains("--happened --result FILE") && !later.output.contains("[y]es"))
        #expect(tracker.texts(in: Self.repository).issues.isEmpty)
        #expect(try questions(run).count == 1)
        let done = try resume(run, typing: "d")
        #expect(done.status == 0, "\(done.output)")
        #expect(tracker.texts(in: Self.repository).issues.count == 1)
    }

    @Test func `only an unknown outcome can be settled`() throws {
        let parked = try run(["run", command.folder.path("filing"), "--tracker", "counting"], exit: 2)
        let run = try #require(parked.verdict?["run"]?.stringValue)
        let refused = try command.run(["settle", run, "issue", "--did-not-happen"])
        #expect(refused.status == 65 && refused.errors.contains("no call of an unknown outcome waits there"))
        #expect(try command.run(["settle", run, "issue"]).status == 64)
        #expect(try command.run(["settle", run, "issue", "--happened", "--did-not-happen"]).status == 64)
        // Control: the question itself can be answered.
        #expect(try command.run(["approve", run, "issue"]).status == 0)
    }
}
