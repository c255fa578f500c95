import Foundation
import JSONSchemas
import RunJournal
import TestSupport

/// `warrant-bench screenshots FOLDER`: pictures of each of the supervisor's pages, wide and narrow, light and dark, of runs of
/// the samples that come along.
enum Screenshots {
    /// What the command is called.
    static let name = "screenshots"
    private static let widths = [1280, 390]

    static func run(_ words: [String]) async throws {
        guard words.count == 1, let folder = words.first, !folder.hasPrefix("-") else {
            throw BenchmarkArguments.UsageError(
                description: "Can't take pictures: write `warrant-bench screenshots FOLDER`.")
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let place = try SupervisedFolder()
        let pages = try pages(in: place)
        let server = try place.serve()
        let browser = try await Browser()
        let page = try await browser.page()
        try await page.open(server.link)
        try await page.wait(for: "location.pathname === '/runs' && document.readyState === 'complete'")
        for isDark in [false, true] {
            try await page.setDark(isDark)
            for width in widths {
                try await page.resize(width: width, height: width > 600 ? 800 : 844)
                for (name, path) in pages {
                    let status = try await page.open(server.url + path)
                    guard status == 200 else {
                        throw SupervisedFolder.Failure(description: "Can't show \(path): the answer is \(status).")
                    }
                    let file = "\(folder)/\(name)-\(width)\(isDark ? "-dark" : "").png"
                    try Data(try await page.screenshot()).write(to: URL(filePath: file))
                    print(file)
                }
            }
        }
    }

    /// Runs the samples, and names the pages that show them.
    private static func pages(in place: SupervisedFolder) throws -> [(name: String, path: String)] {
        func sample(_ name: String) throws -> String {
            let workflow = place.workflows + "/" + name
            return try place.play(workflow, script: workflow + "/sample.script.jsonl")
        }
        let answered = try sample("spec-to-test-plan")
        let questions = try place.journal().pendingApprovals().map(\.step)
        if let first = questions.first {
            try place.run(["deny", answered, first, "--why", "known since March"])
            try place.run(["approve", answered, "all"])
            try place.run(["resume", answered])
        }
        let waiting = try sample("ticket-triage")
        let journal = try place.journal()
        let steps = try journal.entries(
            of: RunID(waiting) ?? RunID.generate(), kinds: [.valueProduced, .approvalRequested])
        var pages = [
            ("runs", "/runs"), ("run-done", "/runs/\(answered)"), ("run-waiting", "/runs/\(waiting)"),
            ("questions", "/questions"), ("workflows", "/workflows"), ("workflow", "/workflows/ticket-triage"),
            ("feedback", "/feedback"), ("evaluations", "/evaluations"), ("journal", "/journal"),
        ]
        for (name, kind) in [("step-read", JournalEntryKind.valueProduced), ("step-call", .approvalRequested)] {
            guard let step = steps.first(where: { $0.kind == kind })?.step else { continue }
            let address = step.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? step
            pages.append((name, "/runs/\(waiting)/step?at=\(address)"))
        }
        return pages
    }
}
