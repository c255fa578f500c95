import HTTPTransfer
import JSONSchemas
import Synchronization
import WebAddresses

/// One request to a server, and what came of it.
struct ServerAttempt {
    enum Outcome {
        case answered(ServerAnswer)
        case failed(ServerFailure)
    }

    let request: ChatRequest
    let form: AnswerForm
    let address: ServerAddress
    let key: ServerKey?
    let limits: ServerLimits
    let transfer: HTTPTransfer

    private var operation: String { "ask `\(address)`" }

    var cancelled: ModelError { ModelError(.cancelled, operation, "the task was cancelled") }

    /// Sends the request. `number`: which try this is, counted from 1.
    func run(number: Int) async throws(ModelError) -> Outcome {
        let started = ContinuousClock.now
        let arrival = Arrival(started: started)
        let response: HTTPResponse
        do {
            response = try await transfer.stream(httpRequest) { arrival.take($0) }
        } catch {
            if let fault = arrival.reader.fault { return .failed(failure(of: fault)) }
            return .failed(try failure(of: error, number: number))
        }
        let total = started.duration(to: .now)
        guard response.status == 200 else {
            return .failed(failure(of: response, content: arrival.content, number: number))
        }
        var reader = arrival.reader
        switch Self.mediaType(of: response) {
        case "text/event-stream": break
        case "application/json": reader.take(document: arrival.content)
        case let other:
            let isPlain =
                (1...60).contains(other.utf8.count)
                && other.utf8.allSatisfy {
                    (97...122).contains($0) || (45...57).contains($0) || $0 == UInt8(ascii: "+")
                }
            return .failed(invalid("the answer is \(isPlain ? "`\(other)`" : "of no stated kind") and no event stream"))
        }
        if let fault = reader.fault { return .failed(failure(of: fault)) }
        guard let reason = reader.finishReason else {
            return .failed(
                ServerFailure(
                    unavailable("the answer broke off before its end", number), isWorthRetrying: true))
        }
        return .answered(
            ServerAnswer(
                text: reader.text, isComplete: reason != "length", usage: reader.usage,
                reportedModel: reader.model.map { Self.shown(ServerKey.hide(key, in: $0)) }, form: form,
                firstTextTime: arrival.firstTextTime ?? total, totalTime: total))
    }

    private var httpRequest: HTTPRequest {
        var request = HTTPRequest(
            url: address.url(of: "/chat/completions"), method: "POST",
            headers: [
                .init("Content-Type", "application/json"), .init("Accept", "text/event-stream, application/json"),
            ],
            body: self.request.body(model: address.model, form: form), timeLimit: limits.timeLimit,
            connectTimeLimit: limits.connectTimeLimit, stallTimeLimit: limits.stallTimeLimit,
            byteLimit: limits.answerByteLimit, followsRedirects: false)
        if let key { request.headers.append(.init("Authorization", "Bearer \(key.text)")) }
        if address.isLoopback {
            // Whatever `localhost` means to a resolver: plain text leaves this machine by no way.
            request.guarding = HostGuard(
                hosts: [HostEntry(of: address.base)], namedRanges: ServerAddress.loopbackRanges)
        }
        return request
    }

    private static func mediaType(of response: HTTPResponse) -> String {
        let value = response.header("content-type") ?? ""
        return value.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
    }

