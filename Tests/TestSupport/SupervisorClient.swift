import Foundation
package import JSONSchemas

/// Somebody who speaks to `warrant serve` without a browser: a session's cookie and form token.
package struct SupervisorClient: Sendable {
    package let port: Int
    /// `name=value`.
    package let cookie: String
    /// What every answer has to carry.
    package let formToken: String

    /// An answer.
    package struct Answer: Sendable {
        package let status: Int
        package let headers: [String: String]
        package let body: String

        package var json: JSONValue { (try? JSONValue(parsing: Array(body.utf8))) ?? .null }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Spends a link.
    package init(link: String) throws {
        guard let url = URL(string: link), let port = url.port else {
            throw Failure(description: "`\(link)` is no link.")
        }
        self.port = port
        let answer = try Self.ask("GET", url.path() + "?" + (url.query() ?? ""), port: port)
        guard answer.status == 200, let cookie = answer.headers["set-cookie"]?.split(separator: ";").first else {
            throw Failure(description: "The link gave \(answer.status): \(answer.body.prefix(300))")
        }
        self.cookie = String(cookie)
        let session = try Self.ask("GET", "/api/session", headers: ["Cookie": String(cookie)], port: port)
        guard let token = session.json["form_token"]?.stringValue else {
            throw Failure(description: "The session has no token: \(session.body.prefix(300))")
        }
        formToken = token
    }

    /// What the server answers to a request of this session.
    package func ask(
        _ method: String, _ target: String, headers: [String: String] = [:], body: String? = nil
    ) throws -> Answer {
        var all = headers
        all["Cookie"] = all["Cookie"] ?? cookie
        if method != "GET" { all["X-Warrant-Form-Token"] = all["X-Warrant-Form-Token"] ?? formToken }
        return try Self.ask(method, target, headers: all, body: body, port: port)
    }

    /// What the API answers.
    package func answer(_ answers: [JSONValue]) throws -> Answer {
        try ask(
            "POST", "/api/answers", headers: ["Content-Type": "application/json"],
            body: JSONValue.object(JSONObject([("answers", .array(answers))])).serialized())
    }

    /// Begins to listen to events; the head of the answer has come when this returns.
    package func listen(after sequence: Int? = nil) throws -> LoopbackSocket {
        let socket = try LoopbackSocket(port: port)
        let query = sequence.map { "?after=\($0)" } ?? ""
        socket.send(
            "GET /api/events\(query) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n"
                + "Accept: text/event-stream\r\n\r\n")
        guard let head = socket.receive(until: "\r\n\r\n"), head.hasPrefix("HTTP/1.1 200") else {
            throw Failure(description: "Nobody lets us listen.")
        }
        return socket
    }

    /// What a server on this machine answers to anybody.
    package static func ask(
        _ method: String, _ target: String, headers: [String: String] = [:], body: String? = nil, port: Int
    ) throws -> Answer {
        let socket = try LoopbackSocket(port: port)
        var lines = ["\(method) \(target) HTTP/1.1", "Connection: close"]
        if headers["Host"] == nil { lines.append("Host: 127.0.0.1:\(port)") }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { lines.append("\(name): \(value)") }
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        socket.send((lines + ["", body ?? ""]).joined(separator: "\r\n"))
        return try read(socket.receiveAll())
    }

    private static func read(_ text: String) throws -> Answer {
        let bytes = Array(text.utf8)
        guard let gap = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Failure(description: "The server closed without an answer.")
        }
        let head = String(decoding: bytes[..<gap.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in head.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] =
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let status = head[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var body = Array(bytes[gap.upperBound...])
        if headers["transfer-encoding"] == "chunked" { body = unchunked(body) }
        return Answer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        var whole: [UInt8] = []
        while let end = rest.firstRange(of: Array("\r\n".utf8)),
            let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), size > 0
        {
            whole += rest[end.upperBound...].prefix(size)
            rest = rest[end.upperBound...].dropFirst(size + 2)
        }
        return whole
    }
}
