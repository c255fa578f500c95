import HTTPTransfer
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct HTTPTransferTests {
    @Test func `an answer comes back with its status, headers and content`() async throws {
        let server = try LoopbackServer { request in
            .init(status: 404, headers: ["X-Test": "yes"], body: request.body.reversed())
        }
        let request = HTTPRequest(
            url: server.url + "/a?b=c", method: "POST", headers: [.init("X-Asked", "1")], body: [1, 2, 3])
        let response = try await HTTPTransfer().send(request)
        #expect(response.status == 404)
        #expect(response.header("x-test") == "yes")
        #expect(response.body == [3, 2, 1])
        let seen = try #require(server.requests.first)
        #expect(seen.method == "POST")
        #expect(seen.target == "/a?b=c")
        #expect(seen.headers["x-asked"] == "1")
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1/", "a/b", ""])
    func `only http and https URLs are asked`(url: String) async throws {
        await expect(.invalidURL) { try await HTTPTransfer().send(HTTPRequest(url: url)) }
    }

    @Test func `a URL with a password is refused, and is not repeated in the message`() async throws {
        let request = HTTPRequest(url: "http://me:secret@127.0.0.1/")
        let error = await expect(.invalidURL) { try await HTTPTransfer().send(request) }
        #expect(error?.description == "Can't read URL: it holds a user name or a password.")
    }

    @Test func `a header can't smuggle in another one`() async throws {
        let server = try LoopbackServer { _ in .init() }
        let request = HTTPRequest(url: server.url, headers: [.init("A", "b\r\nC: d")])
        await expect(.invalidURL) { try await HTTPTransfer().send(request) }
        #expect(server.requests.isEmpty)
    }

    @Test func `a host that isn't listed is not asked`() async throws {
        let server = try LoopbackServer { _ in .init() }
        // Control arm: with the host listed the same request arrives.
        _ = try await HTTPTransfer().send(HTTPRequest(url: server.url, allowedHosts: ["127.0.0.1"]))
        #expect(server.requests.count == 1)
        await expect(.hostNotAllowed) {
            try await HTTPTransfer().send(HTTPRequest(url: server.url, allowedHosts: ["example.com"]))
        }
        #expect(server.requests.count == 1)
    }

    @Test func `a redirect to a host that isn't listed is not followed`() async throws {
        let other = try LoopbackServer { _ in .init(body: [7]) }
        let port = other.port
        let server = try LoopbackServer { _ in
            .init(status: 302, headers: ["Location": "http://localhost:\(port)/x"])
        }
        let hosts = ["127.0.0.1", "localhost"]
        var request = HTTPRequest(url: server.url, allowedHosts: hosts, followsRedirects: true)
        #expect(try await HTTPTransfer().send(request).body == [7])
        request.allowedHosts = ["127.0.0.1"]
        let error = await expect(.hostNotAllowed) { try await HTTPTransfer().send(request) }
        #expect(error?.description.contains("`localhost`") == true)
        #expect(other.requests.count == 1)
    }

    @Test func `authorization stays with the first host`() async throws {
        let other = try LoopbackServer { _ in .init() }
        let port = other.port
        let server = try LoopbackServer { _ in
            .init(status: 307, headers: ["Location": "http://localhost:\(port)/"])
        }
        let request = HTTPRequest(
            url: server.url, headers: [.init("Authorization", "Bearer x"), .init("X-Kept", "1")],
            followsRedirects: true)
        _ = try await HTTPTransfer().send(request)
        #expect(server.requests.first?.headers["authorization"] == "Bearer x")
        #expect(other.requests.first?.headers["authorization"] == nil)
        #expect(other.requests.first?.headers["x-kept"] == "1")
    }

    @Test func `redirects are returned unless they are to be followed, and end after five`() async throws {
        let server = try LoopbackServer { _ in .init(status: 302, headers: ["Location": "/again"]) }
        #expect(try await HTTPTransfer().send(HTTPRequest(url: server.url)).status == 302)
        await expect(.badRedirect) {
            try await HTTPTransfer().send(HTTPRequest(url: server.url, followsRedirects: true))
        }
        #expect(server.requests.count == 7)
    }

    @Test func `an answer longer than the limit is an error`() async throws {
        let server = try LoopbackServer { _ in .init(body: Array(repeating: 1, count: 1001)) }
        #expect(
            try await HTTPTransfer().send(HTTPRequest(url: server.url, byteLimit: 1001)).body.count == 1001)
        let error = await expect(.byteLimit) {
            try await HTTPTransfer().send(HTTPRequest(url: server.url, byteLimit: 1000))
        }
        #expect(error?.description == "Can't ask `127.0.0.1`: the answer is longer than 1000 bytes.")
    }

    @Test func `an answer that doesn't end runs into the time limit`() async throws {
        let server = try LoopbackServer { _ in .init(body: [1], announcedLength: 2, hangs: true) }
        await expect(.timeLimit) {
            try await HTTPTransfer().send(HTTPRequest(url: server.url, timeLimit: .milliseconds(100)))
        }
    }

    @Test func `nobody listening is a failed connection`() async throws {
        var port = 0
        do {
            let server = try LoopbackServer { _ in .init() }
            port = server.port
        }
        let request = HTTPRequest(url: "http://127.0.0.1:\(port)/")
        // The server's thread may accept one more connection while it stops, and then closes it.
        await expect(.connectionFailed) { try await HTTPTransfer().send(request) }
    }

    @Test func `a receiver that has all it wants ends the transfer and gets the answer`() async throws {
        let server = try LoopbackServer { _ in
            .init(status: 201, headers: ["X-Test": "yes"], body: [1, 2], announcedLength: 100, hangs: true)
        }
        let response = try await HTTPTransfer().stream(HTTPRequest(url: server.url)) { _ in false }
        #expect(response.status == 201)
        #expect(response.header("x-test") == "yes")
        // Control arm: one that wants the rest waits for it.
        await expect(.timeLimit) {
            try await HTTPTransfer().stream(HTTPRequest(url: server.url, timeLimit: .milliseconds(100))) { _ in true }
        }
    }

    @Test func `cancelling the task ends the transfer`() async throws {
        let server = try LoopbackServer { _ in .init(body: [1], announcedLength: 2, hangs: true) }
        let url = server.url
        let (arrived, arrival) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await HTTPTransfer().stream(HTTPRequest(url: url)) { _ in
                arrival.yield()
                return true
            }
        }
        for await _ in arrived { break }
        task.cancel()
        await expect(.cancelled) { try await task.value }
    }
}

/// Runs `body` and expects it to throw a transfer error with this code.
@discardableResult
func expect<R>(
    _ code: TransferError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> R
) async -> TransferError? {
    let error = await #expect(throws: TransferError.self, sourceLocation: sourceLocation) {
        _ = try await body()
    }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    return error
}
