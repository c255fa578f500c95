import JSONSchemas
import ModelRuntime
import Orchestration
import PolicyEngine
import RunJournal
import Synchronization
import TestSupport
import Testing

/// What loops with `parallel: N` ask before an item's turn, and what they don't.
@Suite(.timeLimit(.minutes(2))) struct LookaheadTests {
    /// A loop over notes; `steps` stands in it.
    private static func text(_ steps: String, call: String = "") -> String {
        """
        workflow: ahead
        description: Reads notes.
        inputs:
          notes: { type: file, default: notes.jsonl }
        tools: [file.read\(call.isEmpty ? "" : ", issue.create")]
        policy:
          tools:
            file.read: { decision: allow }
        \(call)
        steps:
          - id: load
            call: file.read
            with: { path: "${inputs.notes}", as: jsonl }
          - id: each
            for_each: "${steps.load.rows}"
            as: row
            parallel: 3
        \(steps)
        outputs:
          result: { json: { items: "${steps.each.items}" }, to: result.json }

        """
    }

    private static let reading = """
            read: "${row.text}"
            instruction: What is it?
            max_tokens: 40
            schema: { type: object, properties: { kind: { enum: [bug, idea] } }, required: [kind], additionalProperties: false }
        """

    private static func notes(_ texts: [String]) -> [String: String] {
        ["notes.jsonl": texts.map { #"{"text": "\#($0)"}"# + "\n" }.joined()]
    }

    private static let three = notes(["note 0", "note 1", "note 2"])

    private func served(_ stub: ChatStub) throws -> ServerModel {
        ServerModel(
            try ServerAddress(stub.address),
            clock: RetryClock { _ in
            } draw: {
                0
            })
    }

    private static func asksName(_ request: LoopbackServer.Request) -> Bool {
        String(decoding: request.body, as: UTF8.self).contains("Give it a name.")
    }

    /// Three steps an item: a reading, one that may be stopped, and a reading that doesn't hang on it.
    private static func gated(_ gate: String, call: String = "") -> String {
        text(
            """
                steps:
                  - id: class
                    read: "${row.text}"
                    instruction: What is it?
                    max_tokens: 40
                    schema: { type: object, properties: { kind: { enum: [bug, idea] } }, required: [kind], additionalProperties: false }
                  - id: gate
                    \(gate)
                  - id: name
                    read: "${row.text}"
                    instruction: Give it a name.
                    max_tokens: 40
                    schema: { type: object, properties: { name: { type: string, maxLength: 30 } }, required: [name], additionalProperties: false }
            """, call: call)
    }

    private static let gates = [
        gated("approve: { summary: go on? }"),
        gated(
            "call: issue.create\n        with: { project: demo, title: \"${row.text}\", body: \"${row.text}\" }",
            call:
                "    issue.create: { decision: ask, max: 9, args: { title: { allow: untrusted }, body: { allow: untrusted } } }"
        ),
    ]

    @Test(arguments: gates)
    func `a server is told nothing behind a question to a person before the answer`(text: String) async throws {
        let stub = try ChatStub { request in
            ChatStub.text(Self.asksName(request) ? #"{"name": "Crash"}"# : #"{"kind": "bug"}"#)
        }
        let inbox = CountingInbox { stub.requests.count(where: Self.asksName) }
        let verdict = try await Stage(text, files: Self.three).play(on: served(stub), inbox: inbox)
        #expect(verdict.outcome == .done, "\(verdict)")
        #expect(inbox.counts == [0, 1, 2])
        #expect(stub.requests.count == 6)
        // Control arm: weights in this process are asked ahead, as nothing leaves it.
        let script = (0..<3).flatMap { index -> [(step: String, value: JSONValue)] in
            [("each[\(index)]/class", ["kind": "bug"]), ("each[\(index)]/name", ["name": "Crash"])]
        }
        let model = GatheringModel(script)
        let watching = CountingInbox { model.asked.count { $0.hasSuffix("/name") } }
        let local = try await Stage(text, files: Self.three).play(on: model, inbox: watching)
        #expect(local.outcome == .done, "\(local)")
        #expect(watching.counts.first ?? 0 > 0)
    }

    @Test func `a failure that may pass is asked again in its item's turn, and no other is`() async throws {
        for parallel in [3, 1] {
            let text = Self.text(Self.reading).replacing("parallel: 3", with: "parallel: \(parallel)")
            // As many times as a question is tried.
            let busy = try Troubled(4, ChatStub.error(503))
            let verdict = try await Stage(text, files: Self.three).play(on: served(busy.stub))
            #expect(verdict.outcome == (parallel == 1 ? .tryAgain : .done), "\(verdict)")
            #expect(busy.count == (parallel == 1 ? 4 : 5))
            let wrong = try Troubled(1, ChatStub.error(404))
            let refused = try await Stage(text, files: Self.three).play(on: served(wrong.stub))
            #expect(refused.outcome != .done, "\(refused)")
            #expect(wrong.count == 1)
        }
    }

    @Test func `two equal questions are asked once where answers are kept`() async throws {
        // Of the first two, one is asked; it waits for the third, so that the other one comes in between.
        let files = Self.notes(["the same", "the same", "another"])
        let script = (0..<3).map { (step: "each[\($0)]", value: ["kind": "bug"] as JSONValue) }
        for isKept in [true, false] {
            let stage = try Stage(Self.text(Self.reading), files: files)
            let model = GatheringModel(script, gathering: 2, sha256: String(repeating: "a", count: 64))
            let memory = try AnswerStore(path: stage.folder.path("answers.sqlite"))
            let verdict = try await stage.play(
                on: model, memory: isKept ? RememberedAnswers(memory, isFresh: false) : nil)
            #expect(verdict.outcome == .done, "\(verdict)")
            #expect(model.asked.count == (isKept ? 2 : 3), "\(model.asked)")
            let usages = try stage.entries(verdict.run, .stepFinished).filter { $0.step.hasPrefix("each[") }
                .map { $0.body["usage"]?["remembered"]?.intValue ?? 0 }
            #expect(usages.reduce(0, +) == (isKept ? 1 : 0))
            let items = try stage.output()["items"]?.arrayValue ?? []
            #expect(items.map { $0["result"]?["value"]?["kind"] } == ["bug", "bug", "bug"])
        }
    }
}

/// Somebody who approves everything, and counts something at each question.
private final class CountingInbox: ApprovalInbox {
    private let count: @Sendable () -> Int
    private let found = Mutex<[Int]>([])

    init(_ count: @escaping @Sendable () -> Int) { self.count = count }

    var counts: [Int] { found.withLock { $0 } }

    func answer(to request: ApprovalRequest) async throws -> Approval? {
        let now = count()
        found.withLock { $0.append(now) }
        return try await Somebody().answer(to: request)
    }
}

/// A server that fails a few times on the second of three notes.
private final class Troubled: Sendable {
    private final class Count: Sendable {
        let value = Mutex(0)
    }

    let stub: ChatStub
    private let asked: Count

    init(_ times: Int, _ failure: LoopbackServer.Answer) throws {
        let asked = Count()
        self.asked = asked
        stub = try ChatStub { request in
            let good = ChatStub.text(#"{"kind": "bug"}"#)
            guard String(decoding: request.body, as: UTF8.self).contains("note 1") else { return good }
            let number = asked.value.withLock { count in
                count += 1
                return count
            }
            return number <= times ? failure : good
        }
    }

    /// How often it was asked about that note.
    var count: Int { asked.value.withLock { $0 } }
}
