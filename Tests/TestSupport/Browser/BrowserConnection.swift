import Foundation
import Glibc
import JSONSchemas
import Synchronization

/// Commands to a browser and what it says, by the DevTools protocol over pipes: JSON messages, each ended by a NUL.
///
/// One thread reads. Who waits for an answer or an event waits for a minute at most, so that a test fails and never
/// hangs.
final class BrowserConnection: Sendable {
    private struct Waiter {
        /// Tells whether the event is the one; that of an answer never does.
        let isWanted: @Sendable (BrowserEvent) -> Bool
        let purpose: String
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<JSONValue, any Error>
    }

    private struct State {
        var next = 0
        var answers: [Int: Waiter] = [:]
        var watchers: [Int: Waiter] = [:]
        var events: [BrowserEvent] = []
        var end: BrowserFailure?
    }

    private let process: BrowserProcess
    private let state = Mutex(State())
    private let writing = Mutex(())
    static let patience = Duration.seconds(60)

    init(_ process: BrowserProcess) {
        self.process = process
    }

    /// Starts reading. The thread holds the connection until the browser has ended.
    func start() {
        Thread { self.read() }.start()
    }

    /// Asks for something and returns the answer.
    func send(_ method: String, _ parameters: JSONValue = [:], session: String?) async throws -> JSONValue {
        let deadline = ContinuousClock.now + Self.patience
        return try await withCheckedThrowingContinuation { continuation in
            let waiter = Waiter(
                isWanted: { _ in false }, purpose: method, deadline: deadline, continuation: continuation)
            let number: Int? = state.withLock { state in
                guard state.end == nil else { return nil }
                state.next += 1
                state.answers[state.next] = waiter
                return state.next
            }
            guard let number else { return continuation.resume(throwing: BrowserFailure("The browser has ended.")) }
            var message = JSONObject([
                ("id", .integer(number)), ("method", .string(method)), ("params", parameters),
            ])
            if let session { message["sessionId"] = .string(session) }
            if !write(JSONValue.object(message).serializedBytes() + [0]) {
                let waiter = state.withLock { $0.answers.removeValue(forKey: number) }
                waiter?.continuation.resume(throwing: BrowserFailure("Can't tell the browser: \(method)."))
            }
        }
    }

    /// How many events there were so far: what comes later has this place or a later one.
    var mark: Int { state.withLock { $0.events.count } }

    /// The events from a place on.
    func events(from mark: Int = 0) -> [BrowserEvent] { state.withLock { Array($0.events[mark...]) } }

    /// The parameters of the first event from a place on that is wanted, waiting for it if need be.
    func event(
        from mark: Int, _ purpose: String, where isWanted: @escaping @Sendable (BrowserEvent) -> Bool
    ) async throws -> JSONValue {
        let deadline = ContinuousClock.now + Self.patience
        return try await withCheckedThrowingContinuation { continuation in
            let found: Result<JSONValue, BrowserFailure>? = state.withLock { state in
                if let event = state.events[mark...].first(where: isWanted) { return .success(event.parameters) }
                if let end = state.end { return .failure(end) }
                state.next += 1
                state.watchers[state.next] = Waiter(
                    isWanted: isWanted, purpose: purpose, deadline: deadline, continuation: continuation)
                return nil
            }
            if let found { continuation.resume(with: found.mapError { $0 as any Error }) }
        }
    }

    // MARK: Pipes

    private func write(_ bytes: [UInt8]) -> Bool {
        writing.withLock { _ in
            var rest = bytes[...]
            while !rest.isEmpty {
                // The bytes live for the call.
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.write(process.commands, $0.baseAddress, $0.count)
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    private func read() {
        var bytes: [UInt8] = []
        while true {
            var entry = pollfd(fd: process.messages, events: Int16(POLLIN), revents: 0)
            // The structure outlives the call.
            let ready = unsafe poll(&entry, 1, 500)
            failOverdue()
            if ready == 0 { continue }
            // The buffer is valid for the call.
            let more = unsafe [UInt8](unsafeUninitializedCapacity: 262_144) { buffer, count in
                count = max(0, unsafe Glibc.read(process.messages, buffer.baseAddress, buffer.count))
            }
            if more.isEmpty { break }
            var start = more.startIndex
            while let end = more[start...].firstIndex(of: 0) {
                bytes += more[start..<end]
                take(bytes)
                bytes.removeAll(keepingCapacity: true)
                start = end + 1
            }
            bytes += more[start...]
        }
        let left = state.withLock { state in
            state.end = BrowserFailure("The browser has ended.")
            defer {
                state.answers = [:]
                state.watchers = [:]
            }
            return Array(state.answers.values) + Array(state.watchers.values)
        }
        for waiter in left { waiter.continuation.resume(throwing: BrowserFailure("The browser has ended.")) }
        close(process.messages)
        close(process.commands)
    }

    private func failOverdue() {
        let now = ContinuousClock.now
        let overdue = state.withLock { state in
            let late = state.answers.filter { $0.value.deadline < now }
            let lateWatchers = state.watchers.filter { $0.value.deadline < now }
            for number in late.keys { state.answers[number] = nil }
            for number in lateWatchers.keys { state.watchers[number] = nil }
            return Array(late.values) + Array(lateWatchers.values)
        }
        for waiter in overdue {
            waiter.continuation.resume(throwing: BrowserFailure("Waited a minute for the browser: \(waiter.purpose)."))
        }
    }

    private func take(_ bytes: [UInt8]) {
        guard let message = try? JSONValue(parsing: bytes) else { return }
        if let number = message["id"]?.intValue {
            guard let waiter = state.withLock({ $0.answers.removeValue(forKey: number) }) else { return }
            if let error = message["error"] {
                let reason = error["message"]?.stringValue ?? error.serialized()
                waiter.continuation.resume(throwing: BrowserFailure("\(waiter.purpose): \(reason)"))
            } else {
                waiter.continuation.resume(returning: message["result"] ?? [:])
            }
            return
        }
        guard let method = message["method"]?.stringValue else { return }
        let event = BrowserEvent(
            method: method, session: message["sessionId"]?.stringValue, parameters: message["params"] ?? [:])
        let found = state.withLock { state in
            state.events.append(event)
            let found = state.watchers.filter { $0.value.isWanted(event) }
            for number in found.keys { state.watchers[number] = nil }
            return Array(found.values)
        }
        for waiter in found { waiter.continuation.resume(returning: event.parameters) }
    }
}
