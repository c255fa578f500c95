import JSONSchemas
import ModelRuntime
import TestSupport
import Testing

/// Servers that fail, each beside one that doesn't.
@Suite(.timeLimit(.minutes(2))) struct ServerTroubleTests {
    private static let good = ChatStub.text(#"{"kind": "bug"}"#)

    /// Shows first that a server answers, and then what becomes of `bad` answers, of which every try gets one.
    private func trouble(
        _ bad: LoopbackServer.Answer, _ code: ModelError.Code, tries: Int = 1,
        limits: ServerLimits = ServerLimits(), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let stub = try ChatStub(Self.good, bad)
        let trial = try ServerTrial(stub.address, limits: limits)
        _ = try await trial.ask()
        let error = await trial.expect(code, sourceLocation: sourceLocation)
        #expect(stub.requests.count == 1 + tries, sourceLocation: sourceLocation)
        #expect(trial.waits.count == tries - 1, sourceLocation: sourceLocation)
        return error?.description ?? ""
    }

    @Test func `a server that says nothing runs into the time limit`() async throws {
        var silent = LoopbackServer.Answer()
        silent.isSilent = true
        let text = try await trouble(
            silent, .serverUnavailable, limits: ServerLimits(timeLimit: .milliseconds(1_500)))
        #expect(text.contains("no complete answer came in 1.5 seconds"))
    }

    @Test func `a server that stops within its answer runs into the time limit`() async throws {
        var half = ChatStub.text("{\"kin", finish: nil)
        half.announcedLength = 100_000
        half.hangs = true
        _ = try await trouble(half, .serverUnavailable, limits: ServerLimits(timeLimit: .milliseconds(1_500)))
    }

    @Test func `a server that sends nothing for too long is given up`() async throws {
        var half = ChatStub.text("{\"kin", finish: nil)
        half.announcedLength = 100_000
        half.hangs = true
        _ = try await trouble(half, .serverUnavailable, limits: ServerLimits(stallTimeLimit: .seconds(1)))
    }

    @Test func `a slow drip ends at the time limit`() async throws {
        var drip = ChatStub.stream([#"{"choices": [{"delta": {"content": " "}}]}"#])
        drip.repetitions = 600
        drip.pause = .milliseconds(50)
        _ = try await trouble(drip, .serverUnavailable, limits: ServerLimits(timeLimit: .milliseconds(1_500)))
    }

    @Test func `a body without end is cut at the limit`() async throws {
        var huge = ChatStub.stream([#"{"choices": [{"delta": {"content": ""}}]}"#])
        huge.repetitions = 1_000_000
        let text = try await trouble(huge, .serverAnswerInvalid, limits: ServerLimits(answerByteLimit: 20_000))
        #expect(text.contains("longer than 20000 bytes"))
    }

    @Test func `a text without end is cut at the limit`() async throws {
        var huge = ChatStub.stream([
            #"{"choices": [{"delta": {"content": "\#(String(repeating: "x", count: 60_000))"}}]}"#
        ])
        huge.repetitions = 1_000
        _ = try await trouble(huge, .serverAnswerInvalid)
    }

    @Test(arguments: [
        "{", "[]", "{\"choices\": 5}", "null", "\u{0}\u{1}",
        #"{"choices": [{"delta": {"content": "x"}, "finish_reason": "tool_calls"}]}"#,
    ])
    func `garbage for events is no answer`(event: String) async throws {
        let text = try await trouble(ChatStub.stream([event]), .serverAnswerInvalid)
        #expect(text.contains("no chat completion"))
    }

    @Test(arguments: ["text/html", "", "application/octet-stream", "text/<b>"])
    func `an answer of another type is no answer`(type: String) async throws {
        var other = Self.good
        other.headers["Content-Type"] = type
        let text = try await trouble(other, .serverAnswerInvalid)
        #expect(text.contains("no event stream"))
        #expect(!text.contains("<b>"))
    }

    @Test func `a document that is no completion is no answer`() async throws {
        _ = try await trouble(ChatStub.json(["hello": "there"]), .serverAnswerInvalid)
        _ = try await trouble(
            LoopbackServer.Answer(headers: ["Content-Type": "application/json"], body: [1, 2]), .serverAnswerInvalid)
    }

    @Test func `a connection that drops half way is tried again`() async throws {
        var cut = ChatStub.text("{\"kin", finish: nil)
        cut.announcedLength = 100_000
        _ = try await trouble(cut, .serverUnavailable, tries: 4)
        let stub = try ChatStub(cut, ChatStub.text("{\"kin", finish: nil), Self.good)
        let trial = try ServerTrial(stub.address)
        #expect(try await trial.ask().text == #"{"kind": "bug"}"#)
        #expect(stub.requests.count == 3)
    }

    @Test func `nobody listening is tried again and then said`() async throws {
        var port = 0
        do {
            let stub = try ChatStub(Self.good)
            port = stub.port
        }
        let trial = try ServerTrial("http://127.0.0.1:\(port)/v1#small")
        let error = await trial.expect(.serverUnavailable)
        #expect(trial.waits.count == 3)
        #expect(error?.description.contains("4 times") == true)
    }

    @Test func `a connection that doesn't come about is tried again and then said`() async throws {
        let full = try FullListener()
        let trial = try ServerTrial(
            "http://127.0.0.1:\(full.port)/v1#small", limits: ServerLimits(connectTimeLimit: .milliseconds(300)))
        let error = await trial.expect(.serverUnavailable)
        #expect(trial.waits.count == 3)
        let text = error?.description ?? ""
        #expect(text.contains("no connection in 0.3 seconds, 4 times"), "\(text)")
    }

    @Test func `an answer is taken whose connection stays open behind its end`() async throws {
        var open = Self.good
        open.announcedLength = 100_000
        open.hangs = true
        let stub = try ChatStub(open)
        #expect(try await ServerTrial(stub.address).ask().text == #"{"kind": "bug"}"#)
        #expect(stub.requests.count == 1)
        // Control arm: one that nobody says is the end may not be it.
        var unended = ChatStub.stream([
            #"{"choices": [{"delta": {"content": "{\"kind\": \"bug\"}"}, "finish_reason": "stop"}]}"#
        ])
        unended.announcedLength = 100_000
        unended.hangs = true
        _ = try await trouble(unended, .serverUnavailable, limits: ServerLimits(timeLimit: .milliseconds(1_500)))
    }

    @Test(arguments: [500, 502, 503, 504, 529])
    func `a server's failures are tried again, with waits that grow and vary`(status: Int) async throws {
        let text = try await trouble(ChatStub.error(status), .serverUnavailable, tries: 4)
        #expect(text.contains("(\(status)), 4 times"))
        let stub = try ChatStub(ChatStub.error(status), ChatStub.error(status), Self.good)
        let calm = try ServerTrial(stub.address, draw: 0)
        _ = try await calm.ask()
        #expect(calm.waits == [.milliseconds(500), .seconds(1)])
        let other = try ChatStub(ChatStub.error(status), ChatStub.error(status), Self.good)
        let late = try ServerTrial(other.address, draw: 0.5)
        _ = try await late.ask()
        #expect(late.waits == [.milliseconds(750), .milliseconds(1_500)])
    }

    @Test func `a busy server is left alone for as long as it asks`() async throws {
        let stub = try ChatStub(
            ChatStub.error(429, headers: ["Retry-After": "7"]), ChatStub.error(429),
            ChatStub.error(503, headers: ["Retry-After": "soon"]), Self.good)
        let trial = try ServerTrial(stub.address, draw: 0)
        _ = try await trial.ask()
        #expect(trial.waits == [.seconds(7), .seconds(1), .seconds(2)])
    }

    @Test(arguments: ["61", "86400", "Thu, 01 Jan 2099 00:00:00 GMT", "99999999999999"])
    func `a server that asks for too much patience is given up at once`(header: String) async throws {
        let text = try await trouble(
            ChatStub.error(429, headers: ["Retry-After": header]), .serverUnavailable)
        #expect(text.contains("60.0 seconds are waited at most"))
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is not followed`(status: Int) async throws {
        let other = try ChatStub(Self.good)
        let target = "http://127.0.0.1:\(other.port)/v1/chat/completions"
        let text = try await trouble(
            LoopbackServer.Answer(status: status, headers: ["Location": target]), .serverRefused)
        #expect(text.contains("redirects (\(status))"))
        #expect(other.requests.isEmpty)
    }

    @Test(arguments: [404, 413, 418])
    func `other refusals are not tried again`(status: Int) async throws {
        let text = try await trouble(ChatStub.error(status, code: "not_that"), .serverRefused)
        #expect(text.contains("(\(status))"))
        #expect(text.contains("`not_that`"))
    }

    @Test func `a prompt beyond the server's context is called that`() async throws {
        let stub = try ChatStub(Self.good, ChatStub.error(400, code: "context_length_exceeded"))
        let trial = try ServerTrial(stub.address)
        _ = try await trial.ask()
        let error = await trial.expect(.serverRefused)
        #expect(error?.description.contains("longer than the server's context") == true)
        // No other form would make it shorter.
        #expect(stub.forms == ["json_schema", "json_schema"])
    }

    @Test func `an error within the answer is one, and its words are for the terminal alone`() async throws {
        let stub = try ChatStub(
            Self.good,
            ChatStub.stream([
                #"{"choices": [{"delta": {"content": "{"}}]}"#,
                #"{"error": {"code": "slot_lost", "message": "lost SECRET TEXT"}}"#,
            ]))
        let trial = try ServerTrial(stub.address)
        _ = try await trial.ask()
        let error = await trial.expect(.serverRefused)
        #expect(error?.description.contains("`slot_lost`") == true)
        #expect(error?.description.contains("SECRET") == false)
        #expect(trial.notices == ["The server says: lost SECRET TEXT"])
    }

    @Test func `a refusal and a filtered answer are errors`() async throws {
        _ = try await trouble(
            ChatStub.stream([#"{"choices": [{"delta": {"refusal": "I won't."}}]}"#]), .serverRefused)
        _ = try await trouble(ChatStub.text("{", finish: "content_filter"), .serverRefused)
    }

    @Test func `cancelling ends a request that hangs`() async throws {
        var half = ChatStub.text("{\"kin", finish: nil)
        half.announcedLength = 100_000
        half.hangs = true
        let stub = try ChatStub(half)
        let trial = try ServerTrial(stub.address)
        let task = Task { try await trial.ask() }
        while stub.requests.isEmpty { await Task.yield() }
        task.cancel()
        let error = await #expect(throws: ModelError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(stub.requests.count == 1)
    }

    @Test func `cancelling ends the wait between tries`() async throws {
        let stub = try ChatStub(ChatStub.error(503))
        let model = ServerModel(
            try ServerAddress(stub.address),
            clock: RetryClock { _ in
                throw CancellationError()
            } draw: {
                0
            })
        let error = await #expect(throws: ModelError.self) {
            try await model.complete(
                ChatRequest(
                    messages: [ChatMessage(.user, "x")], schema: true, tokenLimit: 5, sampling: SamplingOptions()))
        }
        #expect(error?.code == .cancelled)
        #expect(stub.requests.count == 1)
    }
}
