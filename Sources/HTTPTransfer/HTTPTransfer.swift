import Foundation
import Synchronization

/// Sends bounded requests through libcurl.
///
/// The blocking C calls run on a thread made for the request, never on the shared pool. Cancelling the task
/// ends the transfer within about a second.
public final class HTTPTransfer: Sendable {
    private let resolver: HostResolver

    /// Makes a transfer. It holds no connection between requests.
    ///
    /// `resolver` finds the addresses for guarded requests; `nil` for the system's.
    public init(resolver: HostResolver? = nil) {
        self.resolver = resolver ?? BoundedResolution.system
    }

    /// Sends a request and keeps the answer's content in memory. An answer of any status is returned.
    public func send(_ request: HTTPRequest) async throws(TransferError) -> HTTPResponse {
        let content = Mutex<[UInt8]>([])
        let response = try await perform(request) { chunk, _ in
            content.withLock { $0 += chunk }
            return true
        } progress: { _, _ in
        }
        return HTTPResponse(status: response.status, headers: response.headers, body: content.withLock { $0 })
    }

    /// Sends a request and hands over the answer's content as it comes, on the transfer's thread.
    ///
    /// `receive` takes one chunk; when it gives false it has all that it wants: the transfer ends there, and the answer is
    /// returned without the rest.
    public func stream(
        _ request: HTTPRequest, receive: @escaping @Sendable (ArraySlice<UInt8>) -> Bool
    ) async throws(TransferError) -> HTTPResponse {
        try await perform(request) { chunk, _ in
            receive(chunk)
        } progress: { _, _ in
        }
    }

    /// Sends a request and writes the answer's content to a file.
    ///
    /// With `resumeOffset` the server is asked for the rest, which is appended; a server that sends
    /// everything instead has the file start anew. What arrived before a failure stays in the file.
    ///
    /// - Parameters:
    ///   - request: what to ask.
    ///   - path: the file; its folder must be there.
    ///   - progress: gets how much of the file is there, and how long it will be if that is known.
    /// - Returns: the answer, without the content.
    /// - Throws: `status` when the answer is neither 200 nor 206; the file is then untouched.
    public func download(
        _ request: HTTPRequest, to path: String,
        progress: @escaping @Sendable (_ received: Int, _ total: Int?) -> Void = { _, _ in }
    ) async throws(TransferError) -> HTTPResponse {
        let file = DownloadFile(path: path, offset: request.resumeOffset ?? 0)
        let response: HTTPResponse
        do {
            response = try await perform(request) { chunk, status in
                file.write(chunk, status: status)
            } progress: { received, total in
                let start = file.start
                progress(start + received, total.map { $0 + start })
            }
        } catch {
            file.close()
            if let failure = file.failure { throw TransferError(.writeFailed, "write `\(path)`", failure) }
            throw error
        }
        guard response.status == 200 || response.status == 206 else {
            throw TransferError(
                .status(response.status), "download from `\(try URLParts(request.url).host)`",
                "the server answered \(response.status)")
        }
        // An empty answer is a file too.
        _ = file.write([], status: response.status)
        file.close()
        if let failure = file.failure { throw TransferError(.writeFailed, "write `\(path)`", failure) }
        return response
    }

    private func perform(
        _ request: HTTPRequest,
        receive: @escaping @Sendable (_ chunk: ArraySlice<UInt8>, _ status: Int) -> Bool,
        progress: @escaping @Sendable (_ received: Int, _ total: Int?) -> Void
    ) async throws(TransferError) -> HTTPResponse {
        let cancellation = CancellationFlag()
        let resolver = resolver
        let result: Result<HTTPResponse, TransferError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread {
                    continuation.resume(
                        returning: Result { () throws(TransferError) in
                            try RedirectFollower(
                                request: request, resolver: resolver, cancellation: cancellation,
                                receive: receive, progress: progress
                            ).run()
                        })
                }
                thread.name = "warrant-http"
                thread.start()
            }
        } onCancel: {
            cancellation.set()
        }
        return try result.get()
    }
}

/// Set once, from any thread.
final class CancellationFlag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
