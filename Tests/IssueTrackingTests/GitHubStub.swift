import Foundation
import JSONSchemas
import Synchronization
import TestSupport

/// A server that speaks as much of GitHub's REST interface as a tracker uses, with one repository.
final class GitHubStub: Sendable {
    static let token = "a-token-for-tests"
    private static let path = "/repos/owner/name"

    /// What goes wrong with one request.
    enum Fault: Sendable {
        /// It is not acted on; this comes back.
        case instead(LoopbackServer.Answer)
        /// It is acted on; this comes back.
        case after(LoopbackServer.Answer)
    }

    struct Entry: Sendable {
        var title: String
        var body: String
        var labels: [String]
        var isOpen = true
        var comments: [String] = []
        /// When, by the server's clock; comments are of the same time.
        var created = Date()
    }

    private struct State {
        var issues: [Entry] = []
        var labels: Set<String> = ["bug"]
        var fault: (@Sendable (LoopbackServer.Request) -> Fault?)?
    }

    private final class Store: Sendable {
        let state = Mutex(State())
    }

    private let store: Store
    private let server: LoopbackServer

    var url: String { server.url }
    var requests: [LoopbackServer.Request] { server.requests }
    var issues: [Entry] { store.state.withLock { $0.issues } }

    init() throws {
        let store = Store()
        self.store = store
        server = try LoopbackServer { request in
            let fault = store.state.withLock { $0.fault }?(request)
            if case .instead(let answer) = fault { return answer }
            let answer = store.state.withLock { Self.act(on: request, &$0) }
            if case .after(let spoilt) = fault { return spoilt }
            return answer
        }
    }

    /// Files many issues that nobody asked for.
    func fill(_ count: Int, created: Date) {
        store.state.withLock { state in
            for number in 0..<count {
                state.issues.append(
                    Entry(title: "Other \(number)", body: "Another's.", labels: [], created: created))
            }
        }
    }

    func set(_ fault: (@Sendable (LoopbackServer.Request) -> Fault?)?) {
        store.state.withLock { $0.fault = fault }
    }

    private static func json(_ status: Int, _ value: JSONValue) -> LoopbackServer.Answer {
        LoopbackServer.Answer(status: status, body: Array(value.serialized(.compact).utf8))
    }

    private static func act(on request: LoopbackServer.Request, _ state: inout State) -> LoopbackServer.Answer {
        guard request.headers["authorization"] == "Bearer " + token else {
            return json(401, ["message": "Bad credentials"])
        }
        guard request.headers["x-github-api-version"] == "2022-11-28", let parts = URLComponents(string: request.target)
        else { return json(400, ["message": "Unsupported version"]) }
        let query = Dictionary((parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
        let body = (try? JSONValue(parsing: request.body)) ?? .null
        if parts.path == "/search/issues" { return search(query["q"] ?? "", state) }
        guard parts.path.hasPrefix(path) else { return json(404, ["message": "Not Found"]) }
        let steps = parts.path.dropFirst(path.count).split(separator: "/").map(String.init)
        if steps.isEmpty { return json(200, ["full_name": "owner/name"]) }
        if steps.count == 2, steps[0] == "labels" {
            return state.labels.contains(steps[1]) ? json(200, ["name": .string(steps[1])]) : json(404, .object([:]))
        }
        if steps == ["issues"] {
            guard request.method == "POST" else { return list(query, state) }
            state.issues.append(
                Entry(
                    title: body["title"]?.stringValue ?? "", body: body["body"]?.stringValue ?? "",
                    labels: body["labels"]?.arrayValue?.compactMap(\.stringValue) ?? []))
            return json(201, entry(state.issues.count - 1, state))
        }
        guard steps[0] == "issues", let index = Int(steps[1]).map({ $0 - 1 }), state.issues.indices.contains(index)
        else {
            return json(404, ["message": "Not Found"])
        }
        switch (request.method, steps.dropFirst(2).first) {
        case ("PATCH", nil): state.issues[index].isOpen = body["state"] != "closed"
        case ("POST", "labels"):
            for label in body["labels"]?.arrayValue?.compactMap(\.stringValue) ?? []
            where !state.issues[index].labels.contains(label) { state.issues[index].labels.append(label) }
            return json(200, [])
        case ("POST", "comments"):
            state.issues[index].comments.append(body["body"]?.stringValue ?? "")
            return json(201, ["id": .integer(1000 + state.issues[index].comments.count)])
        case (_, "comments"):
            let rows = state.issues[index].comments.enumerated().map { number, text -> JSONValue in
                ["id": .integer(1001 + number), "body": .string(text)]
            }
            let page = Int(query["page"] ?? "") ?? 1
            let isRecent = isRecent(state.issues[index], query)
            return json(200, .array(isRecent ? Array(rows.dropFirst((page - 1) * 100).prefix(100)) : []))
        default: break
        }
        return json(200, entry(index, state))
    }

    private static func list(_ query: [String: String], _ state: State) -> LoopbackServer.Answer {
        let size = Int(query["per_page"] ?? "") ?? 30
        let page = Int(query["page"] ?? "") ?? 1
        let all = state.issues.indices.reversed().filter {
            (query["state"] == "all" || state.issues[$0].isOpen) && isRecent(state.issues[$0], query)
        }
        return json(200, .array(all.dropFirst((page - 1) * size).prefix(size).map { entry($0, state) }))
    }

    private static func isRecent(_ issue: Entry, _ query: [String: String]) -> Bool {
        guard let since = query["since"].flatMap({ try? Date($0, strategy: .iso8601) }) else { return true }
        return issue.created >= since
    }

    private static func search(_ text: String, _ state: State) -> LoopbackServer.Answer {
        let words = text.split(separator: " ").map { $0.lowercased() }.filter { $0 != "or" && !$0.contains(":") }
        let hits = state.issues.indices.filter { index in
            words.contains { (state.issues[index].title + state.issues[index].body).lowercased().contains($0) }
        }
        return json(200, ["items": .array(hits.map { entry($0, state) })])
    }

    private static func entry(_ index: Int, _ state: State) -> JSONValue {
        let issue = state.issues[index]
        return [
            "number": .integer(index + 1), "title": .string(issue.title), "body": .string(issue.body),
            "labels": .array(issue.labels.map { ["name": .string($0)] }),
            "state": .string(issue.isOpen ? "open" : "closed"), "html_url": .string("https://example.org/\(index + 1)"),
            "created_at": .string(issue.created.formatted(.iso8601)),
        ]
    }
}

extension LoopbackServer.Answer {
    static var silent: LoopbackServer.Answer {
        var answer = LoopbackServer.Answer()
        answer.isSilent = true
        return answer
    }
}
