import JSONSchemas
import PolicyEngine
import RunJournal
import Supervisor
import TestSupport
import Testing

/// The pages' module in a real browser: what happens is shown where it belongs, and nothing else moves.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PageModuleTests {
    private let served: ServedJournal
    private let browser: Browser

    init() async throws {
        served = try await ServedJournal()
        browser = try await Browser()
    }

    private func page(_ path: String, height: Int = 800) async throws -> BrowserPage {
        let page = try await browser.page(height: height)
        _ = try await page.open(served.server.makeLink())
        // It leads on by itself, and would do so in the middle of what comes next.
        try await page.wait(for: "location.pathname === '/runs' && document.readyState === 'complete'")
        return try await open(path, on: page)
    }

    private func open(_ path: String, on page: BrowserPage) async throws -> BrowserPage {
        #expect(try await page.open("http://127.0.0.1:\(served.port)\(path)") == 200)
        try await page.wait(for: "document.getElementById('live').dataset.state === 'live'")
        return page
    }

    /// A run with this many steps that are done.
    private func run(_ steps: Int) throws -> RunID {
        let run = RunID.generate()
        try served.journal.start(
            RunSeed(id: run, workflow: "triage", directory: "/tmp/out", parameters: ["inputs": [:]]))
        for number in 0..<steps { try step(number, of: run) }
        return run
    }

    private func step(_ number: Int, of run: RunID, isDone: Bool = true) throws {
        let address = "each[\(number)]/read"
        try served.journal.append(.stepStarted, run: run, step: address)
        guard isDone else { return }
        let body: JSONValue = ["outcome": "succeeded", "result": ["kind": "bug"]]
        try served.journal.append(.stepFinished, run: run, step: address, body: body)
    }

    @Test func `what a run does comes to its page, and what is read does not move`() async throws {
        let run = try run(30)
        let page = try await page("/runs/\(run)", height: 500)
        try await page.evaluate("window.stays = true; document.querySelectorAll('#steps > li')[20].scrollIntoView()")
        let place = "document.querySelectorAll('#steps > li')[20].getBoundingClientRect().top"
        // What lies out of sight gets its height when it is drawn.
        let drawn = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        try await page.evaluate(drawn)
        let before = try await page.evaluate(place).doubleValue
        try step(30, of: run, isDone: false)
        try await page.wait(for: "document.querySelector('#tail li')?.textContent.includes('each[30]/read')")
        try await page.wait(for: "document.querySelectorAll('#steps > li').length === 31")
        #expect(
            try await page.evaluate("document.querySelector('#steps > li:last-child').className").stringValue?
                .hasPrefix("running") == true)
        #expect(try await page.evaluate("document.getElementById('steps-shown').textContent") == "Steps 1 to 31 of 31")
        let result: JSONValue = ["outcome": "succeeded", "result": ["kind": "question"]]
        try served.journal.append(.stepFinished, run: run, step: "each[30]/read", body: result)
        try await page.wait(for: "document.querySelector('#steps > li:last-child').textContent.includes('question')")
        try await page.evaluate(drawn)
        #expect(try await page.evaluate(place).doubleValue == before)
        #expect(try await page.evaluate("window.stays") == true)
        #expect(page.complaints() == [] && page.exceptions() == [])
    }

    @Test func `details are loaded when they are opened, and stay open when the step goes on`() async throws {
        let run = try run(2)
        try step(2, of: run, isDone: false)
        let page = try await page("/runs/\(run)")
        #expect(try await page.evaluate("document.querySelectorAll('#steps .facts').length") == 0)
        try await page.click("#steps > li:last-child summary")
        try await page.wait(for: "document.querySelector('#steps > li:last-child .facts')")
        #expect(!(try await page.text().contains("What it made")))
        let result: JSONValue = ["outcome": "succeeded", "result": ["kind": "question"]]
        try served.journal.append(.stepFinished, run: run, step: "each[2]/read", body: result)
        try await page.wait(
            for: "document.querySelector('#steps > li:last-child').textContent.includes('What it made')")
        #expect(try await page.evaluate("document.querySelector('#steps > li:last-child details').open") == true)
        #expect(try await page.evaluate("document.querySelector('#steps > li:last-child').className") == "done")
    }

    @Test func `one page listens for all, and another goes on when it is closed`() async throws {
        let run = try run(1)
        let first = try await page("/runs/\(run)")
        let second = try await open("/runs", on: try await browser.page())
        let streams = { (page: BrowserPage) in page.requests().count { $0.contains("/api/events") } }
        // The page that the browser was led to may have listened before.
        #expect(streams(first) >= 1)
        #expect(streams(second) == 0)
        _ = try served.ask([ServedJournal.call("a")])
        // Both say so, whichever of them heard it.
        for page in [first, second] { try await page.wait(for: "document.title.startsWith('(1) ')") }
        try await first.close()
        _ = try served.ask([ServedJournal.call("b")])
        try await second.wait(for: "document.title.startsWith('(2) ')")
        #expect(streams(second) == 1)
        #expect(second.exceptions() == [])
    }

    @Test func `a question that another person answers is said to be answered, and what comes is added`() async throws {
        let asked = try served.ask([ServedJournal.call("a"), ServedJournal.call("b")])
        let page = try await page("/questions/\(asked[0].sequence)")
        try await page.type("half a reason", into: "#reason")
        let question = asked[0]
        let answer = Approval(
            digest: question.digest, decision: .approved, person: "another", at: "2026-11-26T10:00:00Z")
        try served.journal.append(.approvalRecorded, run: question.run, step: question.step, body: answer.toJSON())
        try await page.wait(for: "document.getElementById('arrivals').textContent.includes('answered')")
        #expect(
            try await page.evaluate("[...document.querySelectorAll('#answers button')].every(b => b.disabled)") == true)
        #expect(try await page.evaluate("document.getElementById('reason').value") == "half a reason")
        _ = try served.ask([ServedJournal.call("c")])
        try await page.wait(for: "document.querySelectorAll('[data-list=asked] > li').length === 3")
        #expect(try await page.evaluate("document.querySelectorAll('[data-list=asked] .gone').length") == 1)
    }

    @Test func `keys lead to every part of a question and to every page`() async throws {
        let asked = try served.ask([ServedJournal.call("a"), ServedJournal.call("b")])
        let page = try await page("/questions/\(asked[0].sequence)")
        for (key, action) in [("s", "/questions/answer"), ("l", "/links"), ("z", "/sessions/end")] {
            try await page.press(key)
            let focused = "document.activeElement.form.getAttribute('action')"
            #expect(try await page.evaluate(focused) == .string(action), "\(key)")
        }
        for (key, id) in [("a", "approve"), ("d", "reason")] {
            try await page.press(key)
            #expect(try await page.evaluate("document.activeElement.id") == .string(id), "\(key)")
        }
        // Within a field a key is a letter.
        try await page.press("j")
        #expect(try await page.evaluate("document.getElementById('reason').value") == "j")
        try await page.press("Escape")
        #expect(try await page.leaving { try await page.press("j") } == 200)
        #expect(try await page.address().hasSuffix("/questions/\(asked[1].sequence)"))
        for (key, name) in [
            ("r", "runs"), ("w", "workflows"), ("f", "feedback"), ("e", "evaluations"), ("j", "journal"),
        ] {
            try await page.press("g")
            #expect(try await page.leaving { try await page.press(key) } == 200)
            #expect(try await page.address().hasSuffix("/\(name)"))
        }
        try await page.press("?", shift: true)
        #expect(try await page.evaluate("document.getElementById('keys').open") == true)
        try await page.evaluate("document.getElementById('keys-on').click()")
        try await page.press("Escape")
        try await page.press("g")
        try await page.press("r")
        // They were switched off.
        #expect(try await page.address().hasSuffix("/journal"))
    }
}
