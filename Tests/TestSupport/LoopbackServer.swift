import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An HTTP server on a free loopback port for one test. It answers one request a connection, one connection
/// at a time, and stops when the value's life ends.
package final class LoopbackServer: Sendable {
    /// What a client asked.
    package struct Request: Hashable, Sendable {
        package let method: String
        package let target: String
        /// Names in lower case.
        package let headers: [String: String]
        package let body: [UInt8]
    }

    /// What to tell it.
    package struct Answer: Sendable {
        package var status: Int
        package var headers: [String: String]
        package var body: [UInt8]
        /// Announce this length whatever the body's is.
        package var announcedLength: Int?
        /// After the body, say nothing more until the client gives up.
        package var hangs: Bool
        /// Say nothing at all until the client gives up.
        package var isSilent = false
        /// Send the body so many times, as long as the client takes it.
        package var repetitions = 1
        /// Wait this long before each repetition of the body.
        package var pause = Duration.zero

        package init(
            status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [],
            announcedLength: Int? = nil, hangs: Bool = false
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.announcedLength = announcedLength
            self.hangs = hangs
        }

        /// A file's bytes, or what a `Range: bytes=N-` asks of them.
        package static func file(_ bytes: [UInt8], for request: Request) -> Answer {
            guard let range = request.headers["range"], range.hasPrefix("bytes="), range.hasSuffix("-"),
                let offset = Int(range.dropFirst(6).dropLast()), offset < bytes.count
            else { return Answer(body: bytes) }
            return Answer(
                status: 206,
                headers: ["Content-Range": "bytes \(offset)-\(bytes.count - 1)/\(bytes.count)"],
                body: Array(bytes[offset...]))
        }
    }

    /// The port it listens on.
    package let port: Int
    private let descriptor: Int32
    private let log: Log

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// What was asked so far, in order.
    package var requests: [Request] { log.requests.withLock { $0 } }

    /// Starts listening.
    package init(_ handler: @escaping @Sendable (Request) -> Answer) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address is a local value that outlives both calls.
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isListening else {
            close(descriptor)
            throw CocoaError(.fileReadUnknown)
        }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        let log = Log()
        self.log = log
        Thread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { break }
                Self.serve(connection, log: log, handler: handler)
                close(connection)
            }
            close(descriptor)
        }.start()
    }

    deinit {
        // Ends the blocked `accept`, and so the thread, which then closes the descriptor.
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private static func serve(
        _ connection: Int32, log: Log, handler: @Sendable (Request) -> Answer
    ) {
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        _ = unsafe setsockopt(
            connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let request = read(connection) else { return }
        log.requests.withLock { $0.append(request) }
        let answer = handler(request)
        var head = "HTTP/1.1 \(answer.status) Test\r\nConnection: close\r\n"
        head += "Content-Length: \(answer.announcedLength ?? answer.body.count * answer.repetitions)\r\n"
        if answer.isSilent {
            _ = receive(connection)
            return
        }
        for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
        guard send(Array((head + "\r\n").utf8), to: connection) else { return }
        for _ in 0..<answer.repetitions {
            if answer.pause > .zero { Thread.sleep(forTimeInterval: answer.pause / .seconds(1)) }
            guard send(answer.body, to: connection) else { return }
        }
        if answer.hangs { _ = receive(connection) }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        let gap = Array("\r\n\r\n".utf8)
        while bytes.count < 1 << 20 {
            if let end = bytes.firstRange(of: gap) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                    .components(separatedBy: "\r\n")
                let words = lines[0].split(separator: " ").map(String.init)
                guard words.count == 3 else { return nil }
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    guard let colon = line.firstIndex(of: ":") else { continue }
                    headers[line[..<colon].lowercased()] =
                        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                if bytes.count - end.upperBound >= length {
                    return Request(
                        method: words[0], target: words[1], headers: headers,
                        body: Array(bytes[end.upperBound...].prefix(length)))
                }
            }
            let more = receive(connection)
            if more.isEmpty { return nil }
            bytes += more
        }
        return nil
    }

    private static func receive(_ connection: Int32) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            count = max(0, unsafe recv(connection, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// False when the client has gone away.
    private static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = unsafe rest.withUnsafeBytes { buffer in
                // A client that has gone away must not end the test process with SIGPIPE.
                unsafe sendto(
                    connection, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL), nil, 0)
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}
