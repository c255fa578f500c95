import CCurl

/// One request and its answer, without redirects. Blocks.
struct SingleTransfer {
    let request: HTTPRequest
    let host: String
    let pin: Destination.Pin?
    let deadline: ContinuousClock.Instant
    let cancellation: CancellationFlag
    let receive: (ArraySlice<UInt8>, Int) -> Bool
    let progress: (Int, Int?) -> Void

    struct Answer {
        let response: HTTPResponse
        let redirect: String?
    }

    private static let globalStart: CURLcode = curl_global_init(Int(CURL_GLOBAL_ALL))

    private var operation: String { "ask `\(host)`" }

    func run() throws(TransferError) -> Answer {
        guard Self.globalStart == CURLE_OK else {
            throw TransferError(.connectionFailed, operation, "libcurl doesn't start")
        }
        let left = deadline - .now
        guard left > .zero else { throw timedOut }
        var state = TransferState(
            byteLimit: request.byteLimit, followsRedirects: request.followsRedirects,
            cancellation: cancellation, pinned: pin?.addresses, receive: receive, progress: progress)
        let outcome = try EasyHandle(operation: operation).perform(
            request, pin: pin, milliseconds: left.milliseconds, state: &state)
        func failure(_ code: TransferError.Code, _ reason: String) -> TransferError {
            TransferError(code, operation, reason, mayHaveArrived: outcome.sentByteCount > 0)
        }
        switch state.stop {
        case .byteLimit: throw failure(.byteLimit, "the answer is longer than \(request.byteLimit) bytes")
        case .headerLimit:
            throw failure(.byteLimit, "the answer's header is longer than \(TransferState.headerByteLimit) bytes")
        case .cancelled: throw failure(.cancelled, "the task was cancelled")
        case .receiver: return answer(outcome, state)
        case .address: throw failure(.addressNotAllowed, "libcurl chose an address that was not checked")
        case nil: break
        }
        switch outcome.code {
        case CURLE_OK: return answer(outcome, state)
        case CURLE_OPERATION_TIMEDOUT: throw failure(.timeLimit, timedOut.reason)
        case CURLE_ABORTED_BY_CALLBACK: throw failure(.cancelled, "the task was cancelled")
        default: throw failure(.connectionFailed, outcome.message)
        }
    }

    private func answer(_ outcome: EasyHandle.Outcome, _ state: TransferState) -> Answer {
        Answer(
            response: HTTPResponse(status: outcome.status, headers: state.headers, body: []),
            redirect: outcome.redirect)
    }

    private var timedOut: TransferError {
        TransferError(.timeLimit, operation, "no complete answer in \(request.timeLimit)")
    }
}

extension Duration {
    /// Rounded up, so that a limit above zero stays above zero, which libcurl takes for no limit.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
