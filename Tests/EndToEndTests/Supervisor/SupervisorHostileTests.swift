import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// Texts that want to be more than text, in a real browser.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SupervisorHostileTests {
    /// Whether anything is wider than the screen it is shown on.
    static let overflow = """
        [document.documentElement.scrollWidth, innerWidth,
          [...document.querySelectorAll('body *')].filter(part => part.getBoundingClientRect().right > innerWidth + 1
            && !part.closest('pre, .diff, .scroll, svg')).slice(0, 3).map(part => part.outerHTML.slice(0, 200))]
        """

    @Test func `no hostile text runs on any page, each can be read, and the layout holds`() async throws {
        #expect(HostileRun.texts.count >= 150)
        let command = try Command()
        try HostileRun.write(to: command.folder)
        let run = try command.park("hostile")
        let questions = try command.journal().pendingApprovals()
        #expect(questions.count == HostileRun.texts.count)
        let supervised = try await Supervised(command, width: 360)
        let page = supervised.page

        for (number, question) in questions.enumerated() {
            let mark = page.mark
            let text = HostileRun.texts[number]
            #expect(try await supervised.open("/questions/\(question.sequence)") == 200)
            supervised.expectQuiet(from: mark, text.name)
            try await expectFits(page, text.name)
            // The page is whole: what comes after the text is there, and is what the page says.
            let parts = try await page.evaluate(
                """
                [document.querySelector('[data-region=shown]').dataset.question, document.querySelectorAll('main').length,
                  document.querySelectorAll('#approve').length, document.querySelectorAll('form.deny button').length,
                  document.querySelectorAll('footer form').length, getComputedStyle(document.body).display]
                """)
            #expect(parts == [.string(String(question.sequence)), 1, 1, 1, 2, "block"], "\(text.name)")
            if Self.isPlain(text.text) {
                let shown = try await page.evaluate(
                    "[...document.querySelectorAll('dl.arguments pre')].map(part => part.textContent).join('\\n')")
                #expect(shown.stringValue?.contains(text.text) == true, "\(text.name): \(shown)")
            }
        }
        var paths = ["/runs", "/runs/\(run)", "/feedback", "/journal", "/workflows/hostile"]
        for from in stride(from: 0, to: questions.count * 3, by: 200) { paths.append("/runs/\(run)?from=\(from)") }
        for step in ["names", "load", "each%5B0%5D/class", "each%5B150%5D/class", "each%5B150%5D/create"] {
            paths.append("/runs/\(run)/step?at=\(step)")
        }
        for entry in try command.journal().entries(
            of: try #require(RunID(run)), kinds: [.observationRecorded, .promptBuilt]
        ).prefix(40) {
            paths.append("/entries/\(entry.sequence)")
        }
        var fetched = 0
        for path in paths {
            let mark = page.mark
            #expect(try await supervised.open(path) == 200, "\(path)")
            // Details are fetched by the module and put into the page.
            let opened = try await page.evaluate(
                """
                (async () => {
                  for (const part of [...document.querySelectorAll('details')].slice(0, 40)) part.open = true;
                  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0)));
                  return document.querySelectorAll('details[data-src][open]').length;
                })()
                """)
            fetched += opened.intValue ?? 0
            // What is fetched has come when the place has something in it.
            try await page.wait(
                for: """
                    [...document.querySelectorAll('details[data-src][open]')].every(part =>
                      part.querySelector('[data-into]')?.childElementCount > 0)
                    """)
            supervised.expectQuiet(from: mark, path)
            try await expectFits(page, path)
        }
        #expect(fetched >= 40, "\(fetched) details were looked at")
        // Nor did anything run late.
        supervised.expectQuiet()
    }

    private func expectFits(_ page: BrowserPage, _ place: String) async throws {
        let found = try await page.evaluate(Self.overflow)
        #expect((found[0]?.doubleValue ?? .infinity) <= (found[1]?.doubleValue ?? 0), "\(place): \(found)")
    }

    /// Whether a page shows the text as it is, to the letter: no marks for what can't be seen, and nothing to redact.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("user:secret") && text.utf8.count < 3000
    }

    /// The control arm: the canary is seen where a page does paste texts.
    @Test func `the same texts run on a page that pastes them`() async throws {
        let texts = HostilePageText.all.filter(\.runs)
        #expect(texts.count >= 50)
        let server = try LoopbackServer { request in
            guard let number = Int(request.target.dropFirst()), texts.indices.contains(number) else {
                return LoopbackServer.Answer(status: 404)
            }
            let body = "<!doctype html><meta charset=utf-8><title>x</title><body><p>" + texts[number].text
            return LoopbackServer.Answer(headers: ["Content-Type": "text/html"], body: Array(body.utf8))
        }
        let browser = try await Browser()
        let page = try await browser.page()
        for (number, text) in texts.enumerated() {
            let mark = page.mark
            try await page.open(server.url + "/\(number)")
            try await page.canary(from: mark)
            #expect(!page.canaries(from: mark).isEmpty, "\(text.name): \(text.text)")
        }
    }
}
