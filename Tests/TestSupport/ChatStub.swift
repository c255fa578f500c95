package import JSONSchemas
import Synchronization

/// A server that speaks OpenAI's chat completions, for one test: gives the replies it was made with, the last one again
/// and again.
package final class ChatStub: Sendable {
    private let server: LoopbackServer

    /// Starts with replies that don't depend on the request.
    package convenience init(_ replies: LoopbackServer.Answer...) throws {
        let left = Left(replies)
        try self.init { _ in left.next() }
    }

    /// Starts with replies made for each request.
    package init(_ reply: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Answer) throws {
        server = try LoopbackServer(reply)
    }

    private final class Left: Sendable {
        private let replies: Mutex<[LoopbackServer.Answer]>

        init(_ replies: [LoopbackServer.Answer]) { self.replies = Mutex(replies) }

        func next() -> LoopbackServer.Answer {
            replies.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    /// `http://127.0.0.1:PORT/v1#small`.
    package var address: String { server.url + "/v1#small" }

    /// The port.
    package var port: Int { server.port }

    /// What was asked so far.
    package var requests: [LoopbackServer.Request] { server.requests }

    /// The contents of what was asked so far.
    package var bodies: [JSONValue] { requests.compactMap { try? JSONValue(parsing: $0.body) } }

    /// The forms of answers that were asked for so far: `response_format`'s type, or `none`.
    package var forms: [String] { bodies.map { $0["response_format"]?["type"]?.stringValue ?? "none" } }

    /// An answer as a stream of events, a few characters each.
    package static func text(
        _ text: String, finish: String? = "stop", usage: JSONValue? = nil, model: String = "served"
    ) -> LoopbackServer.Answer {
        var events: [JSONValue] = []
        var rest = text[...]
        while !rest.isEmpty {
            events.append(event(["content": .string(String(rest.prefix(3)))], finish: nil, model: model))
            rest = rest.dropFirst(3)
        }
        if let finish { events.append(event([:], finish: finish, model: model)) }
        if let usage { events.append(["model": .string(model), "choices": [], "usage": usage]) }
        return stream(events.map { $0.serialized(.compact) } + (finish == nil ? [] : ["[DONE]"]))
    }

    private static func event(_ delta: JSONValue, finish: String?, model: String) -> JSONValue {
        [
            "model": .string(model),
            "choices": [["index": 0, "delta": delta, "finish_reason": finish.map { .string($0) } ?? .null]],
        ]
    }

    /// Events with this data.
    package static func stream(_ events: [String]) -> LoopbackServer.Answer {
        LoopbackServer.Answer(
            headers: ["Content-Type": "text/event-stream; charset=utf-8"],
            body: Array(events.map { "data: \($0)\n\n" }.joined().utf8))
    }

    /// One JSON document.
    package static func json(
        _ value: JSONValue, status: Int = 200, headers: [String: String] = [:]
    ) -> LoopbackServer.Answer {
        LoopbackServer.Answer(
            status: status, headers: headers.merging(["Content-Type": "application/json"]) { $1 },
            body: value.serializedBytes(.compact))
    }

    /// An error as servers give it.
    package static func error(
        _ status: Int, code: String = "some_error", message: String = "It failed.", headers: [String: String] = [:]
    ) -> LoopbackServer.Answer {
        json(["error": ["code": .string(code), "message": .string(message)]], status: status, headers: headers)
    }
}
