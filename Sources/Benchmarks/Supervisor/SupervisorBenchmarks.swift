import Foundation
import JSONSchemas
import RunJournal
import TestSupport

/// What the supervisor page promises: how soon it is there, how soon a long run and a new entry are seen, what it takes.
///
/// A browser, Debian's Chromium, is part of the measurement where something is seen.
enum SupervisorBenchmarks {
    private static let entryCount = 10_000
    private static let eventCount = 100
    private static let openRunCount = 50

    /// From the start of `warrant serve` to its link, with a record of some size.
    static func start(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        let place = try SupervisedFolder()
        try fill(place.journal(), runs: 10)
        var seconds: [Double] = []
        for _ in 0..<arguments.rounds {
            let begun = ContinuousClock.now
            let server = try place.serve()
            seconds.append((ContinuousClock.now - begun) / .seconds(1))
            withExtendedLifetime(server) {}
        }
        return [Measurement("start to link", "s", seconds, goal: 0.5, isStrict: true)]
    }

    /// A run of 10,000 entries, by a server that has not seen it before, from the click to the loaded page; then again, its
    /// beginning, and from the top of the page to its end.
    static func open(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        let place = try SupervisedFolder()
        let many = try ManyRows.write(1_700, to: place.folder)
        let run = try place.play(many.workflow, script: many.script)
        let count = try place.journal().head().sequence
        guard count >= entryCount else {
            throw SupervisedFolder.Failure(description: "The run has only \(count) entries.")
        }
        let browser = try await Browser()
        var seconds: [String: [Double]] = [:]
        var frames: [Double] = []
        for _ in 0..<arguments.rounds {
            let server = try place.serve()
            let page = try await signIn(browser, server)
            for (name, path) in [("first", ""), ("again", ""), ("beginning", "?from=0")] {
                let begun = ContinuousClock.now
                try await page.open(server.url + "/runs/\(run)" + path)
                seconds[name, default: []].append((ContinuousClock.now - begun) / .seconds(1))
            }
            frames.append(try await scroll(page))
            try await page.close()
        }
        func measurement(_ metric: String, _ name: String) -> Measurement {
            Measurement(metric, "s", seconds[name] ?? [], goal: 1, isStrict: true)
        }
        return [
            Measurement("entries of the run", "entries", [Double(count)]),
            measurement("a run of 10,000 entries opens", "first"), measurement("it opens again", "again"),
            measurement("its first steps open", "beginning"),
            Measurement("slowest frame while it scrolls", "ms", frames),
        ]
    }

    /// The slowest frame on the way to the page's end.
    private static func scroll(_ page: BrowserPage) async throws -> Double {
        try await page.evaluate(
            """
            new Promise(resolve => {
              let last = performance.now(), slowest = 0;
              const step = () => {
                const now = performance.now();
                slowest = Math.max(slowest, now - last);
                last = now;
                const before = scrollY;
                scrollBy(0, 400);
                if (scrollY === before) resolve(slowest); else requestAnimationFrame(step);
              };
              requestAnimationFrame(() => { last = performance.now(); requestAnimationFrame(step) });
            })
            """
        ).doubleValue ?? .infinity
    }

    /// From the end of a commit to its entry on an open page, as the browser tells it.
    static func event(_ arguments: BenchmarkArguments) async throws -> [Measurement] {
        let place = try SupervisedFolder()
        let journal = try place.journal()
        let run = RunID.generate()
        let lease = try journal.lease(run)
        defer { lease.release() }
        try journal.start(seed(run))
        try journal.append(.stepStarted, run: run, step: "triage[0]/file#1")
        let server = try place.serve()
        let browser = try await Browser()
        let page = try await signIn(browser, server)
        try await page.open(server.url + "/runs/\(run)")
        try await page.wait(for: "document.querySelector('#live')?.dataset.state === 'live'")
        var milliseconds: [Double] = []
        for index in 0..<eventCount {
            try await page.evaluate(
                """
                window.seen = new Promise(resolve => {
                  const observer = new MutationObserver(() => { observer.disconnect(); resolve(true) });
                  observer.observe(document.querySelector('#tail'), { childList: true });
                }), 0
                """)
            try journal.append(.callDecided, run: run, step: "triage[0]/file#1", body: Bodies.decided(index))
            let committed = ContinuousClock.now
            try await page.evaluate("seen")
            milliseconds.append((ContinuousClock.now - committed).milliseconds)
        }
        return [
            Measurement("commit to page", "ms", milliseconds, goal: 250, isStrict: true),
            Measurement("the slowest", "ms", [milliseconds.max() ?? .infinity], goal: 250, isStrict: true),
        ]
    }

    /// The server's memory with 50 runs of 1,000 entries open, each page read and listened to.
    static func memory(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        let place = try SupervisedFolder()
        let runs = try fill(place.journal(), runs: openRunCount)
        let server = try place.serve()
        let idle = Double(server.residentByteCount) / 1e6
        let client = try SupervisorClient(link: server.link)
        var listeners: [LoopbackSocket] = []
        for run in runs {
            for path in ["/runs/\(run)", "/runs/\(run)?from=0", "/api/runs/\(run)"] {
                let answer = try client.ask("GET", path)
                guard answer.status == 200 else {
                    throw SupervisedFolder.Failure(description: "\(path) gave \(answer.status): \(answer.body)")
                }
            }
            listeners.append(try client.listen())
        }
        let journal = try place.journal()
        for run in runs { try journal.append(.note, run: run, body: ["text": "heard"]) }
        for listener in listeners { _ = listener.receive(until: "event: entry") }
        return [
            Measurement("memory at its start", "MB", [idle]),
            Measurement(
                "memory with 50 runs open", "MB", [Double(server.residentByteCount) / 1e6], goal: 150, isStrict: true),
        ]
    }

    // MARK: What is shown

    private static func signIn(_ browser: Browser, _ server: SupervisorProcess) async throws -> BrowserPage {
        let page = try await browser.page()
        try await page.open(server.link)
        try await page.wait(for: "location.pathname === '/runs' && document.readyState === 'complete'")
        return page
    }

    private static func seed(_ run: RunID) -> RunSeed {
        RunSeed(id: run, workflow: "ticket-triage", directory: "/tmp/out", parameters: ["inputs": ["project": "demo"]])
    }

    /// Runs of 1,000 entries each.
    @discardableResult
    private static func fill(_ journal: Journal, runs count: Int) throws -> [RunID] {
        try (0..<count).map { _ in
            let run = RunID.generate()
            try journal.start(seed(run))
            var drafts: [JournalEntryDraft] = []
            for index in 0..<200 {
                let address = "triage[\(index)]/file#1"
                let id = Bodies.effectID(run, index)
                drafts += [
                    JournalEntryDraft(.callProposed, step: address, body: Bodies.proposed(index)),
                    JournalEntryDraft(.callDecided, step: address, body: Bodies.decided(index)),
                    JournalEntryDraft(.executionStarted, step: address, body: Bodies.started(id, "pure")),
                    JournalEntryDraft(.observationRecorded, step: address, body: Bodies.observed(index, id)),
                    JournalEntryDraft(.stepFinished, step: address, body: Bodies.finished(index)),
                ]
            }
            try journal.append(drafts, run: run)
            return run
        }
    }
}
