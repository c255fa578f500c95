import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// How the pages look and who can use them, in a real browser.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupervisorLookTests {
    /// Runs one workflow to its end and one to its questions, and returns the paths of all kinds of pages.
    private func paths(_ command: Command) throws -> [String] {
        try command.writeFiling()
        let done = try command.park()
        let first = try command.run(["approve", done, "each[0]/create", "--edit", try edit(command)])
        #expect(first.status == 0, "\(first.errors)")
        #expect(try command.run(["deny", done, "each[1]/create", "--why", "known"]).status == 0)
        #expect(try command.run(["approve", done, "all"]).status == 0)
        try command.verdict(["resume", done], exit: 0)
        let waiting = try command.park()
        let entry = try command.journal().head().sequence
        return [
            "/runs", "/runs/\(done)", "/runs/\(waiting)", "/runs/\(done)/step?at=each%5B0%5D/class",
            "/runs/\(done)/step?at=each%5B0%5D/create", "/questions", "/workflows", "/workflows/filing", "/feedback",
            "/evaluations", "/journal", "/entries/\(entry)", "/runs/01arz3ndektsv4rrffq69g5fav", "/nowhere",
        ]
    }

    private func edit(_ command: Command) throws -> String {
        try command.folder.write(#"{"project": "demo", "title": "edited", "body": "b"}"#, to: "edit.json")
    }

    @Test func `no page breaks a rule of accessibility, light or dark, wide or narrow`() async throws {
        let command = try Command()
        let paths = try paths(command)
        let supervised = try await Supervised(command)
        let page = supervised.page
        var opened = 0
        for (isDark, width) in [(false, 1280), (true, 360)] {
            try await page.setDark(isDark)
            try await page.resize(width: width, height: 800)
            for path in paths {
                try await supervised.open(path)
                opened += try await unfold(page)
                let violations = try await AccessibilityRules.violations(on: page)
                #expect(violations == [], "\(path) at \(width)")
                let widths = try await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
                #expect(
                    (widths[0]?.intValue ?? .max) <= (widths[1]?.intValue ?? 0), "\(path) is wider than \(width)")
            }
        }
        #expect(opened >= 20, "\(opened) details were looked at")
        // The control: the rules do find what is wrong. A style in markup would be refused by the page's own policy.
        try await page.evaluate(
            """
            (() => {
              document.querySelector('main').innerHTML = '<img src="/assets/icon.svg"><button></button><p>pale</p>';
              const pale = document.querySelector('main p');
              pale.style.color = '#999';
              pale.style.background = '#aaa';
            })()
            """)
        let broken = try await AccessibilityRules.violations(on: page)
        for rule in ["image-alt", "button-name", "color-contrast"] {
            #expect(broken.contains { $0.hasPrefix(rule) }, "\(rule) is not in \(broken)")
        }
    }

    /// Opens what is folded away, waits until what is fetched for it has come, and returns how much was opened.
    private func unfold(_ page: BrowserPage) async throws -> Int {
        let count = try await page.evaluate(
            """
            (() => {
              const parts = [...document.querySelectorAll('main details')].slice(0, 40);
              for (const part of parts) part.open = true;
              return parts.length;
            })()
            """)
        try await page.wait(
            for: """
                [...document.querySelectorAll('details[data-src][open]')].every(part =>
                  part.querySelector('[data-into]')?.childElementCount > 0)
                """)
        return count.intValue ?? 0
    }

    @Test func `the focus reaches everything that can be used, and is seen there`() async throws {
        let command = try Command()
        let paths = try paths(command)
        let supervised = try await Supervised(command)
        let page = supervised.page
        for path in paths where !path.hasPrefix("/entries") {
            try await supervised.open(path)
            let count = try await page.evaluate(
                """
                (() => {
                  document.activeElement?.blur();
                  window.wanted = [...document.querySelectorAll(
                    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
                    .filter(part => part.checkVisibility({ visibilityProperty: true }) && !part.disabled);
                  window.reached = new Set();
                  window.unseen = [];
                  return wanted.length;
                })()
                """)
            for _ in 0..<min((count.intValue ?? 0) + 2, 80) {
                try await page.press("Tab")
                try await page.evaluate(
                    """
                    (() => {
                      const part = document.activeElement;
                      if (!part || part === document.body || reached.has(part)) return;
                      reached.add(part);
                      const style = getComputedStyle(part);
                      const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1
                        || style.boxShadow !== 'none';
                      if (!isSeen) unseen.push(part.outerHTML.slice(0, 120));
                    })()
                    """)
            }
            let left = try await page.evaluate(
                "[unseen, wanted.length > 78 ? [] : wanted.filter(part => !reached.has(part)).map(part => part.outerHTML.slice(0, 120))]"
            )
            #expect(left == [[], []], "\(path)")
            #expect((count.intValue ?? 0) > 0, "\(path)")
        }
    }
}
