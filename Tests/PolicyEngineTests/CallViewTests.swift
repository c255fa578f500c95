import JSONSchemas
import PolicyEngine
import Provenance
import Testing
import WorkflowFormat

@Suite struct CallViewTests {
    private struct NotAsked: Error {}

    private func request(_ arguments: JSONObject, labels: [String: Label]) throws -> ApprovalRequest {
        let policy = try Samples.policy(Samples.rule("issue.create", .ask))
        let decision = policy.decide(
            Samples.call(arguments, label: Samples.untrusted), in: Samples.context(labels: labels))
        guard case .ask(let request) = consume decision else { throw NotAsked() }
        return request
    }

    @Test func `a question is shown with its raw values, their places and the text around them`() throws {
        let row: JSONValue = [
            "title": "x", "body": .string(String(repeating: "before ", count: 30) + "it CRASHES here\nat once after."),
        ]
        let asked = try request(
            ["project": "demo", "title": "it CRASHES here"],
            labels: ["project": .trusted(.workflow()), "title": Samples.untrusted])
        let view = CallView(asked, askedAt: "2026-01-02T03:04:05Z") { source in
            source == Samples.ticket ? row : nil
        }
        #expect(view.arguments.map(\.name) == ["project", "title"])
        let title = view.arguments[1]
        #expect(title.value == "it CRASHES here" && title.label == Samples.untrusted)
        #expect(title.origins.map(\.source) == [Samples.ticket])
        let snippet = try #require(title.origins.first?.snippet)
        #expect(snippet.isVerbatim && snippet.text.contains("before it CRASHES here\\nat once after."))
        #expect(snippet.text.hasPrefix("...") && snippet.text.utf8.count < 250)
        // What the workflow's author wrote needs no place to look it up.
        #expect(view.arguments[0].origins.map(\.snippet) == [nil])
        #expect(view.decision == .ask && view.rule == asked.rule && view.digest == asked.digest)
        #expect(view.lifetimeSeconds == 24 * 3600)
        let json = view.toJSON()
        #expect(json["arguments"]?[1]?["value"] == "it CRASHES here")
        #expect(json["asked"] == "2026-01-02T03:04:05Z")
    }

    @Test func `nothing that a document wrote reaches a terminal as it is`() throws {
        let hostile = "red \u{1B}[31m, left \u{202E}, gone \u{200B}\u{AD}, bell \u{7}, tag \u{E0041}\r\nsecond"
        let asked = try request(["title": .string(hostile)], labels: [:])
        let view = CallView(asked) { _ in .string("source " + hostile) }
        let title = view.arguments[0]
        #expect(
            title.text
                == "red \\u{1b}[31m, left \\u{202e}, gone \\u{200b}\\u{ad}, bell \\u{7}, tag \\u{e0041}\\u{d}\nsecond")
        let snippet = try #require(title.origins.first?.snippet)
        #expect(snippet.isVerbatim)
        #expect(
            !snippet.text.contains("\n")
                && snippet.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
        // The raw value is still there for whoever needs it.
        #expect(title.value == .string(hostile))
    }

    @Test func `a value that does not stand in its source is shown with the source's beginning`() throws {
        let text = String(repeating: "ü", count: 500)
        let snippet = try #require(SourceSnippet(of: "Crash", in: ["a": .null, "b": .string(text)]))
        #expect(!snippet.isVerbatim && snippet.text.hasPrefix("üü") && snippet.text.hasSuffix("..."))
        #expect(snippet.text.utf8.count < 200)
        #expect(SourceSnippet(of: "Crash", in: [true, .null]) == nil)
        #expect(SourceSnippet(of: ["labels", "bug"], in: "a bug it is")?.isVerbatim == true)
        #expect(SourceSnippet(of: 13, in: ["id": 13])?.text == "13")
        #expect(SourceSnippet(of: "", in: "text")?.isVerbatim == false)
        // Long values are found by all of their text, and shown by its beginning.
        let long = String(repeating: "word ", count: 400)
        let found = try #require(SourceSnippet(of: .string(long), in: .string("start " + long + "end")))
        #expect(found.isVerbatim && found.text.utf8.count < 260)
    }

    @Test func `many sources are counted, not listed`() throws {
        let many = Label(
            integrity: .untrusted, sources: Set((0..<9).map { Source(step: "s\($0)", tool: "file.read") }))
        let view = CallView(try request(["title": "t"], labels: ["title": many])) { _ in nil }
        #expect(view.arguments[0].origins.count == CallView.Argument.originLimit)
        #expect(view.arguments[0].furtherOriginCount == 5)
        // The control for what follows: of places that say nothing the first ones by name are shown.
        #expect(view.arguments[0].origins.map(\.source.step) == ["s0", "s1", "s2", "s3"])
        // Those that hold the value aren't left out for them.
        let told = CallView(try request(["title": "Crash"], labels: ["title": many])) { place in
            .string(place.step == "s5" || place.step == "s8" ? "a Crash it is" : "nothing")
        }
        #expect(told.arguments[0].origins.map(\.source.step) == ["s5", "s8", "s0", "s1"])
        #expect(told.arguments[0].furtherOriginCount == 5)
        #expect(told.arguments[0].furtherOrigins.map(\.step) == ["s2", "s3", "s4", "s6", "s7"])
        // What made the value is the value alone, and comes before what only holds it.
        let made = CallView(try request(["title": "Crash"], labels: ["title": many])) { place in
            .string(place.step == "s7" ? "Crash" : place.step == "s2" ? "a Crash it is" : "nothing")
        }
        #expect(made.arguments[0].origins.map(\.source.step) == ["s7", "s2", "s0", "s1"])
    }
}
