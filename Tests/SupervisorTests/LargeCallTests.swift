import JSONSchemas
import PolicyEngine
import RunJournal
import Supervisor
import TestSupport
import Testing
import WorkflowFormat

/// Calls with much in them are shown as far as a page goes, and what is left out is said.
@Suite(.serialized) struct LargeCallTests {
    private static func call(_ count: Int, _ first: String = "") -> ToolCall {
        ToolCall(
            tool: "file.write",
            arguments: ["path": "a.txt", "text": .string(first + String(repeating: "abcdefg\n", count: count / 8))])
    }

    @Test(arguments: [1_000, 400_000])
    func `a question's page holds the beginning of a long text, and says so`(count: Int) async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let questions = try served.ask([Self.call(count, "first "), Self.call(count, "second ")])
        let page = try await apart { try client.ask("GET", "/questions/\(questions[1].sequence)") }
        #expect(page.status == 200 && page.body.contains("second abcdefg"))
        #expect(page.body.utf8.count < 400_000)
        let isLong = count > 100_000
        #expect(page.body.contains("Only the beginning is shown here") == isLong)
        #expect(page.body.contains("<a href=\"/entries/\(questions[1].sequence)\">The whole text") == isLong)
        #expect(page.body.contains("too long to be edited here") == isLong)
        #expect(page.body.contains("id=\"edited\"") == !isLong)
        // The interface has all of it, and so has the entry.
        let whole = try await apart { try client.ask("GET", "/api/questions/\(questions[1].sequence)") }
        #expect(whole.body.utf8.count > count)
        let listed = try await apart { try client.ask("GET", "/api/questions") }
        #expect(listed.json["questions"]?.arrayValue?.count == 2 && listed.body.utf8.count < 10_000)
    }

    @Test func `a list of questions is the same when it is asked for again, and when one is answered`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let questions = try served.ask([Self.call(80, "first "), Self.call(80, "second ")])
        func listed() async throws -> [JSONValue] {
            try await apart { try client.ask("GET", "/api/questions") }.json["questions"]?.arrayValue ?? []
        }
        let first = try await listed()
        #expect(first.map { $0["digest"]?.stringValue } == questions.map(\.digest))
        #expect(first.map { $0["tool"]?.stringValue } == ["file.write", "file.write"])
        #expect(try await listed() == first)
        let denied = try await apart { try client.answer([AnsweringTests.answer(questions[0], "deny")]) }
        #expect(denied.status == 200)
        #expect(try await listed() == [first[1]])
    }

    @Test func `questions in short have all but their bodies`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask([Self.call(80, "first "), Self.call(80, "second ")])
        _ = try served.ask([Self.call(80, "third ")])
        let run = try #require(questions.first?.run)
        let short = try served.journal.pendingApprovalsInShort(run: run)
        #expect(short.count == 2 && short.allSatisfy { $0.body.isNull })
        #expect(try short.map { try served.journal.filled($0) } == questions)
        #expect(try served.journal.pendingApprovalsInShort().count == 3)
    }

    @Test(arguments: [(8, true), (2, false)])
    func `the newest cases of feedback fit a page, and that there are more is said`(
        count: Int, hasMore: Bool
    ) async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let questions = try served.ask((0..<count).map { Self.call(800_000, "case \($0) ") })
        let denied = try await apart { try client.answer(questions.map { AnsweringTests.answer($0, "deny") }) }
        #expect(denied.status == 200)
        let view = try await apart { try client.ask("GET", "/api/feedback") }
        let cases = view.json["cases"]?.arrayValue ?? []
        #expect(view.json["more"]?.boolValue == hasMore)
        #expect(cases.first?["asked"]?["text"]?.stringValue?.hasPrefix("case \(count - 1) ") == true)
        #expect(view.body.utf8.count < 6 << 20 && (cases.count == count) == !hasMore)
        let page = try await apart { try client.ask("GET", "/feedback") }
        #expect(page.status == 200 && page.body.utf8.count < 500_000)
        #expect(page.body.contains("The whole text") && page.body.contains("Older cases") == hasMore)
        // Whoever collects gets all of them.
        #expect(try FeedbackCases.all(in: served.journal).count == count)
    }

    @Test func `an edit far behind the beginning of a long text is shown`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let start = String(repeating: "abcdefg\n", count: 4000)
        func call(_ word: String) -> ToolCall {
            ToolCall(tool: "file.write", arguments: ["path": "a.txt", "text": .string(start + word + "\n")])
        }
        let question = try #require(try served.ask([call("old-word")]).first)
        let answer: JSONValue = [
            "question": .integer(question.sequence), "digest": .string(question.digest), "decision": "approve",
            "edited": .object(call("new-word").arguments),
        ]
        #expect(try await apart { try client.answer([answer]) }.status == 200)
        let page = try await apart { try client.ask("GET", "/feedback") }.body
        #expect(page.contains("asked: </span>old-word") && page.contains("wanted: </span>new-word"))
        #expect(page.contains("that are the same in both"))
    }
}
