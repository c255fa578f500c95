import JSONSchemas
import RunJournal
import Supervisor
import TestSupport
import Testing

/// Who is let in, and from where requests may come. Each refusal has its control: the same request without what is refused.
@Suite(.serialized) struct SessionTests {
    private static let pages = ["/runs", "/questions", "/workflows", "/feedback", "/evaluations", "/journal"]
    private static let calls = [
        "/api/session", "/api/runs", "/api/questions", "/api/workflows", "/api/workflows/triage", "/api/feedback",
        "/api/evaluations", "/api/journal",
    ]

    @Test(arguments: pages + calls)
    func `nothing is shown to a browser that was not let in`(path: String) async throws {
        let served = try await ServedJournal()
        _ = try served.ask([ServedJournal.call("canary-title")])
        let port = served.port
        let client = try await served.client()
        let allowed = try await apart { try client.ask("GET", path) }
        #expect(allowed.status == 200)
        for cookie in ["", "warrant-\(port)=", "warrant-\(port)=\(String(repeating: "0", count: 64))"] {
            let answer = try await apart {
                try SupervisorClient.ask("GET", path, headers: cookie.isEmpty ? [:] : ["Cookie": cookie], port: port)
            }
            #expect(answer.status == 401)
            #expect(!answer.body.contains("canary-title"))
        }
    }

    @Test func `a link lets one browser in, once`() async throws {
        let served = try await ServedJournal()
        let link = served.server.makeLink()
        _ = try await apart { try SupervisorClient(link: link) }
        await #expect(throws: SupervisorClient.Failure.self) { try await apart { try SupervisorClient(link: link) } }
        // Another one lets another one in.
        _ = try await served.client()
    }

    @Test func `a link that is too old lets nobody in`() async throws {
        let served = try await ServedJournal { $0.linkLifetimeSeconds = 0 }
        await #expect(throws: SupervisorClient.Failure.self) { try await served.client() }
    }

    @Test func `a link is not spent by a program that looks ahead`() async throws {
        let served = try await ServedJournal()
        let link = served.server.makeLink()
        let port = served.port
        let target = String(link.dropFirst("http://127.0.0.1:\(port)".count))
        for headers in [["Sec-Purpose": "prefetch"], ["Sec-Fetch-Mode": "no-cors"]] {
            let answer = try await apart {
                try SupervisorClient.ask("GET", target, headers: headers, port: port)
            }
            #expect(answer.status == 403)
            #expect(answer.headers["set-cookie"] == nil)
        }
        let head = try await apart { try SupervisorClient.ask("HEAD", target, port: port) }
        #expect(head.status == 405)
        _ = try await apart { try SupervisorClient(link: link) }
    }

    @Test func `the cookie is out of reach of scripts and of other sites`() async throws {
        let served = try await ServedJournal()
        let port = served.port
        let target = String(served.server.makeLink().dropFirst("http://127.0.0.1:\(port)".count))
        let answer = try await apart { try SupervisorClient.ask("GET", target, port: port) }
        let cookie = answer.headers["set-cookie"] ?? ""
        #expect(cookie.contains("HttpOnly"))
        #expect(cookie.contains("SameSite=Strict"))
        #expect(answer.headers["location"] == nil)
    }

