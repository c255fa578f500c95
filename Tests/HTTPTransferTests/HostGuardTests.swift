import Foundation
import HTTPTransfer
import Synchronization
import TestSupport
import Testing
import WebAddresses

/// Attacks on guarded requests; each has its control arm, in which the same request arrives.
@Suite(.timeLimit(.minutes(10))) struct HostGuardTests {
    private static let loopback = ["127.0.0.1/32"]

    private func guarding(_ hosts: [String], _ ranges: [String] = Self.loopback) throws -> HostGuard {
        HostGuard(
            hosts: try hosts.map { try HostEntry($0) }, namedRanges: try ranges.map { try #require(AddressRange($0)) })
    }

    private func addresses(_ texts: String...) -> [IPAddress] { texts.compactMap { IPAddress($0) } }

    @Test(arguments: [
        "http://tracker.test@127.0.0.1:PORT/", "http://tracker.test:PORT@127.0.0.1:PORT/",
        "http://tr\u{430}cker.test:PORT/", "http://tracker.test.:PORT/", "http://tracker.test:PORT\\@127.0.0.1/",
        "http://tracker%2etest:PORT/", "http://\u{24E3}racker.test:PORT/",
    ])
    func `user names and look-alikes are refused`(url: String) async throws {
        let server = try LoopbackServer { _ in .init(body: [1]) }
        let transfer = HTTPTransfer { [good = addresses("127.0.0.1")] _ in good }
        let rules = try guarding(["tracker.test:\(server.port)"])
        let good = HTTPRequest(url: "http://tracker.test:\(server.port)/", guarding: rules)
        #expect(try await transfer.send(good).body == [1])
        let bad = url.replacing("PORT", with: "\(server.port)")
        await expect(.invalidURL) { try await transfer.send(HTTPRequest(url: bad, guarding: rules)) }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: ["0177.0.0.1", "0x7f.0.0.1", "2130706433", "127.1", "[::ffff:127.0.0.1]", "127.0.0.1"])
    func `other spellings of an address are that address`(host: String) async throws {
        let server = try LoopbackServer { _ in .init(body: [1]) }
        let url = "http://\(host):\(server.port)/"
        let hosts = ["127.0.0.1:\(server.port)"]
        // Named and allowed it is reached; not named it is private, in whatever spelling.
        #expect(try await HTTPTransfer().send(HTTPRequest(url: url, guarding: guarding(hosts))).body == [1])
        let rules = try guarding(hosts, [])
        await expect(.addressNotAllowed) { try await HTTPTransfer().send(HTTPRequest(url: url, guarding: rules)) }
        let other = try guarding(["127.0.0.2:\(server.port)"])
        await expect(.hostNotAllowed) { try await HTTPTransfer().send(HTTPRequest(url: url, guarding: other)) }
        #expect(server.requests.count == 1)
    }

    @Test func `another port of an allowed host is another host`() async throws {
        let server = try LoopbackServer { _ in .init() }
        _ = try await HTTPTransfer().send(
            HTTPRequest(url: server.url, guarding: guarding(["127.0.0.1:\(server.port)"])))
        let rules = try guarding(["127.0.0.1"])
        await expect(.hostNotAllowed) { try await HTTPTransfer().send(HTTPRequest(url: server.url, guarding: rules)) }
    }

    @Test func `an answer of the name service that changes after the check changes nothing`() async throws {
        let server = try LoopbackServer { _ in .init(body: [1]) }
        let asked = Mutex(0)
        let answers = [addresses("127.0.0.1"), addresses("127.0.0.9")]
        let transfer = HTTPTransfer { _ in
            asked.withLock { count in
                defer { count += 1 }
                return answers[min(count, 1)]
            }
        }
        // The name exists nowhere else: the connection can only have gone to the address that was checked.
        let request = HTTPRequest(
            url: "http://rebind.test:\(server.port)/", guarding: try guarding(["rebind.test:\(server.port)"]))
        #expect(try await transfer.send(request).body == [1])
        #expect(asked.withLock { $0 } == 1)
        // The next request asks anew, and is held to the new answer.
        let error = await expect(.addressNotAllowed) { try await transfer.send(request) }
        #expect(error?.description.contains("loopback") == true)
        #expect(server.requests.count == 1)
    }

    @Test func `of several addresses only those that are allowed are used`() async throws {
        let server = try LoopbackServer { _ in .init(body: [1]) }
        let mixed = addresses("127.0.0.9", "::1", "10.0.0.1", "127.0.0.1")
        let request = HTTPRequest(
            url: "http://mixed.test:\(server.port)/", guarding: try guarding(["mixed.test:\(server.port)"]))
        #expect(try await HTTPTransfer { _ in mixed }.send(request).body == [1])
        let bad = addresses("127.0.0.9", "10.0.0.1", "169.254.169.254")
        await expect(.addressNotAllowed) { try await HTTPTransfer { _ in bad }.send(request) }
    }

    @Test func `a redirect to a private address or another port is not followed`() async throws {
        let inner = try LoopbackServer { _ in .init(body: [7]) }
        let port = inner.port
        let outer = try LoopbackServer { request in
            .init(
                status: 302,
                headers: [
                    "Location": request.target == "/named" ? "http://named.test:\(port)/" : "http://0x7f.2:\(port)/"
                ])
        }
        let transfer = HTTPTransfer { [good = addresses("127.0.0.1")] _ in good }
        var request = HTTPRequest(
            url: "http://outer.test:\(outer.port)/named",
            guarding: try guarding(["outer.test:\(outer.port)", "named.test:\(port)", "127.0.0.2:\(port)"]),
            followsRedirects: true)
        #expect(try await transfer.send(request).body == [7])
        request.url = "http://outer.test:\(outer.port)/private"
        await expect(.addressNotAllowed) { try await transfer.send(request) }
        request.url = "http://outer.test:\(outer.port)/named"
        request.guarding = try guarding(["outer.test:\(outer.port)", "named.test"])
        await expect(.hostNotAllowed) { try await transfer.send(request) }
        #expect(inner.requests.count == 1)
    }

    @Test func `an answer of ten gigabytes is cut at the limit, and nothing beyond it is kept`() async throws {
        let chunk = [UInt8](repeating: 65, count: 1 << 16)
        let server = try LoopbackServer { request in
            var answer = LoopbackServer.Answer(body: chunk)
            answer.repetitions = request.target == "/small" ? 4 : 163_840
            return answer
        }
        let rules = try guarding(["127.0.0.1:\(server.port)"])
        let kept = Kept()
        func get(_ path: String) async throws {
            let request = HTTPRequest(url: server.url + path, byteLimit: 1 << 20, guarding: rules)
            _ = try await HTTPTransfer().stream(request) { chunk in
                kept.count.withLock { $0 += chunk.count }
                return true
            }
        }
        try await get("/small")
        #expect(kept.count.withLock { $0 } == 4 << 16)
        await expect(.byteLimit) { try await get("/big") }
        // The process runs other tests as well, so bytes are counted that anybody could keep, not its memory.
        #expect(kept.count.withLock { $0 } <= (4 << 16) + (1 << 20))
    }

    private final class Kept: Sendable {
        let count = Mutex(0)
    }

    @Test func `a slow drip ends at the time limit`() async throws {
        let server = try LoopbackServer { request in
            var answer = LoopbackServer.Answer(body: [65])
            answer.repetitions = request.target == "/short" ? 3 : 600
            answer.pause = .milliseconds(50)
            return answer
        }
        let rules = try guarding(["127.0.0.1:\(server.port)"])
        func get(_ path: String, _ limit: Duration) async throws -> HTTPResponse {
            try await HTTPTransfer().send(HTTPRequest(url: server.url + path, timeLimit: limit, guarding: rules))
        }
        #expect(try await get("/short", .seconds(20)).body.count == 3)
        let begun = ContinuousClock.now
        let error = await expect(.timeLimit) { try await get("/long", .milliseconds(500)) }
        #expect(begun.duration(to: .now) < .seconds(15))
        #expect(error?.mayHaveArrived == true)
    }

    @Test func `a resolver that never answers runs into the connection's time limit`() async throws {
        let transfer = HTTPTransfer { _ in
            Thread.sleep(forTimeInterval: 3)
            return []
        }
        let request = HTTPRequest(
            url: "http://slow.test/", connectTimeLimit: .milliseconds(100), guarding: try guarding(["slow.test"]))
        let error = await expect(.timeLimit) { try await transfer.send(request) }
        #expect(error?.mayHaveArrived == false)
    }

    @Test(arguments: [
        HTTPRequest.Header("A", "b\r\nC: d"), .init("A", "b\nC: d"), .init("A\r\nC", "d"), .init("A: b", "c"),
        .init("A", "b\u{0}"), .init("", "b"),
    ])
    func `a header with a line break is refused`(header: HTTPRequest.Header) async throws {
        let server = try LoopbackServer { _ in .init() }
        let rules = try guarding(["127.0.0.1:\(server.port)"])
        _ = try await HTTPTransfer().send(HTTPRequest(url: server.url, headers: [.init("A", "b")], guarding: rules))
        await expect(.invalidURL) {
            try await HTTPTransfer().send(HTTPRequest(url: server.url, headers: [header], guarding: rules))
        }
        #expect(server.requests.count == 1)
    }

    @Test func `headers without an end are cut`() async throws {
        let server = try LoopbackServer { request in
            let count = request.target == "/few" ? 10 : 5000
            let headers = Dictionary(
                uniqueKeysWithValues: (0..<count).map { ("X-\($0)", String(repeating: "x", count: 90)) })
            return .init(headers: headers)
        }
        let rules = try guarding(["127.0.0.1:\(server.port)"])
        #expect(try await HTTPTransfer().send(HTTPRequest(url: server.url + "/few", guarding: rules)).status == 200)
        await expect(.byteLimit) {
            try await HTTPTransfer().send(HTTPRequest(url: server.url + "/many", guarding: rules))
        }
    }
}
