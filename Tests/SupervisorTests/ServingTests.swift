import JSONSchemas
import PolicyEngine
import RunJournal
import Supervisor
import TestSupport
import Testing
import WorkflowFormat

/// What strange, slow, large and many requests come to.
@Suite(.serialized) struct ServingTests {
    @Test(arguments: [
        "/assets/../../../../etc/passwd", "/assets/..%2f..%2f..%2fetc%2fpasswd", "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/..%2fetc%2fpasswd", "/entries/..%2f1", "/runs/..%2f..", "/assets//etc/passwd", "/assets/supervisor.css%00",
    ])
    func `no path leads out of what is served`(path: String) async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let control = try await apart { try client.ask("GET", "/assets/supervisor.css") }
        #expect(control.status == 200)
        let answer = try await apart { try client.ask("GET", path) }
        #expect(answer.status == 404)
        #expect(!answer.body.contains("root:"))
    }

    @Test func `a body is taken up to its limit`() async throws {
        let served = try await ServedJournal { $0.bodyByteLimit = 4096 }
        let client = try await served.client()
        func status(_ size: Int) async throws -> Int {
            let body = #"{"answers":[]}"# + String(repeating: " ", count: size - 14)
            return try await apart {
                try client.ask("POST", "/api/answers", headers: ["Content-Type": "application/json"], body: body)
                    .status
            }
        }
        #expect(try await status(4096) == 422)
        #expect(try await status(4097) == 413)
    }

    @Test func `a body without a length is counted as it comes`() async throws {
        let served = try await ServedJournal { $0.bodyByteLimit = 4096 }
        let client = try await served.client()
        let port = served.port
        let text = try await apart {
            let socket = try LoopbackSocket(port: port)
            socket.send(
                "POST /api/answers HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(client.cookie)\r\n"
                    + "X-Warrant-Form-Token: \(client.formToken)\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<8 { socket.send("400\r\n" + String(repeating: " ", count: 1024) + "\r\n") }
            return socket.receive(until: "\r\n\r\n") ?? ""
        }
        #expect(text.hasPrefix("HTTP/1.1 413"))
    }

    @Test func `header fields are taken up to their limit`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        func status(_ size: Int) async throws -> Int {
            let field = String(repeating: "a", count: size)
            return try await apart {
                (try? client.ask("GET", "/api/runs", headers: ["X-Long": field]))?.status ?? 0
            }
        }
        #expect(try await status(8 * 1024) == 200)
        // Refused, or the connection just ends: what isn't read to its end has no answer.
        #expect([0, 400, 431].contains(try await status(64 * 1024)))
        #expect(try await status(8 * 1024) == 200)
    }

    @Test(arguments: [
        "GET /runs HTTP/1.1\r\nHost: x",
        "POST /api/answers HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nCookie: COOKIE\r\nX-Warrant-Form-Token: TOKEN\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
        "",
    ])
    func `a request that does not come to its end is not waited for`(beginning: String) async throws {
        let served = try await ServedJournal { $0.requestSeconds = 1 }
        let client = try await served.client()
        let port = served.port
        let text = beginning.replacing("PORT", with: "\(port)").replacing("COOKIE", with: client.cookie)
            .replacing("TOKEN", with: client.formToken)
        // It goes on trickling, so that the connection is never idle; that it is closed ends this.
        try await apart {
            let socket = try LoopbackSocket(port: port, patience: 1)
            socket.send(text)
            while socket.send(" ") { _ = socket.receiveAll() }
        }
        let whole = try await apart { try client.ask("GET", "/api/runs") }
        #expect(whole.status == 200)
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET /runs\r\n\r\n", "GET http://evil.example/runs HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET /runs HTTP/1.1\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ])
    func `what is no request gets no page`(text: String) async throws {
        let served = try await ServedJournal {
            $0.requestSeconds = 1; $0.idleSeconds = 1
        }
        let client = try await served.client()
        let port = served.port
        let answer = try await apart {
            let socket = try LoopbackSocket(port: port)
            socket.send(text.replacing("PORT", with: "\(port)"))
            return socket.receiveAll()
        }
        #expect(!answer.hasPrefix("HTTP/1.1 200"))
        let whole = try await apart { try client.ask("GET", "/api/runs") }
        #expect(whole.status == 200)
    }

    @Test func `200 listeners hear of an entry, and pages are served beside them`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let sockets = try await apart { try (0..<200).map { _ in try client.listen() } }
        #expect(served.server.listenerCount == 200)
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let mark = "\"run\":\"\(question.run)\""
        let heard = try await apart { sockets.count { $0.receive(until: mark) != nil } }
        #expect(heard == 200)
        let page = try await apart { try client.ask("GET", "/runs") }
        #expect(page.status == 200)
    }

    @Test func `a listener that comes back hears what it missed, or that it missed too much`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let head = try served.journal.head().sequence
        let missed = try await apart {
            try Self.hear(client, after: question.sequence - 1, until: "id: \(head)\n")
        }
        #expect(missed.contains("id: \(question.sequence)\nevent: entry\n"))
        #expect(!missed.contains("event: reset"))
        let drafts = (0..<600).map { JournalEntryDraft(.note, body: ["sentence": .string("\($0)")]) }
        try served.journal.append(drafts, run: question.run)
        let reset = try await apart { try Self.hear(client, after: 1, until: "event: reset") }
        #expect(reset.contains("event: reset"))
    }

    @Test func `a step's address can't write events of its own`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let socket = try await apart { try client.listen() }
        try served.journal.append(.note, run: question.run, step: "a\n\nevent: end\ndata: {}\n\n")
        let text = try await apart { socket.receive(until: "\"kind\":\"note\"") ?? "" }
        #expect(text.contains("event: entry"))
        #expect(!text.contains("\nevent: end"))
    }

    @Test func `a port that is taken is said in one sentence`() async throws {
        let served = try await ServedJournal()
        let second = SupervisorServer(
            journal: served.journal, desk: PlainDesk(path: served.journal.path),
            configuration: SupervisorConfiguration(port: served.port, person: "ada"))
        let error = await #expect(throws: SupervisorError.self) { try await second.run { _ in } }
        #expect(error?.code == .portInUse)
        #expect(error?.description.contains("\(served.port)") == true)
    }

    @Test func `ending the server ends its streams and frees its port`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let socket = try await apart { try client.listen() }
        try await served.end()
        let rest = try await apart { socket.receiveAll() }
        #expect(rest.contains("event: end"))
        let port = served.port
        await #expect(throws: LoopbackSocket.Failure.self) { try await apart { try LoopbackSocket(port: port) } }
    }

    @Test func `a run that is not there and a body that is gone are said`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let absent = try await apart { try client.ask("GET", "/api/runs/\(RunID.generate())") }
        #expect(absent.status == 404)
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let large = JSONValue.string(String(repeating: "large ", count: 100_000))
        let entry = try served.journal.append(.note, run: question.run, step: "big", body: ["text": large])
        let whole = try await apart { try client.ask("GET", "/api/entries/\(entry.sequence)") }
        #expect(whole.json["problem"]?.stringValue == "")
        #expect(whole.json["body"]?["cut"]?.boolValue == false)
        try served.removeBlobs()
        let gone = try await apart { try client.ask("GET", "/api/entries/\(entry.sequence)") }
        #expect(gone.status == 200)
        #expect(gone.json["problem"]?.stringValue?.hasPrefix("Can't") == true)
        let run = try await apart { try client.ask("GET", "/api/runs/\(question.run)") }
        #expect(run.status == 200)
        #expect(run.json["problems"]?.arrayValue?.count == 1)
        #expect(run.json["step_count"]?.intValue == 2)
        let page = try await apart { try client.ask("GET", "/runs/\(question.run)") }
        #expect(page.status == 200)
    }

    @Test func `a journal that is moved away, and one that is put in its place, are said`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let control = try await apart { try client.ask("GET", "/runs") }
        #expect(control.status == 200)
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let paths = [
            "/runs", "/api/session", "/api/runs", "/api/runs/\(question.run)", "/api/questions",
            "/api/questions/\(question.sequence)", "/api/entries/1", "/api/feedback", "/api/workflows", "/api/journal",
        ]
        for path in paths { #expect(try await apart { try client.ask("GET", path) }.status == 200, "\(path)") }
        try served.moveJournal()
        for path in paths {
            let answer = try await apart { try client.ask("GET", path) }
            #expect(answer.status == 503)
            #expect(answer.body.contains("removed"))
        }
        try served.putAnotherJournal()
        let other = try await apart { try client.ask("GET", "/api/session") }
        #expect(other.status == 503)
        #expect(other.json["sentence"]?.stringValue?.contains("another file") == true)
    }

    @Test func `a turn's prompt is shown in its segments, and one of before as a whole`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let label: JSONValue = ["integrity": "untrusted", "readers": .null, "sources": []]
        func pieces(_ segments: JSONValue?) async throws -> [String] {
            let step = "study#\(try served.journal.head().sequence)"
            var body: JSONObject = ["tool": "find", "arguments": [:], "label": label, "prompt": "Do this.\u{e4}vil"]
            if let segments { body["segments"] = segments }
            try served.journal.append(.valueProduced, run: question.run, step: step, body: .object(body))
            let at = step.replacing("#", with: "%23")
            let answer = try await apart { try client.ask("GET", "/api/runs/\(question.run)/step?at=\(at)") }
            return (answer.json["prompts"]?[0]?.arrayValue ?? []).map {
                "\($0["kind"]?.stringValue ?? "") \($0["integrity"]?.stringValue ?? "") \($0["text"]?["text"]?.stringValue ?? "")"
            }
        }
        let whole = ["whole untrusted Do this.\u{e4}vil"]
        #expect(try await pieces(JSONValue?.none) == whole)
        let fitting: JSONValue = [["instruction", "trusted", 8], ["data", "untrusted", 5]]
        #expect(try await pieces(fitting) == ["instruction trusted Do this.", "data untrusted \u{e4}vil"])
        // What does not fit the text is not believed: in the middle of a character, or short of the end.
        #expect(try await pieces([["instruction", "trusted", 9], ["data", "untrusted", 4]]) == whole)
        #expect(try await pieces([["instruction", "trusted", 13]]) == ["instruction trusted Do this.\u{e4}vil"])
        #expect(try await pieces([["instruction", "trusted", 8]]) == whole)
    }

    @Test func `a question about a line of a file shows the line that goes and the one that comes`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let call = ToolCall(
            tool: "file.replace_line",
            arguments: ["path": "a.conf", "workspace": "/w", "old_line": "port = 1", "new_line": "port = 2"])
        let question = try #require(try served.ask([call]).first)
        let answer = try await apart { try client.ask("GET", "/api/questions/\(question.sequence)") }
        let lines = answer.json["change"]?["lines"]?.arrayValue ?? []
        #expect(lines.map { $0["kind"]?.stringValue } == ["removed", "added"])
        #expect(lines.map { $0["text"]?.stringValue } == ["port = 1", "port = 2"])
    }

    @Test func `the interface's description names every call, and no other`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let port = served.port
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let document = try await apart { try SupervisorClient.ask("GET", "/api/openapi.json", port: port) }
        let paths = try #require(document.json["paths"]?.objectValue)
        #expect(paths.count == 15)
        for (path, operations) in paths where path != "/api/events" {
            let target =
                path.replacing("{run}", with: "\(question.run)")
                .replacing("{sequence}", with: "\(question.sequence)").replacing("{name}", with: "triage")
                + (path.hasSuffix("/step") ? "?at=each%5B0%5D%2Fact" : "")
            let isChange = operations["post"] != nil
            let answer = try await apart { try client.ask("GET", target) }
            #expect(answer.status == (isChange ? 405 : 200), "\(path)")
            let documented = operations[isChange ? "post" : "get"]?["responses"]?.objectValue
            #expect(documented?["\(answer.status)"] != nil)
        }
        let other = try await apart { try client.ask("GET", "/api/other") }
        #expect(other.status == 404)
    }

    /// What somebody hears who listens to everything after an entry, until it holds `text`.
    private static func hear(_ client: SupervisorClient, after sequence: Int, until text: String) throws -> String {
        let socket = try LoopbackSocket(port: client.port)
        socket.send(
            "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:\(client.port)\r\nCookie: \(client.cookie)\r\n"
                + "Last-Event-ID: \(sequence)\r\n\r\n")
        return socket.receive(until: text) ?? ""
    }
}
