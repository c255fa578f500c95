import JSONSchemas
import PolicyEngine
import RunJournal
import Supervisor
import TestSupport
import Testing
import WorkflowFormat

/// A question says first what would be done, and last what its policy's author could change.
@Suite(.serialized) struct PurposeTests {
    private static let summary = "File an issue in the tracker."

    private static func tool(_ effect: Effect) -> ToolDefinition {
        ToolDefinition(name: "issue.create", summary: summary, arguments: .anything, effect: effect)
    }

    @Test(arguments: [
        (Effect.queryable, "takes back files alone"), (Effect.opaque, "nobody can look up"), (Effect.idempotent, ""),
    ])
    func `what a call does stands before why a person is asked`(effect: Effect, words: String) async throws {
        let served = try await ServedJournal { $0.tools = [Self.tool(effect)] }
        let client = try await served.client()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let view = try await apart { try client.ask("GET", "/api/questions/\(question.sequence)") }.json
        let about = try #require(view["about"]?.stringValue)
        #expect(about.hasPrefix(Self.summary))
        #expect(words.isEmpty ? about == Self.summary : about.contains(words))
        let page = try await apart { try client.ask("GET", "/questions/\(question.sequence)") }.body
        let first = try #require(page.firstRange(of: Self.summary))
        let then = try #require(page.firstRange(of: "asks a person at this step"))
        #expect(first.upperBound < then.lowerBound)
    }

    @Test func `a tool that is not known has no such words`() async throws {
        let served = try await ServedJournal { $0.tools = [] }
        let client = try await served.client()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let view = try await apart { try client.ask("GET", "/api/questions/\(question.sequence)") }.json
        #expect(view["about"]?.stringValue == "")
        let page = try await apart { try client.ask("GET", "/questions/\(question.sequence)") }.body
        #expect(page.contains("<p class=\"sentence\"><bdi>The workflow asks a person at this step."))
    }

    @Test(arguments: [
        "the policy lists it with `decision: ask`; write `allow` there to stop asking",
        "the policy lists it with `decision: ask`; so it was agreed",
    ])
    func `what the policy's author could change comes last`(reason: String) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let journal = try Journal(path: folder.path("journal.db"), options: JournalOptions(preparedLogByteCount: 0))
        let samples = try PageSamples(in: journal)
        let row = QuestionRow(
            sequence: 7, run: samples.run, address: "file", digest: PageSamples.digest, kind: .call,
            tool: "issue.create", sentence: "A person must decide because of `issue.create`: \(reason).",
            rule: "issue.create", asked: PageSamples.time, workflow: "triage", preview: "", isUntrusted: true)
        let shown = QuestionView(
            row: row, workflow: "triage", about: Self.summary, call: samples.call, change: nil, editable: "",
            endorsable: [], holder: nil, alike: [], previous: nil, next: nil)
        let html = try Pages.questions(
            QuestionsView(questions: [row], shown: shown, groups: []), in: samples.frame)
        let text = try MarkupReader(html).text
        let isHint = reason.contains("allow")
        #expect(text.contains("agreed") == !isHint)
        #expect(text.contains("To whoever writes the policy") == isHint)
        // Names are set as code, and not with the marks that stand for it.
        #expect(
            html.contains("because of <code>issue.create</code>: the policy lists it with <code>decision: ask</code>"))
        #expect(html.contains("<code>allow</code>") == isHint)
        let value = try #require(text.ranges(of: "A title").last)
        let last = try #require(text.firstRange(of: isHint ? "to stop asking" : "so it was agreed"))
        #expect((last.lowerBound > value.upperBound) == isHint)
    }

    @Test(arguments: [
        ("one ` alone", "one ` alone", 0), ("`a` b `c`", "a b c", 2), ("``", "", 0), ("a `<b>` `", "a `<b>` `", 0),
    ])
    func `only what stands between two marks is code`(sentence: String, words: String, count: Int) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let journal = try Journal(path: folder.path("journal.db"), options: JournalOptions(preparedLogByteCount: 0))
        let samples = try PageSamples(in: journal) { $0 == "File an issue." ? sentence : $0 }
        let html = try Pages.questions(samples.questions(), in: samples.frame)
        let start = try #require(html.firstRange(of: "<p class=\"sentence\"><bdi>")).upperBound
        let end = try #require(html[start...].firstRange(of: "</bdi>")).lowerBound
        let line = try MarkupReader(String(html[start..<end]))
        #expect(line.text == words)
        #expect(line.tags.count { $0.name == "code" } == count)
    }
}
