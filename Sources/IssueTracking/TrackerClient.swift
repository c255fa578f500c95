import Foundation
import HTTPTransfer
import JSONSchemas
import Synchronization
import WebAddresses

/// Asks one server for JSON, within bounds, and sorts what can go wrong by what it says about the effect.
struct TrackerClient: Sendable {
    struct Answer {
        let status: Int
        let json: JSONValue
        let response: HTTPResponse
    }

    /// Why one exchange gave no answer to work with.
    enum Failure: Error {
        /// Nothing was sent.
        case unreachable(String)
        /// It may have been acted on.
        case lost(String)
        /// The server was too busy to act, and may have said how long.
        case busy(String, wait: Duration?)
        /// The server failed while it acted; it is not acting any more.
        case failed(String)
        /// The server said no; status 0 when it was not even asked, because of where it is.
        case refused(Int, String)
    }

    static let answerByteLimit = 8 << 20

    let name: String
    let base: WebAddress
    let headers: [HTTPRequest.Header]
    let namedRanges: [AddressRange]
    let timeout: Duration
    let patience: Duration
    let transfer: HTTPTransfer
    /// What anybody may read whose credentials are accepted.
    let probe: String
    private let health = TrackerHealth()

    init(
        _ name: String, base: WebAddress, probe: String, headers: [HTTPRequest.Header], namedRanges: [AddressRange],
        timeout: Duration, patience: Duration, transfer: HTTPTransfer
    ) {
        self.name = name
        self.base = base
        self.probe = probe
        self.headers = headers
        self.namedRanges = namedRanges
        self.timeout = timeout
        self.patience = patience
        self.transfer = transfer
    }

    /// One exchange, sent once.
    func send(
        _ method: String, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil,
        headers more: [HTTPRequest.Header] = []
    ) async throws(Failure) -> Answer {
        var url = "\(base.origin)\(base.rest)\(path)"
        if !query.isEmpty {
            url += "?" + query.map { "\(Self.escaped($0.0))=\(Self.escaped($0.1))" }.joined(separator: "&")
        }
        var lines = headers + more
        if body != nil { lines.append(.init("Content-Type", "application/json")) }
        let request = HTTPRequest(
            url: url, method: method, headers: lines, body: body.map { Array($0.serialized(.compact).utf8) },
            timeLimit: timeout, connectTimeLimit: min(timeout, .seconds(10)), byteLimit: Self.answerByteLimit,
            guarding: HostGuard(hosts: [HostEntry(of: base)], namedRanges: namedRanges))
        let response: HTTPResponse
        do {
            response = try await transfer.send(request)
        } catch {
            let reason = "\(error)".dropLast().lowercasedFirst
            // What may not be connected to now may not be in a second either.
            if [.addressNotAllowed, .hostNotAllowed, .invalidURL].contains(error.code) { throw .refused(0, reason) }
            throw error.mayHaveArrived ? .lost(reason) : .unreachable(reason)
        }
        return try Self.sort(response)
    }

    /// One exchange that may be repeated, repeated until there is an answer or `deadline`.
    func ask(
        _ method: String, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil,
        headers: [HTTPRequest.Header] = [], within waiting: inout Waiting
    ) async throws(TrackerError) -> Answer {
        /// Whether the server may have begun to do what it refuses now.
        var isBegun = false
        while true {
            let failure: Failure
            do throws(Failure) {
                return try await send(method, path, query: query, body: body, headers: headers)
            } catch {
                failure = error
            }
            switch failure {
            case .refused(let status, let reason):
                let error = await refusal(status, reason)
                throw isBegun ? inDoubt(error) : error
            case .lost, .failed: isBegun = method != "GET"
            case .unreachable, .busy: break
            }
            try await pause(after: failure, within: &waiting)
        }
    }

    /// How long a call has been repeated for, and may be.
    struct Waiting {
        let deadline: ContinuousClock.Instant
        var next = Duration.milliseconds(250)
    }

    /// Begins a call; refused when an earlier one of this run found the server gone.
    func begin() throws(TrackerError) -> Waiting {
        if let reason = health.reason {
            throw unavailable("\(reason); it is not asked again in this run")
        }
        return Waiting(deadline: .now + patience)
    }

    /// Waits before something is tried again; throws when that would take too long.
    func pause(after failure: Failure, within waiting: inout Waiting) async throws(TrackerError) {
        var wait = waiting.next
        let reason: String
        switch failure {
        case .unreachable(let text), .lost(let text), .failed(let text), .refused(_, let text): reason = text
        case .busy(let text, let asked):
            reason = text
            // A server may ask for years; beyond the patience there is no point in waiting at all.
            if let asked, asked > wait { wait = asked }
        }
        waiting.next = min(waiting.next * 2, .seconds(8))
        guard .now + wait < waiting.deadline else { throw gone(reason) }
        do {
            try await Task.sleep(for: wait)
        } catch {
            throw unavailable("the run was cancelled")
        }
    }

