import Foundation
import JSONSchemas
import KillTrials
import RunJournal
import TestSupport
import Testing

/// The forms of the page that take more than a yes or a no, in a real browser.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupervisorFormTests {
    private static let repository = "owner/forms"
    private static let environment = ["COUNTING_TOKEN": CountingTracker.token]

    private let command: Command

    init() throws {
        command = try Command()
        try command.writeFiling()
        // Asks because of the title's label alone, and twice about the same title.
        try command.folder.write(
            Workflows.filing.replacing(
                "decision: ask, max: 3, args: { title: { allow: untrusted }, ",
                with: "decision: allow, args: { project: { one_of: [demo] }, "), to: "filing/workflow.yaml")
        try command.folder.write(
            #"{"title": "same"}"# + "\n" + #"{"title": "same"}"# + "\n" + #"{"title": "other"}"# + "\n",
            to: "filing/rows.jsonl")
    }

    @Test(arguments: [true, false])
    func `what a person vouches for on the page is not asked about again`(isVouchedFor: Bool) async throws {
        let run = try command.park()
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await supervised.open("/questions")
        if isVouchedFor {
            try await page.click("#endorse > summary")
            try await page.click("#endorse input[value=title]")
        }
        try await page.look()
        #expect(try await page.leaving { try await page.click("#approve") } == 200)
        let answers = try command.journal().entries(of: try #require(RunID(run)), kinds: [.approvalRecorded])
        #expect(answers.map(\.step) == ["each[0]/create"])
        let endorsed = answers.first?.body["endorsed"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(endorsed == (isVouchedFor ? ["title"] : []))
        // The control: a yes alone is good for one call.
        let waiting: JSONValue = isVouchedFor ? ["each[2]/create"] : ["each[1]/create", "each[2]/create"]
        let resumed = try command.verdict(["resume", run], exit: 2)
        #expect(resumed.verdict?["waiting"] == waiting)
        #expect(try command.issues().count == (isVouchedFor ? 2 : 1))
        supervised.expectQuiet()
    }

    @Test func `an edit that the policy denies is refused on the page and is not lost`() async throws {
        _ = try command.park()
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await supervised.open("/questions")
        try await page.click("#edit > summary")
        #expect(try await edit(page, project: "evil") == 403)
        let refused = try await page.text()
        #expect(refused.contains("issue.create.project.one_of"), "\(refused)")
        #expect(try await page.evaluate("document.querySelector('#edited').value.includes('evil')") == true)
        #expect(try command.journal().pendingApprovals().count == 3)
        // The control: the same edit with what the policy allows.
        #expect(try await edit(page, project: "demo") == 200)
        #expect(try command.journal().pendingApprovals().count == 2)
        supervised.expectQuiet()
    }

    private func edit(_ page: BrowserPage, project: String) async throws -> Int {
        try await page.type(#"{"project": "\#(project)", "title": "edited", "body": "b"}"#, into: "#edited")
        try await page.look()
        return try await page.leaving { try await page.click("#edit button[value=approve]") }
    }

    @Test(arguments: [true, false])
    func `what became of a call is said on the page, and it is done once`(isFiled: Bool) async throws {
        let tracker = try CountingTracker()
        let run = try lost(tracker, isFiled: isFiled)
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await supervised.open("/questions")
        let asked = try await page.text()
        #expect(asked.contains("outcome is unknown"), "\(asked)")
        // A yes to it would do it again.
        #expect(try await page.evaluate("document.querySelectorAll('button[value=approve]').length") == 0)
        try await page.look()
        if isFiled {
            // What comes after it needs its result; with one it is taken.
            #expect(try await page.leaving { try await page.click("button[value=happened]") } == 422)
            #expect(try command.journal().pendingApprovals().count == 1)
            try await page.click("form.approve details > summary")
            try await page.type(#"{"id": 1, "project": "demo", "title": "A title"}"#, into: "#observed")
            try await page.look()
            #expect(try await page.leaving { try await page.click("button[value=happened]") } == 200)
        } else {
            try await page.press("x")
            #expect(try await page.evaluate("document.activeElement.value") == "did_not_happen")
            #expect(try await page.leaving { try await page.click("button[value=did_not_happen]") } == 200)
        }
        #expect(try command.journal().pendingApprovals().isEmpty)
        tracker.set(nil)
        try command.verdict(["resume", run], exit: 0, environment: Self.environment)
        let (issues, comments) = tracker.texts(in: Self.repository)
        #expect(issues.count == 1 && comments.count == 1)
        supervised.expectQuiet()
    }

    /// A run whose issue was sent, and acted on or not, when the tracker went away.
    private func lost(_ tracker: CountingTracker, isFiled: Bool) throws -> String {
        try command.folder.write(
            """
            workflow: lost
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
              result: { json: { issue: "${steps.issue.id}" }, to: result.json }

            """, to: "lost/workflow.yaml")
        try command.folder.write(
            """
            trackers:
              counting:
                { kind: github, url: "\(tracker.url)", repository: \(Self.repository), token_env: COUNTING_TOKEN,
                  project: demo, allow_private: [127.0.0.1], timeout: 2s, patience: 1s }

            """, to: "config/warrant/trackers.yaml")
        let parked = try command.verdict(
            ["run", command.folder.path("lost"), "--tracker", "counting", "--output", command.folder.path("lost-out")],
            exit: 2, environment: Self.environment)
        let run = try #require(parked.verdict?["run"]?.stringValue)
        #expect(try command.run(["approve", run, "issue"]).status == 0)
        let count = Counter()
        tracker.set { request in
            guard request.method == "POST" else {
                return count.value > 0 ? .instead(LoopbackServer.Answer(status: 503)) : nil
            }
            _ = count.next()
            return isFiled ? .after(LoopbackServer.Answer(status: 502)) : .instead(LoopbackServer.Answer(status: 502))
        }
        // The call is sent, and its answer is lost; the next life looks for it in vain, and asks.
        for _ in 0..<2 { try command.verdict(["resume", run], exit: 75, environment: Self.environment) }
        #expect(count.value == 1)
        return run
    }
}