    /// A server's words, fit for a record: one line of ASCII, 200 characters.
    private static func shown(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.prefix(200).map { (32..<127).contains($0.value) ? $0 : "?" }))
    }

    // MARK: What can go wrong

    private func failure(of error: TransferError, number: Int) throws(ModelError) -> ServerFailure {
        switch error.code {
        case .cancelled: throw cancelled
        case .connectionFailed:
            return ServerFailure(unavailable(error.reason, number), isWorthRetrying: true)
        case .timeLimit where !error.mayHaveArrived:
            return ServerFailure(
                unavailable("no connection in \(min(limits.connectTimeLimit, limits.timeLimit))", number),
                isWorthRetrying: true)
        case .timeLimit:
            return ServerFailure(
                ModelError(
                    .serverUnavailable, operation,
                    "no complete answer came in \(limits.timeLimit), or nothing at all for \(limits.stallTimeLimit)"))
        case .byteLimit: return invalid(error.reason)
        default: return ServerFailure(ModelError(.badServer, operation, error.reason))
        }
    }

    private func failure(of fault: CompletionReader.Fault) -> ServerFailure {
        switch fault {
        case .garbage(let reason): return invalid("the answer is no chat completion: \(reason)")
        case .declined(let reason): return ServerFailure(ModelError(.serverRefused, operation, reason))
        case .tooLong: return invalid("the answer has more than \(CompletionReader.textByteLimit) bytes of text")
        case .failed(let refusal):
            return ServerFailure(
                refused("the server failed within its answer", refusal), message: message(of: refusal))
        }
    }

    private func failure(of response: HTTPResponse, content: [UInt8], number: Int) -> ServerFailure {
        let status = response.status
        let refusal = ServerRefusal(content: content)
        let message = message(of: refusal)
        switch status {
        case 429, 500, 502..<600:
            let reason = status == 429 ? "the server has too much to do" : "the server failed"
            return ServerFailure(
                unavailable("\(reason) (\(status))", number), message: message, isWorthRetrying: true,
                retryAfter: RetryDelay.asked(by: response.header("retry-after")))
        case 300..<400:
            return ServerFailure(
                ModelError(
                    .serverRefused, operation, "the server redirects (\(status)), which is not followed",
                    fix: "Name the address that it redirects to."))
        case 401, 403:
            return ServerFailure(
                ModelError(
                    .serverRefused, operation,
                    key == nil
                        ? "the server wants a key (\(status))" : "the server refused the key (\(status))",
                    fix: key == nil
                        ? "Set \(ServerKey.variable), and \(ServerKey.originVariable)=\(address.origin) where the "
                            + "workflow and not `--model` names the server." : "Look at \(ServerKey.variable)."))
        case 404:
            return ServerFailure(
                refused("the server has no such address or model (404)", refusal), message: message)
        case _ where refusal.isContextOverflow:
            return ServerFailure(
                ModelError(
                    .serverRefused, operation, "the prompt is longer than the server's context",
                    fix: "Write `model: { context: TOKENS }` in the workflow, so that texts are cut to it."))
        default:
            return ServerFailure(
                refused("the server refused the request (\(status))", refusal), message: message,
                mayBeForm: [400, 422, 501].contains(status))
        }
    }

    private func message(of refusal: ServerRefusal) -> String? {
        refusal.message.map { Self.shown(ServerKey.hide(key, in: $0)) }
    }

    private func invalid(_ reason: String) -> ServerFailure {
        ServerFailure(ModelError(.serverAnswerInvalid, operation, reason))
    }

    private func refused(_ reason: String, _ refusal: ServerRefusal) -> ModelError {
        let code = refusal.code.map { ", it says `\(ServerKey.hide(key, in: $0))`" } ?? ""
        return ModelError(.serverRefused, operation, reason + code)
    }

    private func unavailable(_ reason: String, _ number: Int) -> ModelError {
        ModelError(
            .serverUnavailable, operation, reason + (number > 1 ? ", \(number) times" : ""),
            fix: "See that the server runs, and try again.")
    }

    /// What becomes of `failure` where the server wants to be left alone for longer than is waited.
    func tooLongToWait(_ failure: ServerFailure) -> ServerFailure {
        let wanted = failure.retryAfter ?? .zero
        return ServerFailure(
            ModelError(
                .serverUnavailable, operation,
                "the server wants no request for \(wanted), and \(limits.retryAfterLimit) are waited at most",
                fix: "Try again then."))
    }
}
