import HTTPTransfer
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct DownloadTests {
    private let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    @Test func `a download writes the content and reports how far it is`() async throws {
        let folder = try TemporaryFolder()
        let content = content
        let server = try LoopbackServer { .file(content, for: $0) }
        let last = Mutex<(Int, Int?)>((0, nil))
        _ = try await HTTPTransfer().download(HTTPRequest(url: server.url), to: folder.path("f")) {
            got, total in
            last.withLock { $0 = (got, total) }
        }
        #expect(try folder.bytes(of: "f") == content)
        #expect(last.withLock { $0.0 } == content.count)
        #expect(last.withLock { $0.1 } == content.count)
    }

    @Test func `a download goes on where it stopped`() async throws {
        let folder = try TemporaryFolder()
        let content = content
        try folder.write(bytes: Array(content[..<60_000]), to: "f")
        let server = try LoopbackServer { .file(content, for: $0) }
        let response = try await HTTPTransfer().download(
            HTTPRequest(url: server.url, resumeOffset: 60_000), to: folder.path("f"))
        #expect(response.status == 206)
        #expect(server.requests.first?.headers["range"] == "bytes=60000-")
        #expect(try folder.bytes(of: "f") == content)
    }

    @Test func `a server that can't resume has the file start anew`() async throws {
        let folder = try TemporaryFolder()
        let content = content
        try folder.write(bytes: Array(repeating: 9, count: 200_000), to: "f")
        let server = try LoopbackServer { _ in .init(body: content) }
        _ = try await HTTPTransfer().download(
            HTTPRequest(url: server.url, resumeOffset: 200_000), to: folder.path("f"))
        #expect(try folder.bytes(of: "f") == content)
    }

    @Test func `an error page doesn't become the file`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("kept", to: "f")
        let server = try LoopbackServer { _ in .init(status: 503, body: Array("sorry".utf8)) }
        await expect(.status(503)) {
            try await HTTPTransfer().download(HTTPRequest(url: server.url), to: folder.path("f"))
        }
        #expect(try folder.text(of: "f") == "kept")
    }

    @Test func `what arrived before a failure stays`() async throws {
        let folder = try TemporaryFolder()
        let server = try LoopbackServer { _ in .init(body: [1, 2, 3], announcedLength: 10) }
        await expect(.connectionFailed) {
            try await HTTPTransfer().download(HTTPRequest(url: server.url), to: folder.path("f"))
        }
        #expect(try folder.bytes(of: "f") == [1, 2, 3])
    }

    @Test func `a file that can't be written is named`() async throws {
        let folder = try TemporaryFolder()
        let server = try LoopbackServer { _ in .init(body: [1]) }
        let path = folder.path("none/f")
        let error = await expect(.writeFailed) {
            try await HTTPTransfer().download(HTTPRequest(url: server.url), to: path)
        }
        #expect(error?.operation == "write `\(path)`")
    }
}
