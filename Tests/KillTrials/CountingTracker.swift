import Foundation
import JSONSchemas
import Synchronization
package import TestSupport

/// An issue tracker on a loopback port that speaks as much of GitHub's REST interface as filing and commenting need,
/// takes whatever it is sent, however often, and counts. Each repository is a world of its own.
package final class CountingTracker: Sendable {
    /// What its clients have to send.
    package static let token = "a-token-for-kill-trials"

    /// What goes wrong with one request.
    package enum Fault: Sendable {
        /// It is not acted on; this comes back.
        case instead(LoopbackServer.Answer)
        /// It is acted on; this comes back.
        case after(LoopbackServer.Answer)
    }

    private struct Issue {
        let title: String
        let body: String
        var comments: [String] = []
    }

    private final class Store: Sendable {
        let issues = Mutex<[String: [Issue]]>([:])
        let fault = Mutex<(@Sendable (LoopbackServer.Request) -> Fault?)?>(nil)
    }

    private let store: Store
    private let server: LoopbackServer

    /// Its address.
    package var url: String { server.url }

    /// Starts listening.
    package init() throws {
        let store = Store()
        self.store = store
        server = try LoopbackServer { request in
            let fault = store.fault.withLock { $0 }?(request)
            if case .instead(let answer) = fault { return answer }
            let answer = Self.answer(request, store)
            if case .after(let spoilt) = fault { return spoilt }
            return answer
        }
    }

    /// What was asked so far, in order.
    package var requests: [LoopbackServer.Request] { server.requests }

    /// From now on requests meet these faults; nil for none.
    package func set(_ fault: (@Sendable (LoopbackServer.Request) -> Fault?)?) {
        store.fault.withLock { $0 = fault }
    }

    /// The texts that were filed and said in a repository, with their markers: one for each time.
    package func texts(in repository: String) -> (issues: [String], comments: [String]) {
        store.issues.withLock { all in
            let issues = all[repository] ?? []
            return (issues.map { $0.title + "\n" + $0.body }, issues.flatMap(\.comments))
        }
    }

    /// Forgets a repository.
    package func forget(_ repository: String) { store.issues.withLock { $0[repository] = nil } }

    private static func answer(_ request: LoopbackServer.Request, _ store: Store) -> LoopbackServer.Answer {
        guard request.headers["authorization"] == "Bearer " + token else { return json(401, ["message": "no"]) }
        guard let parts = URLComponents(string: request.target) else { return json(400, ["message": "what?"]) }
        let words = parts.path.split(separator: "/").map(String.init)
        guard words.count >= 4, words[0] == "repos", words[3] == "issues" else { return json(404, ["message": "no"]) }
        let page = parts.queryItems?.first { $0.name == "page" }?.value ?? "1"
        let body = (try? JSONValue(parsing: request.body)) ?? .null
        return store.issues.withLock { all in
            act(request.method, Array(words.dropFirst(4)), page, body, &all["\(words[1])/\(words[2])", default: []])
        }
    }

    private static func act(
        _ method: String, _ rest: [String], _ page: String, _ body: JSONValue, _ issues: inout [Issue]
    ) -> LoopbackServer.Answer {
        if rest.isEmpty {
            guard method == "POST" else {
                return json(200, .array(page == "1" ? issues.indices.reversed().map { entry($0, issues) } : []))
            }
            issues.append(Issue(title: body["title"]?.stringValue ?? "", body: body["body"]?.stringValue ?? ""))
            return json(201, entry(issues.count - 1, issues))
        }
        guard let index = Int(rest[0]).map({ $0 - 1 }), issues.indices.contains(index) else {
            return json(404, ["message": "no"])
        }
        guard rest.count == 2, rest[1] == "comments" else { return json(200, entry(index, issues)) }
        if method == "POST" {
            issues[index].comments.append(body["body"]?.stringValue ?? "")
            return json(201, ["id": .integer(1000 + issues[index].comments.count)])
        }
        let rows = issues[index].comments.enumerated().map { number, text -> JSONValue in
            ["id": .integer(1001 + number), "body": .string(text)]
        }
        return json(200, .array(page == "1" ? rows : []))
    }

    private static func entry(_ index: Int, _ issues: [Issue]) -> JSONValue {
        [
            "number": .integer(index + 1), "title": .string(issues[index].title), "body": .string(issues[index].body),
            "labels": [], "state": "open",
        ]
    }

    private static func json(_ status: Int, _ value: JSONValue) -> LoopbackServer.Answer {
        LoopbackServer.Answer(status: status, body: Array(value.serialized(.compact).utf8))
    }
}
