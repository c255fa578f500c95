import JSONSchemas
import PolicyEngine
import RunJournal
import Supervisor
import TestSupport
import Testing

/// Answers bind to the exact question and count once.
@Suite(.serialized) struct AnsweringTests {
    @Test func `an answer that is sent again is refused, and says who answered`() async throws {
        let served = try await ServedJournal()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let client = try await served.client()
        let answer = Self.answer(question, "approve")
        let first = try await apart { try client.answer([answer]) }
        #expect(first.status == 200)
        #expect(first.json["recorded"]?[0]?["person"]?.stringValue == "ada")
        let second = try await apart { try client.answer([answer]) }
        #expect(second.status == 409)
        #expect(second.json["error"]?.stringValue == "answered")
        #expect(second.json["sentence"]?.stringValue?.contains("ada") == true)
        #expect(try served.answers().count == 1)
    }

    @Test func `of two answers that come at once one is recorded`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask((0..<8).map { ServedJournal.call("\($0)") })
        let (one, other) = (try await served.client(), try await served.client())
        for question in questions {
            async let left = apart { try one.answer([Self.answer(question, "approve")]).status }
            async let right = apart { try other.answer([Self.answer(question, "deny")]).status }
            #expect(try await [left, right].sorted() == [200, 409])
        }
        #expect(try served.answers().count == questions.count)
    }

    @Test func `an answer to another question than the one that waits is refused`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask([ServedJournal.call("one"), ServedJournal.call("two")])
        let client = try await served.client()
        let crossed: JSONValue = [
            "question": .integer(questions[0].sequence), "digest": .string(questions[1].digest), "decision": "approve",
        ]
        let refused = try await apart { try client.answer([crossed]) }
        #expect(refused.status == 409)
        #expect(refused.json["error"]?.stringValue == "changed")
        #expect(try served.answers().isEmpty)
        let allowed = try await apart { try client.answer([Self.answer(questions[0], "approve")]) }
        #expect(allowed.status == 200)
    }

    @Test func `where one of several answers is refused none is recorded`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask((0..<3).map { ServedJournal.call("\($0)") })
        let client = try await served.client()
        let good = questions.map { Self.answer($0, "approve") }
        let wrong: JSONValue = ["question": 999_999, "digest": "x", "decision": "approve"]
        let refused = try await apart { try client.answer(good + [wrong]) }
        #expect(refused.status == 404)
        #expect(try served.answers().isEmpty)
        let twice = try await apart { try client.answer(good + [good[0]]) }
        #expect(twice.status == 409)
        #expect(try served.answers().isEmpty)
        let allowed = try await apart { try client.answer(good) }
        #expect(allowed.json["recorded"]?.arrayValue?.count == 3)
        #expect(try served.answers().count == 3)
    }

    @Test func `several that are alike are answered by one form, each by itself`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask((0..<3).map { ServedJournal.call("\($0)") })
        let client = try await served.client()
        let names = questions.map { "question=\($0.sequence)%3A\($0.digest)" }.joined(separator: "&")
        let token = client.formToken
        let answer = try await apart {
            try client.ask(
                "POST", "/questions/answer", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "form_token=\(token)&decision=deny&reason=not+now&\(names)")
        }
        #expect(answer.status == 303)
        let recorded = try served.answers()
        #expect(recorded.map(\.digest) == questions.map(\.digest))
        #expect(recorded.allSatisfy { $0.decision == .rejected && $0.reason == "not now" && $0.person == "ada" })
    }

    @Test(arguments: [true, false])
    func `a form that is sent before its question could be seen records nothing`(isSeen: Bool) async throws {
        let served = try await ServedJournal { $0.glanceMilliseconds = isSeen ? 1 : 60_000 }
        let questions = try served.ask((0..<2).map { ServedJournal.call("\($0)") })
        let client = try await served.client()
        let token = client.formToken
        for (question, path) in zip(questions, ["/questions/\(questions[0].sequence)/answer", "/questions/answer"]) {
            let page = try await apart { try client.ask("GET", "/questions/\(question.sequence)") }.body
            let start = try #require(page.firstRange(of: "name=\"shown_at\" value=\"")).upperBound
            let stamp = page[start...].prefix { $0.isNumber }
            #expect(!stamp.isEmpty)
            try await Task.sleep(for: .milliseconds(20))
            let form =
                "form_token=\(token)&shown_at=\(stamp)&decision=approve&digest=\(question.digest)"
                + "&question=\(question.sequence)%3A\(question.digest)"
            let answer = try await apart {
                try client.ask(
                    "POST", path, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: form)
            }
            #expect(answer.status == (isSeen ? 303 : 409), "\(path)")
            if !isSeen { #expect(answer.body.contains("only just been shown"), "\(answer.body)") }
        }
        #expect(try served.answers().count == (isSeen ? 2 : 0))
    }

    @Test func `each of several says whose it is and what it would do`() async throws {
        let served = try await ServedJournal()
        let first = try #require(try served.ask([ServedJournal.call("first")]).first)
        let second = try #require(try served.ask([ServedJournal.call("second")], workflow: "other").first)
        let client = try await served.client()
        let rows = try await apart { try client.ask("GET", "/api/questions") }.json["questions"]?.arrayValue ?? []
        #expect(rows.map { $0["preview"]?.stringValue } == ["title: first", "title: second"])
        #expect(rows.map { $0["workflow"]?.stringValue } == ["triage", "other"])
        #expect(rows.allSatisfy { $0["untrusted"] == true })
        let page = try await apart { try client.ask("GET", "/questions/\(first.sequence)") }.body
        let start = try #require(page.firstRange(of: "<details id=\"alike\">")).upperBound
        let end = try #require(page[start...].firstRange(of: "</form>")).lowerBound
        for part in ["title: first", "title: second", "other", second.run.description, first.run.description] {
            #expect(page[start..<end].contains(part), "\(part)")
        }
        // The control: what is long is cut, and the cut is seen.
        _ = try served.ask([ServedJournal.call(String(repeating: "long ", count: 200_000))])
        let longer = try await apart { try client.ask("GET", "/api/questions") }.json["questions"]?.arrayValue ?? []
        let preview = try #require(longer.last?["preview"]?.stringValue)
        #expect(preview.hasPrefix("title: long long") && preview.hasSuffix("...") && preview.utf8.count < 200)
    }

    @Test(arguments: [
        #"{"decision":"deny"}"#, #"{"decision":"deny","reason":" "}"#, #"{"decision":"allow"}"#,
        #"{"decision":"deny","reason":"r","edited":{}}"#, #"{"decision":"approve","edited":3}"#,
        #"{"decision":"approve","observed":1}"#, #"{"decision":"approve","endorse":[1]}"#,
        #"{"decision":"approve","person":"mallory"}"#,
    ])
    func `an answer that says nothing clear is refused`(members: String) async throws {
        let served = try await ServedJournal()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let client = try await served.client()
        var object = try #require(try JSONValue(parsing: Array(members.utf8)).objectValue)
        object["question"] = .integer(question.sequence)
        object["digest"] = .string(question.digest)
        let answer = JSONValue.object(object)
        let refused = try await apart { try client.answer([answer]) }
        #expect(refused.status == 422)
        #expect(try served.answers().isEmpty)
    }

    @Test func `whoever answers is told what the run waits for now`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask([ServedJournal.call("one"), ServedJournal.call("two")])
        let run = questions[0].run
        let client = try await served.client()
        let token = client.formToken
        for (question, words) in zip(questions, ["1 question waits", "warrant resume \(run)"]) {
            // The control: before, nothing says that it can go on.
            let before = try await apart { try client.ask("GET", "/runs") }.body
            #expect(before.contains("parked") && !before.contains("to resume"))
            let answer = try await apart {
                try client.ask(
                    "POST", "/questions/\(question.sequence)/answer",
                    headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: "form_token=\(token)&decision=approve&digest=\(question.digest)")
            }
            let next = try #require(answer.headers["location"])
            let page = try await apart { try client.ask("GET", next) }.body
            #expect(page.contains(words) && page.contains("triage"), "\(page)")
        }
        for path in ["/runs", "/runs/\(run)"] {
            let page = try await apart { try client.ask("GET", path) }.body
            #expect(page.contains("to resume"), "\(path)")
        }
        let page = try await apart { try client.ask("GET", "/runs/\(run)") }.body
        #expect(page.contains("warrant resume \(run)"))
    }

    @Test func `looking changes nothing`() async throws {
        let served = try await ServedJournal()
        let question = try #require(try served.ask([ServedJournal.call("one")]).first)
        let client = try await served.client()
        let head = try served.journal.head()
        let target = "/questions/\(question.sequence)/answer?decision=approve&digest=\(question.digest)"
        for path in [target, "/links", "/sessions/end", "/questions/answer", "/api/answers"] {
            let answer = try await apart { try client.ask("GET", path) }
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == "POST")
        }
        for path in ["/runs", "/questions", "/runs/\(question.run)", "/journal", "/feedback"] {
            _ = try await apart { try client.ask("GET", path) }
        }
        #expect(try served.journal.head() == head)
    }

    @Test func `arguments that were not changed are no edit`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask([ServedJournal.call("one"), ServedJournal.call("two")])
        let client = try await served.client()
        let token = client.formToken
        for (question, text) in zip(questions, [#"{ "title": "one" }"#, #"{"title":"three"}"#]) {
            let form = "form_token=\(token)&decision=approve&digest=\(question.digest)&edited=\(Self.escaped(text))"
            let answer = try await apart {
                try client.ask(
                    "POST", "/questions/\(question.sequence)/answer",
                    headers: ["Content-Type": "application/x-www-form-urlencoded"], body: form)
            }
            #expect(answer.status == 303)
        }
        let answers = try served.answers()
        #expect(answers.map(\.editedArguments) == [nil, ["title": "three"]])
    }

    @Test func `what was edited becomes a case, and so does what was denied`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask((0..<3).map { ServedJournal.call("\($0)") })
        let client = try await served.client()
        let edited: JSONValue = [
            "question": .integer(questions[0].sequence), "digest": .string(questions[0].digest),
            "decision": "approve", "edited": ["title": "better"],
        ]
        let answers = [edited, Self.answer(questions[1], "deny"), Self.answer(questions[2], "approve")]
        let recorded = try await apart { try client.answer(answers) }
        #expect(recorded.status == 200)
        let cases = try await apart { try client.ask("GET", "/api/feedback") }.json["cases"]?.arrayValue ?? []
        #expect(cases.map { $0["label"]?.stringValue } == ["denied", "edited"])
        #expect(cases.last?["asked"]?["title"]?.stringValue == "0")
        #expect(cases.last?["wanted"]?["title"]?.stringValue == "better")
    }

    @Test func `cases are found though questions and answers are read in several portions`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask((0..<130).map { ServedJournal.call("\($0)") })
        let client = try await served.client()
        let before = try await apart { try client.ask("GET", "/api/feedback") }
        #expect(before.json["cases"]?.arrayValue?.isEmpty == true)
        let denials = [0, 99, 100, 129].map { Self.answer(questions[$0], "deny") }
        let recorded = try await apart { try client.answer(denials) }
        #expect(recorded.status == 200)
        let after = try await apart { try client.ask("GET", "/api/feedback") }
        let titles = after.json["cases"]?.arrayValue?.map { $0["asked"]?["title"]?.stringValue }
        #expect(titles == ["129", "100", "99", "0"])
        // A portion is as large as it may be, and the next one begins behind it.
        let kinds: Set<JournalEntryKind> = [.approvalRequested, .approvalRecorded]
        let portion = try served.journal.records(of: nil, kinds: kinds, after: 0, limit: 7).map(\.entry.sequence)
        let next = try served.journal.records(of: nil, kinds: kinds, after: portion[6], limit: 7).map(\.entry.sequence)
        #expect(portion.count == 7 && next.count == 7 && portion + next == (portion + next).sorted())
        #expect(Set(portion + next).count == 14)
    }

    @Test func `what became of an answer is said on the page that it leads to, once`() async throws {
        let served = try await ServedJournal()
        let questions = try served.ask([ServedJournal.call("one"), ServedJournal.call("two")])
        let client = try await served.client()
        let form = "form_token=\(client.formToken)&decision=approve&digest=\(questions[0].digest)"
        let target = "/questions/\(questions[0].sequence)/answer"
        let answer = try await apart {
            try client.ask(
                "POST", target, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: form)
        }
        #expect(answer.status == 303)
        let next = try #require(answer.headers["location"])
        #expect(next.hasPrefix("/questions/\(questions[1].sequence)?said="))
        func says(_ method: String, _ path: String) async throws -> Bool {
            let page = try await apart { try client.ask(method, path) }
            #expect(page.status == 200)
            return page.body.contains("Recorded: approved")
        }
        // Another tab is loaded first, and the page's head is asked for.
        #expect(try await says("GET", "/questions/\(questions[1].sequence)") == false)
        #expect(try await says("GET", "/questions?said=0") == false)
        #expect(try await says("HEAD", next) == false)
        #expect(try await says("GET", next))
        #expect(try await says("GET", next) == false)
    }

    static func answer(_ question: PendingApproval, _ decision: String) -> JSONValue {
        [
            "question": .integer(question.sequence), "digest": .string(question.digest),
            "decision": .string(decision), "reason": "because",
        ]
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { "%" + (($0 < 16 ? "0" : "") + String($0, radix: 16)) }.joined()
    }
}
