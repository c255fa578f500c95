import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// A person answers on the page, in a real browser.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupervisorAnswerTests {
    private let command: Command

    init() throws {
        command = try Command()
        try command.writeFiling()
    }

    @Test func `a run is watched, answered and ended from the page, and the record names who and when`() async throws {
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await supervised.open("/questions")
        try await supervised.listen()
        try await page.evaluate("window.stays = true")
        let began = Date()
        let run = try command.park()
        // Nobody loaded the page anew.
        try await page.wait(for: "document.querySelectorAll('[data-list=asked] > li').length === 3")
        try await page.wait(for: "document.querySelector('#approve')")
        #expect(try await page.evaluate("window.stays") == true)
        let asked = try await page.text()
        for part in [
            "issue.create", "each[0]/create", "untrusted", "load (file.read)", "one", "because of issue.create",
        ] {
            #expect(asked.contains(part), "\(part) is missing in:\n\(asked)")
        }

        try await page.look()
        #expect(try await page.leaving { try await page.click("#approve") } == 200)
        #expect(try await page.text().contains("each[1]/create"))
        try await page.click("#edit > summary")
        try await edit(page, #"{"project": "demo", "title": 7, "body": "b"}"#, status: 422)
        #expect(try await page.text().contains("title"))
        try await edit(page, #"{"project": "demo", "title": "edited", "body": "b"}"#, status: 200)
        try await page.type("known since March", into: "#reason")
        try await page.look()
        #expect(try await page.leaving { try await page.click("form.deny button") } == 200)
        let ended = Date()
        #expect(try await page.evaluate("document.querySelectorAll('[data-list=asked] > li').length") == 0)
        #expect(try command.issues() == [])

        let answers = try command.journal().entries(of: try #require(RunID(run)), kinds: [.approvalRecorded])
        #expect(answers.map(\.step) == ["each[0]/create", "each[1]/create", "each[2]/create"])
        for answer in answers {
            #expect(answer.body["person"] == "tester")
            let time = Double(answer.wallNanoseconds) / 1e9
            #expect(time >= began.timeIntervalSince1970 && time <= ended.timeIntervalSince1970)
        }
        #expect(answers.last?.body["reason"] == "known since March")

        // The end is seen by a page that was open before it.
        try await supervised.open("/runs/\(run)")
        try await supervised.listen()
        try await page.evaluate("window.stays = true")
        try command.verdict(["resume", run], exit: 0)
        try await page.wait(for: "document.querySelector('[data-region=facts] .tag')?.textContent === 'done'")
        #expect(try await page.evaluate("window.stays") == true)
        #expect(try command.issues() == ["one", "edited"])
        try await supervised.open("/runs/\(run)/step?at=each%5B1%5D/create")
        let step = try await page.text()
        for part in ["by tester", "edited", "two"] { #expect(step.contains(part), "\(part) is missing in:\n\(step)") }
        try await supervised.open("/feedback")
        // What was asked about is folded away until somebody wants to see it.
        try await page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        let feedback = try await page.text()
        for part in ["known since March", "edited", "two", "three"] { #expect(feedback.contains(part), "\(feedback)") }
        supervised.expectQuiet()
        #expect(try command.run(["verify"]).status == 0)
    }

    private func edit(_ page: BrowserPage, _ arguments: String, status: Int) async throws {
        try await page.type(arguments, into: "#edited")
        try await page.look()
        #expect(try await page.leaving { try await page.click("#edit button[value=approve]") } == status)
        if status == 422 {
            #expect(try await page.evaluate("document.querySelector('#edited').value.includes('7')") == true)
        }
    }

    @Test func `without script everything can be read and answered`() async throws {
        let run = try command.park()
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await page.setScript(enabled: false)
        for (path, parts) in [
            ("/runs", ["filing", run, "3"]),
            ("/runs/\(run)", ["filing", "load", "file.read", "each[0]/class", "each[2]/create", "issue.create"]),
            ("/runs/\(run)/step?at=each%5B0%5D/class", ["How bad is it?", "untrusted", "one", "much"]),
            ("/questions", ["each[0]/create", "one", "untrusted", "load (file.read)", "Approve", "Deny"]),
            ("/workflows", ["filing"]), ("/workflows/filing", ["load", "issue.create", "Files an issue a row."]),
            ("/feedback", []), ("/evaluations", []), ("/journal", ["intact"]),
        ] {
            #expect(try await supervised.open(path) == 200, "\(path)")
            let text = try await page.text()
            for part in parts { #expect(text.contains(part), "\(path) has no \(part):\n\(text)") }
            #expect(try await page.evaluate("document.querySelector('h1').textContent.trim()") != "", "\(path)")
        }
        #expect(try await page.evaluate("document.documentElement.classList.contains('has-script')") == false)
        try await supervised.open("/questions")
        try await page.look()
        #expect(try await page.leaving { try await page.click("#approve") } == 200)
        try await page.type("not this one", into: "#reason")
        try await page.look()
        #expect(try await page.leaving { try await page.press("Enter") } == 200)
        #expect(try command.journal().pendingApprovals().count == 1)
        // The control: with script the same page says so.
        try await page.setScript(enabled: true)
        try await supervised.open("/questions")
        #expect(try await page.evaluate("document.documentElement.classList.contains('has-script')") == true)
    }

    @Test func `of two tabs that answer at once one is recorded, and the other says so`() async throws {
        let run = try command.park()
        let supervised = try await Supervised(command)
        let question = try #require(try command.journal().pendingApprovals().first)
        let path = "/questions/\(question.sequence)"
        let first = try await supervised.tab(path)
        let second = try await supervised.tab(path)
        try await second.type("I was here too", into: "#reason")
        try await second.look()
        async let yes = first.leaving { try await first.click("#approve") }
        async let no = second.leaving { try await second.click("form.deny button") }
        let statuses = try await [yes, no]
        #expect(statuses.sorted() == [200, 409])
        let refused = statuses[0] == 409 ? first : second
        #expect(try await refused.text().contains("answered"))
        let answers = try command.journal().entries(of: try #require(RunID(run)), kinds: [.approvalRecorded])
        #expect(answers.count == 1)
        #expect(answers.first?.body["decision"] == (statuses[0] == 200 ? "approved" : "rejected"))
        #expect(try command.journal().pendingApprovals().count == 2)
        // Whoever comes later is told that nothing waits there.
        let late = try await supervised.open(path)
        #expect(late == 409)
        #expect(try await supervised.page.evaluate("document.querySelector('#approve')") == .null)
    }

    @Test func `a page that waits for a process is answered on when the process lets go`() async throws {
        let run = try #require(RunID(try command.park()))
        let journal = try command.journal()
        let question = try #require(try journal.pendingApprovals().first)
        let supervised = try await Supervised(command)
        let lease = try journal.lease(run)
        try await supervised.open("/questions/\(question.sequence)")
        #expect(try await supervised.page.evaluate("document.querySelector('#answers')") == .null)
        // Nothing is written by this.
        lease.release()
        try await supervised.page.wait(for: "document.querySelector('#answers')")
    }

    @Test func `every question can be answered with keys alone`() async throws {
        _ = try command.park()
        let supervised = try await Supervised(command)
        let page = supervised.page
        // From the page of runs to the questions, to the next one and back.
        try await page.press("g")
        _ = try await page.leaving { try await page.press("q") }
        let first = try await page.evaluate("document.querySelector('[data-region=shown]').dataset.question")
        _ = try await page.leaving { try await page.press("j") }
        let second = try await page.evaluate("document.querySelector('[data-region=shown]').dataset.question")
        #expect(first != second)
        _ = try await page.leaving { try await page.press("k") }
        #expect(try await page.evaluate("document.querySelector('[data-region=shown]').dataset.question") == first)
        try await page.press("a")
        try await page.look()
        #expect(try await page.leaving { try await page.press("Enter") } == 200)
        try await page.press("d")
        // What is typed into a field is no command.
        for letter in ["a", "j", "g", "q"] { try await page.press(letter) }
        #expect(try await page.evaluate("document.querySelector('#reason').value") == "ajgq")
        try await page.look()
        #expect(try await page.leaving { try await page.press("Enter") } == 200)
        try await page.press("e")
        #expect(try await page.evaluate("document.activeElement.id") == "edited")
        try await page.type(#"{"project": "demo", "title": "by keys", "body": "b"}"#, into: "#edited")
        try await page.press("Tab")
        try await page.look()
        #expect(try await page.leaving { try await page.press("Enter") } == 200)
        #expect(try command.journal().pendingApprovals().isEmpty)
        let run = try #require(try command.journal().runs(limit: 1).first)
        let answers = try command.journal().entries(of: run.id, kinds: [.approvalRecorded])
        #expect(answers.map { $0.body["decision"]?.stringValue } == ["approved", "rejected", "approved"])
        supervised.expectQuiet()
    }
}