    /// The error of a call that found the server gone; later calls of the run find it so at once.
    func gone(_ reason: String) -> TrackerError {
        health.lose(reason)
        return unavailable(reason)
    }

    func unavailable(_ reason: String) -> TrackerError { TrackerError(.unavailable, name, "reach tracker", reason) }

    /// The error of one call that was answered with something else than what it is about; other calls go on.
    ///
    /// `object`: what was asked for, and not changed yet.
    func odd(_ object: String) -> TrackerError {
        TrackerError(.refused, name, "use tracker", "what it answers about \(object) can't be read")
    }

    /// The error of a call that was done, as far as the status tells, with an answer that can't be read. Resuming the
    /// run looks for what became of it.
    func unclear(_ reason: String) -> TrackerError {
        unavailable("\(reason); whether it did what was asked is unknown until the run is resumed")
    }

    /// What an error says after a request that may have been acted on: nothing of what became of that, so that it is no
    /// refusal of it. Resuming the run looks for it.
    func inDoubt(_ error: TrackerError) -> TrackerError {
        error.code == .unavailable ? error : unclear(error.reason)
    }

    /// The error that a status stands for.
    func refusal(_ status: Int, _ reason: String) async -> TrackerError {
        switch status {
        case 0: return gone(reason)
        case 401: return unaccepted(status)
        case 403: return await forbidden(status, reason)
        case 404, 410: return TrackerError(.notFound, name, "find what was asked for at tracker", "it isn't there")
        default: return refused(status, reason)
        }
    }

    private func refused(_ status: Int, _ reason: String) -> TrackerError {
        TrackerError(.refused, name, "use tracker", "it refuses the request (status \(status)): \(reason)")
    }

    private func unaccepted(_ status: Int) -> TrackerError {
        gone("it doesn't accept the credentials for this (status \(status))")
    }

    /// A server says 403 to whoever it doesn't know, and to whoever may not touch one object, such as a locked issue.
    /// What anybody may read tells which it is.
    private func forbidden(_ status: Int, _ reason: String) async -> TrackerError {
        do throws(Failure) {
            _ = try await send("GET", probe)
            return refused(status, reason)
        } catch {
            if case .refused = error { return unaccepted(status) }
            return unavailable(
                "it refuses the request (status \(status)), and whether it accepts the credentials can't be told now")
        }
    }

    private static func sort(_ response: HTTPResponse) throws(Failure) -> Answer {
        let status = response.status
        let json = try? JSONValue(parsing: response.body)
        let isLimited =
            status == 403
            && (response.header("retry-after") != nil || response.header("x-ratelimit-remaining") == "0"
                || message(json).lowercased().contains("rate limit"))
        switch status {
        case 200..<300:
            if let json { return Answer(status: status, json: json, response: response) }
            if status == 204 { return Answer(status: status, json: .null, response: response) }
            throw .lost("it answers with something else than JSON")
        case 429: throw .busy("it is too busy (status 429)", wait: wait(in: response))
        case _ where isLimited: throw .busy("its rate limit is reached (status 403)", wait: wait(in: response))
        case 503: throw .busy("it is too busy (status 503)", wait: wait(in: response))
        // Behind a gateway that has given up the server may still be at work.
        case 502, 504: throw .lost("a gateway before it failed (status \(status))")
        case 500...: throw .failed("it failed (status \(status))")
        case 300..<400: throw .refused(status, "it redirects, which is not followed")
        default: throw .refused(status, message(json))
        }
    }

    /// What the server says, bounded and on one line: it ends up in a sentence for a person.
    private static func message(_ json: JSONValue?) -> String {
        plain(json?["error"]?["msg"]?.stringValue ?? json?["message"]?.stringValue ?? "no reason given")
    }

    /// Text from outside for the middle of a sentence: bounded, on one line.
    static func plain(_ text: String) -> String {
        let plain = text.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
        return String(String.UnicodeScalarView(plain).prefix(160))
    }

    private static func wait(in response: HTTPResponse) -> Duration? {
        if let text = response.header("retry-after"), let seconds = Int(text), seconds >= 0 {
            return .seconds(min(seconds, 1 << 30))
        }
        if response.header("x-ratelimit-remaining") == "0", let text = response.header("x-ratelimit-reset"),
            let reset = Double(text), reset.isFinite
        {
            return .seconds(min(max(reset - Date().timeIntervalSince1970, 0), 1e9))
        }
        return nil
    }

    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (hex.count == 1 ? "0" + hex : hex)
        }.joined()
    }
}

/// Whether a tracker was found gone in this process.
private final class TrackerHealth: Sendable {
    private let state = Mutex<String?>(nil)
    var reason: String? { state.withLock { $0 } }
    func lose(_ reason: String) { state.withLock { $0 = $0 ?? reason } }
}

extension Substring {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
