import HTTPTypes
import Hummingbird
import JSONSchemas
import NIOCore
import PolicyEngine
import RunJournal
import Synchronization

/// Answers requests: checks where each comes from and who sends it, then hands it to what it names.
struct SupervisorResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let reader: RecordReader
    let clerk: AnswerClerk
    /// The same desk for what may take long and records nothing: no answer waits for it.
    let lookups: AnswerClerk
    let verification: VerificationDesk
    let sessions: SessionBook
    let broadcast: EventBroadcast
    let configuration: SupervisorConfiguration
    /// The port that is listened on.
    let port: PortBox
    /// Milliseconds of a clock that only goes forward.
    let now: @Sendable () -> Int

    /// The field of the interface's calls that holds the session's form token.
    static let formTokenField = "X-Warrant-Form-Token"

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        var isInterface = false
        var response: Response
        do {
            let incoming = try IncomingRequest(request)
            isInterface = incoming.isInterface
            response = try await answer(incoming)
        } catch let notice as NoticeView {
            response = self.response(notice, isInterface: isInterface, frame: nil)
        } catch let refusal as FramedNotice {
            response = self.response(refusal.notice, isInterface: isInterface, frame: refusal.frame)
        } catch let error as JournalError {
            response = self.response(Self.notice(error), isInterface: isInterface, frame: nil)
        } catch let error as CancellationError {
            throw error
        } catch {
            let notice = NoticeView(500, "bug", "Can't answer: \(error). This is a bug.")
            response = self.response(notice, isInterface: isInterface, frame: nil)
        }
        if request.method == .head { response.body = ResponseBody() }
        SecurityFields.add(to: &response)
        return response
    }

    /// Why a request is refused, with what its page shows around it.
    private struct FramedNotice: Error {
        let notice: NoticeView
        let frame: PageFrame
    }

    private func answer(_ incoming: IncomingRequest) async throws -> Response {
        let request = incoming.request
        let isChange = request.method != .get && request.method != .head
        if let refusal = RequestCheck(port: port.number).refusal(of: incoming.origin(isChange: isChange)) {
            throw refusal
        }
        let route = Route(incoming.path, isInterface: incoming.isInterface)
        if let route, route.isOpen {
            try check(request.method, for: route)
            return try open(route, incoming)
        }
        guard let session = incoming.cookies(cookieName).lazy.compactMap({ sessions.session($0) }).first else {
            throw NoticeView(
                401, "no_session", "Can't show this: this browser was not let in.",
                fix: "Press Enter in the terminal where `warrant serve` runs, and open the link that it prints.")
        }
        guard let route else { throw NoticeView(404, "not_found", "Can't find this: there is no such page.") }
        try check(request.method, for: route)
        guard !isChange else { return try await change(route, incoming, session) }
        if incoming.isInterface { return try await interface(route, incoming, session) }
        let frame = try await self.frame(incoming, session)
        do {
            return try await page(route, incoming, frame)
        } catch let notice as NoticeView {
            throw FramedNotice(notice: notice, frame: frame)
        } catch let error as JournalError {
            throw FramedNotice(notice: Self.notice(error), frame: frame)
        }
    }

    /// A link that lets one browser in, once.
    func makeLink() -> String { "http://127.0.0.1:\(port.number)/start?token=\(sessions.makeLink().text)" }

    private var cookieName: String { "warrant-\(port.number)" }

    private func check(_ method: HTTPRequest.Method, for route: Route) throws(NoticeView) {
        let allowed: [HTTPRequest.Method] =
            switch route {
            // Asking for their heads would spend a link, or never end.
            case .start, .events: [.get]
            case _ where route.isChange: [.post]
            default: [.get, .head]
            }
        guard allowed.contains(method) else {
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            throw NoticeView(405, "wrong_method", "Can't answer this method here: there is \(names).", fix: names)
        }
    }

    // MARK: Without a session

    private func open(_ route: Route, _ incoming: IncomingRequest) throws -> Response {
        switch route {
        case .openAPI: return Self.json(200, OpenAPIDocument.value)
        case .asset(let name):
            guard let asset = Pages.assets[name] else {
                throw NoticeView(404, "not_found", "Can't find this: there is no such file.")
            }
            return Self.asset(asset, unlessMatching: incoming.single("If-None-Match"))
        default: return try start(incoming)
        }
    }

    private func start(_ incoming: IncomingRequest) throws -> Response {
        // A link that a program looks at ahead of a person would be spent before the person opens it.
        let purpose = incoming.single("Sec-Purpose") ?? incoming.single("Purpose") ?? ""
        let isOpened = incoming.single("Sec-Fetch-Mode").map { $0 == "navigate" } ?? true
        guard !purpose.lowercased().contains("prefetch"), isOpened else {
            throw NoticeView(403, "not_opened", "Can't let in a request that no person opened.")
        }
        guard let session = incoming.query["token"].flatMap(sessions.exchange) else {
            throw NoticeView(
                403, "wrong_link", "Can't let this browser in: the link was used already, is too old, or is none.",
                fix: "Press Enter in the terminal where `warrant serve` runs: it prints a new one.")
        }
        var response = Self.html(200, try Pages.started())
        response.headers[.setCookie] =
            "\(cookieName)=\(session.cookie.text); Path=/; HttpOnly; SameSite=Strict"
        return response
    }

    // MARK: Changes

    private func change(
        _ route: Route, _ incoming: IncomingRequest, _ session: SessionBook.Session
    ) async throws -> Response {
        if incoming.isInterface {
            guard incoming.single(Self.formTokenField).map(session.formToken.matches) == true else {
                throw Self.wrongFormToken
            }
            let bytes = try await incoming.body(type: "application/json", byteLimit: configuration.bodyByteLimit)
            guard let value = try? JSONValue(parsing: bytes) else {
                throw NoticeView(400, "bad_request", "Can't read the request: its body is no JSON value.")
            }
            let answers = try AnswerReading.answers(in: value)
            try await reader.requireInPlace()
            let receipts = try await clerk.record(answers, by: configuration.person)
            return Self.json(200, ["recorded": .array(receipts.map { $0.toJSON() })])
        }
        let bytes = try await incoming.body(
            type: "application/x-www-form-urlencoded", byteLimit: configuration.bodyByteLimit)
        guard let fields = FormFields(String(decoding: bytes, as: UTF8.self)) else {
            throw NoticeView(400, "bad_request", "Can't read the request: its form is not well-formed.")
        }
        guard fields["form_token"].map(session.formToken.matches) == true else { throw Self.wrongFormToken }
        switch route {
        case .answer(let name):
            let sequence = try Self.sequence(name)
            return try await answer(sequence, fields, incoming, session)
        case .answers:
            try requireSeen(fields)
            let answers = try AnswerReading.answers(in: fields)
            let receipts = try await clerk.record(answers, by: configuration.person)
            let said = sessions.leave(await notice(receipts), for: session)
            return Self.redirect(to: "/questions?said=\(said)")
        case .links:
            let link = makeLink()
            let view = NoticeView(
                200, "link",
                "For another browser on this machine, once, for \(configuration.linkLifetimeSeconds / 60) "
                    + "minutes:", fix: link)
            return Self.html(200, try Pages.notice(view, in: try await frame(incoming, session)))
        default:
            sessions.end(session)
            broadcast.end(session: session.cookie)
            var response = Self.redirect(to: "/")
            response.headers[.setCookie] = "\(cookieName)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
            return response
        }
    }

    private func answer(
        _ sequence: Int, _ fields: FormFields, _ incoming: IncomingRequest, _ session: SessionBook.Session
    ) async throws -> Response {
        // The list before it is answered: it tells what follows.
        let list = try? await reader.questions(showing: sequence)
        let shown = list?.shown
        do {
            try requireSeen(fields)
            var answer = try AnswerReading.answer(to: sequence, in: fields)
            if let asked = shown?.call, let edited = answer.edited,
                JSONObject(asked.arguments.map { ($0.name, $0.value) }) == edited
            {
                answer.edited = nil
            }
            let receipts = try await clerk.record([answer], by: configuration.person)
            var words = await notice(receipts)
            let next = shown.flatMap { list?.following($0.row) }
            if let next, next.run != shown?.row.run { words += " What follows is of another run." }
            let said = sessions.leave(words, for: session)
            let path = next.map { "/questions/\($0.sequence)" } ?? "/questions"
            return Self.redirect(to: "\(path)?said=\(said)")
        } catch let notice as NoticeView {
            guard var view = try? await reader.questions(showing: sequence) else {
                throw FramedNotice(notice: notice, frame: try await frame(incoming, session))
            }
            // What was written is not lost by a refusal.
            if let edited = fields["edited"], view.shown?.editable.isEmpty == false { view.shown?.editable = edited }
            let frame = try await self.frame(
                incoming, session, path: "/questions/\(sequence)",
                notice: notice.sentence + (notice.fix.isEmpty ? "" : " " + notice.fix))
            return Self.html(notice.status, try Pages.questions(view, in: frame))
        }
    }

    /// The second click of a double click is meant for no question that has come in the place of the first. What sends no
    /// time is no page.
    private func requireSeen(_ fields: FormFields) throws(NoticeView) {
        guard let made = fields["shown_at"].flatMap({ IncomingRequest.number($0) }),
            now() - made < configuration.glanceMilliseconds
        else { return }
        throw NoticeView(
            409, "too_soon", "Can't take this answer: the question had only just been shown.",
            fix: "Nothing was recorded. Look at it and answer again.")
    }

    private static let wrongFormToken = NoticeView(
        403, "wrong_form", "Can't take this: it was not sent from a page of this session.",
        fix: "Load the page again and send it from there.")

    /// What became of answers and what their runs wait for now, for the next page.
    private func notice(_ receipts: [AnswerReceipt]) async -> String {
        guard let first = receipts.first else { return "" }
        var remarks = receipts.flatMap(\.remarks)
        var runs: [RunID] = []
        for receipt in receipts where !runs.contains(receipt.run) { runs.append(receipt.run) }
        // The notice stays one that is read.
        for run in runs.prefix(3) { remarks += (try? await reader.next(of: run)).map { [$0] } ?? [] }
        let what =
            receipts.count == 1
            ? "Recorded: \(first.decision) at \(first.step)." : "Recorded: \(first.decision), \(receipts.count) times."
        return ([what] + remarks).joined(separator: " ")
    }

    // MARK: The interface

    private func interface(
        _ route: Route, _ incoming: IncomingRequest, _ session: SessionBook.Session
    ) async throws -> Response {
        // Pages learn it from their frames.
        try await reader.requireInPlace()
        switch route {
        case .session:
            let standing = try await reader.standing()
            return Self.json(
                200,
                [
                    "person": .string(configuration.person), "form_token": .string(session.formToken.text),
                    "last": .integer(standing.lastSequence), "waiting": .integer(standing.waitingCount),
                ])
        case .runs: return Self.json(200, try await reader.runs(Self.runsQuery(incoming)).toJSON())
        case .run(let name): return Self.json(200, try await run(name, incoming).toJSON())
        case .step(let name): return Self.json(200, try await step(name, incoming).toJSON())
        case .entry(let name):
            return Self.json(
                200, try await reader.entry(Self.sequence(name), byteLimit: Self.wholeByteLimit).toJSON())
        case .questions: return Self.json(200, try await reader.questionList().toJSON())
        case .question(let name): return Self.json(200, try await reader.question(Self.sequence(name)).toJSON())
        case .workflows: return Self.json(200, Self.list(try await lookups.workflows()).toJSON())
        case .workflow(let name): return Self.json(200, try await workflow(name).toJSON())
        case .feedback: return Self.json(200, try await reader.feedback().toJSON())
        case .evaluations: return Self.json(200, try await lookups.evaluations().toJSON())
        case .journal: return Self.json(200, try await verification.verify().toJSON())
        case .events: return try await events(incoming, session)
        default: throw NoticeView(404, "not_found", "Can't find this: there is no such call.")
        }
    }

    private func events(_ incoming: IncomingRequest, _ session: SessionBook.Session) async throws -> Response {
        let bounds = 0...Int(Int32.max)
        var after = try incoming.number("after", in: bounds)
        if let last = incoming.single("Last-Event-ID"), let number = IncomingRequest.number(last) { after = number }
        let listener = try await broadcast.listen(after: after, session: session.cookie)
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: EventBody.body(listener, of: broadcast))
    }

    // MARK: Pages

    private func page(_ route: Route, _ incoming: IncomingRequest, _ frame: PageFrame) async throws -> Response {
        switch route {
        case .root: return Self.redirect(to: "/runs")
        case .runs:
            let view = try await reader.runs(Self.runsQuery(incoming))
            return Self.html(200, try Pages.runs(view, in: frame))
        case .run(let name): return Self.html(200, try Pages.run(try await run(name, incoming), in: frame))
        case .steps(let name): return Self.html(200, try Pages.steps(try await run(name, incoming), in: frame))
        case .step(let name): return Self.html(200, try Pages.step(try await step(name, incoming), in: frame))
        case .entry(let name):
            let view = try await reader.entry(Self.sequence(name), byteLimit: Self.wholeByteLimit)
            return Self.html(200, try Pages.entry(view, in: frame))
        case .questions: return Self.html(200, try Pages.questions(try await reader.questions(), in: frame))
        case .question(let name):
            let view = try await reader.questions(showing: Self.sequence(name))
            return Self.html(200, try Pages.questions(view, in: frame))
        case .workflows:
            return Self.html(200, try Pages.workflows(Self.list(try await lookups.workflows()), in: frame))
        case .workflow(let name):
            return Self.html(200, try Pages.workflow(try await workflow(name), in: frame))
        case .feedback: return Self.html(200, try Pages.feedback(try await reader.feedback(), in: frame))
        case .evaluations: return Self.html(200, try Pages.evaluations(try await lookups.evaluations(), in: frame))
        case .journal: return Self.html(200, try Pages.journal(try await verification.verify(), in: frame))
        default: throw NoticeView(404, "not_found", "Can't find this: there is no such page.")
        }
    }

    private func frame(
        _ incoming: IncomingRequest, _ session: SessionBook.Session, path: String? = nil, notice: String? = nil
    ) async throws -> PageFrame {
        let standing = try await reader.standing()
        // What the module asks for beside a page must not take what the page itself is to say, nor does one's head.
        let isBeside = incoming.single("Sec-Fetch-Dest") == "empty" || incoming.request.method == .head
        let said = isBeside ? nil : incoming.query["said"].map { sessions.takeNotice($0, of: session) }
        return PageFrame(
            path: path ?? "/" + incoming.path.joined(separator: "/"), person: configuration.person,
            formToken: session.formToken.text, waitingCount: standing.waitingCount,
            lastSequence: standing.lastSequence,
            notice: notice ?? said ?? "",
            madeMilliseconds: now())
    }

    // MARK: What is asked for

    /// Bytes of a body that is asked for by itself.
    private static let wholeByteLimit = 8 << 20
    /// Steps of a run in one answer, where the request doesn't say, and at most.
    private static let stepCount = 200
    private static let stepLimit = 1000

    private func run(_ name: String, _ incoming: IncomingRequest) async throws -> RunView {
        let offset = try incoming.number("from", in: 0...Int(Int32.max))
        let count = try incoming.number("count", in: 1...Self.stepLimit) ?? Self.stepCount
        return try await reader.run(Self.runID(name), from: offset, count: count)
    }

    private func step(_ name: String, _ incoming: IncomingRequest) async throws -> StepView {
        guard let address = incoming.query["at"] else {
            throw NoticeView(400, "bad_request", "Can't show a step: `at` doesn't say which.")
        }
        return try await reader.step(address, of: Self.runID(name))
    }

    private func workflow(_ name: String) async throws -> WorkflowView {
        guard let view = try await lookups.workflows().first(where: { $0.name == name }) else {
            throw NoticeView(404, "not_found", "Can't show workflow `\(name)`: there is none of that name.")
        }
        return view
    }

    private static func list(_ workflows: [WorkflowView]) -> WorkflowsView {
        WorkflowsView(
            workflows: workflows.map {
                WorkflowsView.Item(name: $0.name, description: $0.description, isBroken: !$0.problems.isEmpty)
            })
    }

    private static func runID(_ name: String) throws(NoticeView) -> RunID {
        guard let id = RunID(name) else {
            throw NoticeView(404, "not_found", "Can't show this run: there is none of that name.")
        }
        return id
    }

    private static func sequence(_ name: String) throws(NoticeView) -> Int {
        guard let sequence = IncomingRequest.number(name) else {
            throw NoticeView(404, "not_found", "Can't find this: it is not named by its number.")
        }
        return sequence
    }

    private static func runsQuery(_ incoming: IncomingRequest) throws(NoticeView) -> RunsView.Query {
        var query = RunsView.Query(
            isWaiting: incoming.query["waiting"] == "1", text: incoming.query["q"] ?? "",
            limit: try incoming.number("limit", in: 1...500) ?? 100)
        if let name = incoming.query["workflow"], !name.isEmpty { query.workflow = name }
        if let word = incoming.query["state"], incoming.isInterface || !word.isEmpty {
            guard let state = RunState(rawValue: word) else {
                throw NoticeView(400, "bad_request", "Can't list runs: there is no such state.")
            }
            query.state = state
        }
        return query
    }

    private static func notice(_ error: JournalError) -> NoticeView {
        switch error.code {
        case .notFound: NoticeView(404, "not_found", error.description)
        case .busy, .leased, .fenced: NoticeView(423, "busy", error.description)
        default: NoticeView(503, "unreadable", error.description)
        }
    }
}
