import Foundation
import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// A state folder with `warrant serve` on it and a browser that is signed in.
struct Supervised {
    let command: Command
    let server: SupervisorProcess
    let browser: Browser
    /// Shows the page of runs at first.
    let page: BrowserPage

    /// Starts both; of the page nothing is shown before this returns.
    init(_ command: Command, width: Int = 1280) async throws {
        self.command = command
        server = try command.serve()
        browser = try await Browser()
        page = try await browser.page(width: width)
        try await page.open(server.link)
        try await page.wait(for: "location.pathname === '/runs' && document.readyState === 'complete'")
    }

    var url: String { server.url }

    /// Shows a page of the server.
    @discardableResult
    func open(_ path: String) async throws -> Int { try await page.open(url + path) }

    /// Waits until the page hears what happens.
    func listen() async throws {
        try await page.wait(for: "document.querySelector('#live')?.dataset.state === 'live'")
    }

    /// Another page with the same session.
    func tab(_ path: String) async throws -> BrowserPage {
        let tab = try await browser.page()
        try await tab.open(url + path)
        return tab
    }

    /// Expects that since `mark` nothing ran that came from a text, nothing was blocked or thrown, and nothing was asked
    /// of anybody but the server.
    func expectQuiet(
        _ page: BrowserPage? = nil, from mark: Int = 0, _ place: String = "",
        location: SourceLocation = #_sourceLocation
    ) {
        let page = page ?? self.page
        #expect(page.canaries(from: mark) == [], "\(place)", sourceLocation: location)
        #expect(page.exceptions(from: mark) == [], "\(place)", sourceLocation: location)
        #expect(page.complaints(from: mark) == [], "\(place)", sourceLocation: location)
        let foreign = page.requests(from: mark).filter { !$0.hasPrefix(url + "/") && $0 != "about:blank" }
        #expect(foreign == [], "\(place)", sourceLocation: location)
    }
}

extension BrowserPage {
    /// Looks at a question for as long as the page wants before it sends an answer.
    func look() async throws { try await Task.sleep(for: .milliseconds(800)) }
}

extension Command {
    /// Starts `warrant serve` on this state folder.
    func serve(_ arguments: [String] = ["--port", "0"]) throws -> SupervisorProcess {
        try SupervisorProcess(Self.executable, arguments: arguments, environment: environment)
    }

    /// The record of this state folder.
    func journal() throws -> Journal { try Journal(path: folder.path("home/journal.db")) }

    /// Writes the workflow that asks three questions, and what its model says.
    func writeFiling() throws {
        try folder.write(Workflows.filing, to: "filing/workflow.yaml")
        try folder.write(Workflows.rows, to: "filing/rows.jsonl")
        try folder.write(Workflows.script, to: "filing/script.jsonl")
    }

    /// Runs a workflow with its script up to its questions.
    func park(_ name: String = "filing") throws -> String {
        let parked = try verdict(
            [
                "run", folder.path(name), "--model", "scripted:" + folder.path(name + "/script.jsonl"), "--output",
                folder.path("out"),
            ], exit: 2)
        return try #require(parked.verdict?["run"]?.stringValue)
    }
}
