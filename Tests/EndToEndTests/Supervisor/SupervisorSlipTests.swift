import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// What a hand does without meaning it answers no question, in a real browser.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupervisorSlipTests {
    private let command: Command

    init() throws {
        command = try Command()
        try command.writeFiling()
    }

    private func answers() throws -> [JSONValue] {
        try command.journal().entries(after: 0, kinds: [.approvalRecorded]).map(\.body)
    }

    @Test(arguments: [true, false])
    func `Enter in the reason of several denies them`(hasScript: Bool) async throws {
        _ = try command.park()
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await page.setScript(enabled: hasScript)
        try await tickAll(supervised)
        try await page.type("no, never", into: "#reason-alike")
        try await page.look()
        #expect(try await page.leaving { try await page.press("Enter") } == 200)
        #expect(try answers().map { $0["decision"]?.stringValue } == ["rejected", "rejected", "rejected"])
        #expect(try answers().allSatisfy { $0["reason"] == "no, never" })
        // The control: whoever presses the other button approves.
        _ = try command.park()
        try await tickAll(supervised)
        try await page.look()
        #expect(try await page.leaving { try await page.click("#alike button[value=approve]") } == 200)
        #expect(try answers().suffix(3).map { $0["decision"]?.stringValue } == ["approved", "approved", "approved"])
        // Without script nothing of the page can throw, and what the test itself waits for in it does.
        if hasScript { supervised.expectQuiet() }
    }

    private func tickAll(_ supervised: Supervised) async throws {
        try await supervised.open("/questions")
        try await supervised.page.click("#alike > summary")
        let count = try await supervised.page.evaluate(
            """
            (() => {
              const boxes = [...document.querySelectorAll('#alike input[type=checkbox]')];
              for (const box of boxes) box.checked = true;
              return boxes.length;
            })()
            """)
        #expect(count == 3)
    }

    @Test(arguments: [true, false])
    func `Enter on a box sends nothing`(hasScript: Bool) async throws {
        // Asks because of the title's label alone: else nothing could be vouched for.
        try command.folder.write(
            Workflows.filing.replacing(
                "decision: ask, max: 3, args: { title: { allow: untrusted }, ",
                with: "decision: allow, args: { project: { one_of: [demo] }, "), to: "filing/workflow.yaml")
        _ = try command.park()
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await page.setScript(enabled: hasScript)
        try await supervised.open("/questions")
        let first = try await page.address()
        // Without script, Enter on one of several presses the button that denies, which wants a reason.
        for part in hasScript ? ["endorse", "alike"] : ["endorse"] {
            try await page.click("#\(part) > summary")
            try await page.evaluate("document.querySelector('#\(part) input[type=checkbox]').focus()")
            try await page.look()
            try await page.press("Enter")
            // What Enter would have sent has come before this.
            try await page.look()
            #expect(try await page.address() == first, "\(part)")
            #expect(try answers().isEmpty, "\(part)")
        }
        // The control: Space ticks the box that has the focus, and the button is still good for one answer.
        let isTicked = "document.activeElement.matches('#answers input[type=checkbox]:checked')"
        let before = try await page.evaluate(isTicked)
        try await page.press("Space")
        #expect(try await page.evaluate(isTicked) != before)
        try await page.press("Space")
        #expect(try await page.evaluate(isTicked) == before)
        #expect(try await page.leaving { try await page.click("#approve") } == 200)
        #expect(try answers().map { $0["decision"]?.stringValue } == ["approved"])
        // Without script nothing of the page can throw, and what the test itself waits for in it does.
        if hasScript { supervised.expectQuiet() }
    }

    @Test func `a second click does not answer the question that has come in its place`() async throws {
        _ = try command.park()
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await supervised.open("/questions")
        try await page.look()
        #expect(try await page.leaving { try await page.click("#approve") } == 200)
        // The page says by itself whether this machine was quick enough for a second click.
        let click = "performance.now() < 600 ? (document.querySelector('#approve').click(), true) : false"
        var isClicked = try await page.evaluate(click) == true
        for _ in 0..<30 where !isClicked {
            try await page.reload()
            isClicked = try await page.evaluate(click) == true
        }
        #expect(isClicked)
        #expect(try await page.text().contains("had only just come"))
        #expect(try command.journal().pendingApprovals().count == 2)
        // The control: whoever looks first is heard.
        try await page.look()
        #expect(try await page.leaving { try await page.click("#approve") } == 200)
        #expect(try command.journal().pendingApprovals().count == 1)
        supervised.expectQuiet()
    }

    @Test func `a question that comes under the hand by itself is not answered at once`() async throws {
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await supervised.open("/questions")
        try await supervised.listen()
        try await page.evaluate(
            """
            (() => {
              new MutationObserver((changes, observer) => {
                const button = document.querySelector('#approve');
                if (!button) return;
                observer.disconnect();
                button.click();
              }).observe(document, { subtree: true, childList: true });
            })()
            """)
        _ = try command.park()
        try await page.wait(for: "document.getElementById('arrivals').textContent.includes('had only just come')")
        #expect(try command.journal().pendingApprovals().count == 3)
        // The control: the same button, pressed by somebody who has seen it.
        try await page.look()
        #expect(try await page.leaving { try await page.click("#approve") } == 200)
        #expect(try command.journal().pendingApprovals().count == 2)
    }

    @Test(arguments: ["", " \t"])
    func `a denial without a reason is refused at the terminal as on the page`(reason: String) throws {
        let run = try command.park()
        let refused = try command.run(["deny", run, "all", "--why", reason])
        #expect(refused.status == 64 && refused.errors.contains("without a reason"), "\(refused.errors)")
        #expect(try answers().isEmpty)
        // The control: with one it is recorded.
        #expect(try command.run(["deny", run, "all", "--why", "known"]).status == 0)
        #expect(try answers().count == 3)
    }

    @Test func `several alike of two runs are told apart where they are ticked`() async throws {
        let runs = [try command.park(), try command.park()]
        let supervised = try await Supervised(command)
        let page = supervised.page
        try await supervised.open("/questions")
        // The rule asks about every call: to vouch for a value would change nothing.
        #expect(try await page.evaluate("document.querySelector('#endorse')") == .null)
        try await page.press("s")
        #expect(try await page.evaluate("document.activeElement.matches('#alike input[type=checkbox]')") == true)
        for list in ["#alike li", "[data-list=asked] > li"] {
            let found = try await page.evaluate(
                "[...document.querySelectorAll('\(list)')].map(row => row.innerText)")
            let rows = found.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(rows.count == 6)
            for run in runs { #expect(rows.count { $0.contains(run) && $0.contains("filing") } == 3, "\(rows)") }
            for title in ["one", "two", "three"] {
                #expect(rows.count { $0.contains("title: \(title)") && $0.contains("untrusted") } == 2, "\(rows)")
            }
        }
        // The control: each row is a question of its own.
        #expect(Set(try command.journal().pendingApprovals().map(\.run.description)) == Set(runs))
        supervised.expectQuiet()
    }
}