    @Test func `a session that was ended lets nobody in`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let token = client.formToken
        let before = try await apart { try client.ask("GET", "/runs") }
        #expect(before.status == 200)
        let ended = try await apart {
            try client.ask(
                "POST", "/sessions/end", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "form_token=\(token)")
        }
        #expect(ended.status == 303)
        let after = try await apart { try client.ask("GET", "/runs") }
        #expect(after.status == 401)
    }

    @Test func `a page gives a link for a second browser, and two links differ`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let token = client.formToken
        let answer = try await apart {
            try client.ask(
                "POST", "/links", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "form_token=\(token)")
        }
        let mark = "/start?token="
        let place = try #require(answer.body.firstRange(of: mark))
        let word = String(answer.body[place.upperBound...].prefix(64))
        let port = served.port
        let second = try await apart { try SupervisorClient(link: "http://127.0.0.1:\(port)\(mark)\(word)") }
        #expect(second.cookie != client.cookie)
        #expect(second.formToken != client.formToken)
    }

    @Test(arguments: ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example", "[::1]"])
    func `a request by another name is refused`(host: String) async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let port = served.port
        for own in ["127.0.0.1:\(port)", "localhost:\(port)"] {
            let allowed = try await apart { try client.ask("GET", "/api/runs", headers: ["Host": own]) }
            #expect(allowed.status == 200)
        }
        for name in [host, "\(host):\(port)x"] {
            let answer = try await apart { try client.ask("GET", "/api/runs", headers: ["Host": name]) }
            #expect(answer.status == 421)
        }
    }

    @Test func `a request of another site's page is refused`() async throws {
        let served = try await ServedJournal()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let client = try await served.client()
        let port = served.port
        let body = Self.answer(question)
        func answer(_ headers: [String: String]) async throws -> Int {
            var all = headers
            all["Content-Type"] = "application/json"
            return try await apart { [all] in try client.ask("POST", "/api/answers", headers: all, body: body).status }
        }
        for origin in ["http://evil.example", "null", "http://127.0.0.1:\(port + 1)", "https://127.0.0.1:\(port)"] {
            #expect(try await answer(["Origin": origin]) == 403)
        }
        // Another program's page on this machine is of the same site: its requests come with the cookie.
        for site in ["cross-site", "same-site", "none"] {
            #expect(try await answer(["Sec-Fetch-Site": site]) == 403)
        }
        #expect(try served.answers().isEmpty)
        #expect(try await answer(["Origin": "http://127.0.0.1:\(port)", "Sec-Fetch-Site": "same-origin"]) == 200)
        #expect(try served.answers().count == 1)
    }

    @Test func `another site's page can't read, but a person may follow its link`() async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        func status(_ headers: [String: String]) async throws -> Int {
            try await apart { try client.ask("GET", "/runs", headers: headers).status }
        }
        #expect(try await status(["Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"]) == 403)
        #expect(
            try await status([
                "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe",
            ]) == 403)
        #expect(
            try await status([
                "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
            ]) == 200)
        #expect(try await status(["Sec-Fetch-Site": "same-origin"]) == 200)
    }

    @Test func `a change without the session's own form token is refused`() async throws {
        let served = try await ServedJournal()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let client = try await served.client()
        let other = try await served.client()
        let body = Self.answer(question)
        for token in ["", "0", other.formToken] {
            let answer = try await apart {
                try client.ask(
                    "POST", "/api/answers",
                    headers: ["Content-Type": "application/json", "X-Warrant-Form-Token": token], body: body)
            }
            #expect(answer.status == 403)
            let form = try await apart {
                try client.ask(
                    "POST", "/questions/\(question.sequence)/answer",
                    headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: "form_token=\(token)&decision=approve&digest=\(question.digest)")
            }
            #expect(form.status == 403)
        }
        #expect(try served.answers().isEmpty)
        let token = client.formToken
        let form = try await apart {
            try client.ask(
                "POST", "/questions/\(question.sequence)/answer",
                headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "form_token=\(token)&decision=approve&digest=\(question.digest)")
        }
        #expect(form.status == 303)
        #expect(try served.answers().count == 1)
    }

    @Test(arguments: ["/runs", "/api/runs", "/assets/supervisor.css", "/nothing", "/api/nothing"])
    func `every answer tells the browser to trust nothing in it`(path: String) async throws {
        let served = try await ServedJournal()
        let client = try await served.client()
        let answer = try await apart { try client.ask("GET", path) }
        let policy = answer.headers["content-security-policy"] ?? ""
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        #expect(answer.headers["referrer-policy"] == "same-origin")
        #expect(answer.headers["access-control-allow-origin"] == nil)
    }

    static func answer(_ question: PendingApproval, decision: String = "approve") -> String {
        let answers: JSONValue = [
            "answers": [
                [
                    "question": .integer(question.sequence), "digest": .string(question.digest),
                    "decision": .string(decision), "reason": "because",
                ]
            ]
        ]
        return answers.serialized()
    }
}
