import Foundation
import Glibc
import JSONSchemas
import PolicyEngine
import RunJournal
import Supervisor
import TestSupport
import Testing
import WorkflowFormat

/// What is kept out, what is not hidden, and what is let go of.
@Suite(.serialized, .timeLimit(.minutes(5))) struct GuardTests {
    @Test(.enabled(if: geteuid() == 0, "Another user's program is needed."))
    func `another user's program is refused, whatever it sends`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let (port, cookie) = (served.port, client.cookie)
        let program = """
            import http.client
            try:
                c = http.client.HTTPConnection('127.0.0.1', \(port))
                c.request('GET', '/api/session', headers={'Cookie': '\(cookie)'})
                print(c.getresponse().status)
            except (OSError, http.client.HTTPException):
                print('closed')
            """
        func status(_ user: [String]) async throws -> String {
            try await apart {
                let process = Process()
                let output = Pipe()
                process.executableURL = URL(filePath: "/usr/bin/env")
                process.arguments = user + ["/usr/bin/python3", "-c", program]
                process.standardOutput = output
                try process.run()
                process.waitUntilExit()
                let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                return text.split(separator: "\n").first.map { String($0) } ?? ""
            }
        }
        #expect(try await status(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]) == "closed")
        #expect(try await status([]) == "200")
    }

    @Test(.enabled(if: geteuid() == 0, "Another user's program is needed."), arguments: [true, false])
    func `another user's silent connections take nobody's place, and this user's do`(isOther: Bool) async throws {
        let served = try await ServedJournal {
            $0.connectionLimit = 8
            $0.requestSeconds = 600
        }
        let port = served.port
        let program = """
            import socket, sys
            held = []
            for _ in range(20):
                try:
                    held.append(socket.create_connection(('127.0.0.1', \(port)), 5))
                except OSError:
                    pass
            print('held', flush=True)
            sys.stdin.read()
            """
        let answer = try await apart {
            let process = Process()
            let (asked, said) = (Pipe(), Pipe())
            process.executableURL = URL(filePath: "/usr/bin/env")
            let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            process.arguments = (isOther ? user : []) + ["/usr/bin/python3", "-c", program]
            process.standardInput = asked
            process.standardOutput = said
            try process.run()
            _ = try said.fileHandleForReading.read(upToCount: 4)
            let socket = try LoopbackSocket(port: port, patience: isOther ? 30 : 2)
            socket.send("GET /api/openapi.json HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
            let answer = socket.receiveAll()
            // It ends with its input: a program that is started by a thread of a queue has signals blocked.
            try asked.fileHandleForWriting.close()
            process.waitUntilExit()
            return answer
        }
        #expect(answer.hasPrefix("HTTP/1.1 200") == isOther)
    }

    @Test(arguments: [
        (80, "127.0.0.1", true), (80, "127.0.0.1:80", true), (80, "LOCALHOST", true), (80, "localhost:8080", false),
        (80, "evil.example", false), (8080, "127.0.0.1", false), (8080, "127.0.0.1:80", false),
        (8080, "127.0.0.1:8080", true),
    ])
    func `a port that nobody names is the usual one`(port: Int, host: String, isOwn: Bool) {
        func refusal(_ host: String, _ origin: String?) -> Int? {
            RequestCheck(port: port).refusal(
                of: RequestCheck.Origin(
                    host: host, origin: origin, site: nil, mode: nil, destination: nil, isChange: true)
            )?.status
        }
        #expect(refusal(host, String?.none) == (isOwn ? nil : 421))
        #expect(refusal(host, "http://" + host) == (isOwn ? nil : 421))
        // The control: another site's page, the same name in another form, and what has no name.
        #expect(refusal("127.0.0.1:\(port)", "http://evil.example") == 403)
        #expect(refusal("127.0.0.1:\(port)", "null") == 403)
        #expect(refusal("127.0.0.1:\(port)", "http://127.0.0.1") == (port == 80 ? nil : 403))
    }

    @Test func `whoever looks at the journal while it is verified shares the next verification`() async throws {
        let gate = VerificationGate()
        let served = try await ServedJournal(gate: gate)
        let client = try await served.client()
        let port = served.port
        let request = "GET /api/journal HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(client.cookie)\r\n"
        @Sendable func look() throws -> LoopbackSocket {
            let socket = try LoopbackSocket(port: port)
            socket.send(request + "Connection: close\r\n\r\n")
            return socket
        }
        let first = try await apart { try look() }
        let end = ContinuousClock.now + .seconds(30)
        while gate.count == 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
        let others = try await apart { try (0..<5).map { _ in try look() } }
        // Those who want something else don't wait for it.
        for path in ["/workflows", "/evaluations", "/api/workflows", "/runs"] {
            #expect(try await apart { try client.ask("GET", path) }.status == 200, "\(path)")
        }
        // The others have asked by now.
        try await Task.sleep(for: .seconds(1))
        #expect(gate.count == 1)
        gate.open()
        let answers = try await apart { ([first] + others).map { $0.receiveAll() } }
        #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200") })
        #expect(gate.count == 2)
        // The control: nothing is kept for who asks later.
        #expect(try await apart { try client.ask("GET", "/api/journal") }.status == 200)
        #expect(gate.count == 3)
    }

    @Test func `every character that Unicode shows nothing for is marked`() {
        let hidden = (UInt32(0)...0x10FFFF).compactMap { Unicode.Scalar($0) }.filter {
            $0.properties.isDefaultIgnorableCodePoint && !VisibleText.isHidden($0)
        }
        #expect(hidden == [])
        // The control: what is seen is not.
        for scalar in "a~ \u{E9}\u{4E2D}\u{1F600}\u{301}".unicodeScalars { #expect(!VisibleText.isHidden(scalar)) }
    }

    @Test func `a cookie of our name that somebody else set locks nobody out`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let (port, cookie) = (served.port, client.cookie)
        for (cookies, status) in [("warrant-\(port)=x; \(cookie)", 200), ("warrant-\(port)=x", 401)] {
            let answer = try await apart {
                try SupervisorClient.ask("GET", "/api/session", headers: ["Cookie": cookies], port: port)
            }
            #expect(answer.status == status)
        }
    }

    @Test(arguments: [
        (";", "\u{37E}"), ("`", "\u{1FEF}"), ("K", "\u{212A}"), ("e\u{301}", "\u{E9}"), ("x", "x"),
    ])
    func `a change between texts that only look alike is a change`(old: String, new: String) async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        func write(_ text: String) -> ToolCall {
            ToolCall(tool: "file.write", arguments: ["path": "a.conf", "text": .string("one\n\(text)\nthree\n")])
        }
        let written = ServedJournal.made(write(old), at: "write", as: .idempotent, value: ["path": "a.conf"])
        let question = try #require(try served.ask([write(new)], after: written).first)
        let answer = try await apart { try client.ask("GET", "/api/questions/\(question.sequence)") }
        let lines = answer.json["change"]?["lines"]?.arrayValue ?? []
        let kinds = lines.compactMap { $0["kind"]?.stringValue }
        // The control: where nothing changes, nothing is said to.
        let isSame = old.utf8.elementsEqual(new.utf8)
        #expect(kinds.filter { $0 == "removed" || $0 == "added" } == (isSame ? [] : ["removed", "added"]))
        #expect(!lines.isEmpty)
    }

    @Test(
        arguments: [
            0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180B, 0x180E, 0x200B, 0x200D, 0x202E, 0x2060, 0x2066, 0x2800,
            0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0x1BCA0, 0x1D173, 0xE0041, 0xE0100,
        ] as [UInt32])
    func `what can't be seen is marked where a person decides`(number: UInt32) async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let scalar = try #require(Unicode.Scalar(number))
        let question = try #require(try served.ask([ServedJournal.call("seen\(String(scalar))here")]).first)
        let page = try await apart { try client.ask("GET", "/questions/\(question.sequence)") }
        #expect(page.status == 200 && page.body.contains("here"))
        #expect(!page.body.unicodeScalars.contains(scalar))
        #expect(page.body.contains("seen\\u{\(String(number, radix: 16))}here"))
    }

    @Test func `who takes nothing is let go, and who takes stays`() async throws {
        let served = try await ServedJournal { $0.idleSeconds = 2 }
        let port = served.port
        let count = 400
        let ask = "GET /api/openapi.json HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        let text =
            String(repeating: ask + "\r\n", count: count - 1) + ask + "Connection: close\r\n\r\n"
        func answers(waiting seconds: UInt32) async throws -> Int {
            try await apart {
                let socket = try LoopbackSocket(port: port)
                socket.send(text)
                if seconds > 0 { sleep(seconds) }
                return socket.receiveAll().split(separator: "HTTP/1.1 200").count
            }
        }
        #expect(try await answers(waiting: 0) == count)
        #expect(try await answers(waiting: 8) < count)
    }

    @Test func `signing out ends the session's own streams`() async throws {
        let served = try await ServedJournal { $0.idleSeconds = 1 }
        let (client, other) = (try await served.client(), try await served.client())
        let (gone, stays) = (try await apart { try client.listen() }, try await apart { try other.listen() })
        let token = client.formToken
        _ = try await apart {
            try client.ask(
                "POST", "/sessions/end", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "form_token=\(token)")
        }
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let mark = "\"run\":\"\(question.run)\""
        #expect(try await apart { gone.receive(until: mark) } == nil)
        #expect(try await apart { stays.receive(until: mark) } != nil)
    }

    @Test func `a session that is over hears nothing more, and one that is used does`() async throws {
        let served = try await ServedJournal {
            $0.idleSeconds = 1
            $0.sessionLifetimeSeconds = 5
        }
        let (client, other) = (try await served.client(), try await served.client())
        let (gone, stays) = (try await apart { try client.listen() }, try await apart { try other.listen() })
        #expect(served.server.listenerCount == 2)
        let end = ContinuousClock.now + .seconds(30)
        while served.server.listenerCount == 2, ContinuousClock.now < end {
            // Only one of the two is used.
            let used = try await apart {
                usleep(50_000)
                return try other.ask("GET", "/api/session")
            }
            #expect(used.status == 200)
        }
        #expect(served.server.listenerCount == 1)
        #expect(try await apart { try client.ask("GET", "/api/session") }.status == 401)
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let mark = "\"run\":\"\(question.run)\""
        #expect(try await apart { gone.receive(until: mark) } == nil)
        #expect(try await apart { stays.receive(until: mark) } != nil)
    }

    @Test func `an entry of a kind that is not known is told as one, and the stream goes on`() async throws {
        let served = try await ServedJournal { $0.idleSeconds = 1 }
        let client = try await served.client()
        let first = try #require(try served.ask([ServedJournal.call("one")]).first)
        let listener = try await apart { try client.listen() }
        try await apart { try served.append(kind: "flown") }
        #expect(try await apart { listener.receive(until: "\"kind\":\"flown\"") } != nil)
        let rest = try await apart { listener.receive(until: "\n\n") }
        #expect(rest?.contains("does not know its kind") == true, "\(rest ?? "")")
        let question = try #require(try served.ask([ServedJournal.call("two")]).first)
        // The control: what is known has no problem.
        let known = try await apart { listener.receive(until: "\"run\":\"\(question.run)\"") }
        #expect(known?.contains("problem") == false)
        for path in ["/runs", "/runs/\(first.run)", "/api/runs/\(first.run)", "/entries/\(question.sequence)"] {
            #expect(try await apart { try client.ask("GET", path) }.status == 200, "\(path)")
        }
        let shown = try await apart { try client.ask("GET", "/api/runs/\(first.run)") }
        #expect(shown.body.contains("does not know its kind `flown`"))
    }

    @Test func `nobody hears that all is well of a journal that was moved away`() async throws {
        let served = try await ServedJournal { $0.idleSeconds = 1 }
        let client = try await served.client()
        let listener = try await apart { try client.listen() }
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        #expect(try await apart { listener.receive(until: "\(question.run)") } != nil)
        try served.moveJournal()
        // Its end comes; without it this waits until its patience ends, with the connection still open.
        _ = try await apart { listener.receiveAll() }
        #expect(served.server.listenerCount == 0)
    }

    @Test func `the cost of a long run is there after the list was asked for again`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let long = [JournalEntryDraft](repeating: JournalEntryDraft(.stepStarted, step: "load"), count: 6000)
        _ = try served.ask([ServedJournal.call("one")], after: long)
        // What one list may read is not enough; the next one goes on where it ended.
        let first = try await apart { try client.ask("GET", "/api/runs") }
        #expect(first.json["runs"]?[0]?["cost"]?.isNull == true)
        let second = try await apart { try client.ask("GET", "/api/runs") }
        #expect(second.json["runs"]?[0]?["cost"]?.objectValue != nil)
    }
}
