import RunJournal
import Supervisor
import TestSupport
import Testing

/// Where a person is led by an answer, and by a refusal.
@Suite(.serialized) struct FollowingTests {
    @Test func `what a run asks besides follows its answer, and then it is said that another run asks`() async throws {
        let served = try await ServedJournal()
        let own = try served.ask([ServedJournal.call("one"), ServedJournal.call("two")])
        let other = try #require(try served.ask([ServedJournal.call("three")], workflow: "other").first)
        let client = try await served.client()
        let token = client.formToken
        for (question, following) in [(own[1], own[0]), (own[0], other)] {
            let answer = try await apart {
                try client.ask(
                    "POST", "/questions/\(question.sequence)/answer",
                    headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: "form_token=\(token)&decision=approve&digest=\(question.digest)")
            }
            let next = try #require(answer.headers["location"])
            #expect(next.hasPrefix("/questions/\(following.sequence)?"))
            let page = try await apart { try client.ask("GET", next) }.body
            #expect(page.contains("What follows is of another run.") == (following.run != question.run))
        }
    }

    @Test func `a question that was answered leads to its run`() async throws {
        let served = try await ServedJournal()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let client = try await served.client()
        let answered = try await apart { try client.answer([AnsweringTests.answer(question, "approve")]) }
        #expect(answered.status == 200)
        let page = try await apart { try client.ask("GET", "/questions/\(question.sequence)") }
        #expect(page.status == 409)
        #expect(page.body.contains("<a href=\"/runs/\(question.run)\">Its run</a>"))
        // The control: what never was a question is of no run.
        let none = try await apart { try client.ask("GET", "/questions/999999") }
        #expect(none.status == 404 && none.body.contains("<a href=\"/questions\">"))
        #expect(!none.body.contains("Its run"))
    }
}
