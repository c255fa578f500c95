import JSONSchemas
import RunJournal
import TestSupport
import Testing

/// What the timeline of a run says about its steps.
@Suite(.serialized) struct TimelineTests {
    @Test(arguments: [("needs_person", "unsure"), ("done", "done"), ("waiting", "waiting")])
    func `a read that is unsure asks nobody`(outcome: String, state: String) async throws {
        let served = try await ServedJournal()
        let run = RunID.generate()
        try served.journal.start(
            RunSeed(id: run, workflow: "triage", directory: "/tmp/out", parameters: ["inputs": [:]]))
        try served.journal.append(.stepStarted, run: run, step: "class")
        let body: JSONValue = ["outcome": "succeeded", "result": ["outcome": .string(outcome), "value": .null]]
        try served.journal.append(.stepFinished, run: run, step: "class", body: body)
        let client = try await served.client()
        let view = try await apart { try client.ask("GET", "/api/runs/\(run)") }.json
        #expect(view["steps"]?[0]?["state"]?.stringValue == state)
        let page = try await apart { try client.ask("GET", "/runs/\(run)") }.body
        #expect(page.contains("a person is asked") == (state == "waiting"))
        #expect(page.contains("unsure, no value") == (state == "unsure"))
    }

    @Test(arguments: [("needs_person", "null"), ("done", "{\"says\":\"talk\"}")])
    func `a step shows what the run goes on with, not what was too unsure`(outcome: String, shown: String) async throws
    {
        let served = try await ServedJournal()
        let run = RunID.generate()
        try served.journal.start(
            RunSeed(id: run, workflow: "triage", directory: "/tmp/out", parameters: ["inputs": [:]]))
        let body: JSONValue = [
            "written": ["says": "talk"], "result": ["outcome": .string(outcome), "value": .null],
        ]
        try served.journal.append(.stepFinished, run: run, step: "class", body: body)
        let client = try await served.client()
        let view = try await apart { try client.ask("GET", "/api/runs/\(run)") }.json
        #expect(view["steps"]?[0]?["preview"]?["text"]?.stringValue == shown)
        let page = try await apart { try client.ask("GET", "/runs/\(run)/step?at=class") }.body
        #expect(page.contains("needs person") == false)
        #expect(page.contains("unsure, no value") == (outcome == "needs_person"))
    }
}
