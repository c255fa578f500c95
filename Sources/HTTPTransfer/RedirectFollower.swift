/// Asks a URL, and what it redirects to, checking each one before it is asked.
struct RedirectFollower {
    let request: HTTPRequest
    let cancellation: CancellationFlag
    let receive: (ArraySlice<UInt8>, Int) -> Bool
    let progress: (Int, Int?) -> Void

    private static let redirectLimit = 5

    func run() throws(TransferError) -> HTTPResponse {
        var request = request
        let deadline = ContinuousClock.now + request.timeLimit
        var parts = try checked(request.url, parent: nil)
        for _ in 0...Self.redirectLimit {
            let answer = try SingleTransfer(
                request: request, host: parts.host, deadline: deadline, cancellation: cancellation,
                receive: receive, progress: progress
            ).run()
            guard request.followsRedirects, [301, 302, 303, 307, 308].contains(answer.response.status) else {
                return answer.response
            }
            guard let target = answer.redirect else {
                throw TransferError(.badRedirect, "ask `\(parts.host)`", "it redirects to nowhere")
            }
            let next = try checked(target, parent: parts)
            if next != parts {
                // What authorizes at one server is not for another to see.
                request.headers.removeAll { ["authorization", "cookie"].contains($0.name.lowercased()) }
            }
            if answer.response.status == 303 || (answer.response.status < 303 && request.method == "POST") {
                request.method = "GET"
                request.body = nil
            }
            request.url = target
            parts = next
        }
        throw TransferError(
            .badRedirect, "ask `\(parts.host)`", "it redirects more than \(Self.redirectLimit) times")
    }

    private func checked(_ url: String, parent: URLParts?) throws(TransferError) -> URLParts {
        let parts = try URLParts(url)
        if let allowed = request.allowedHosts, !allowed.contains(where: { $0.lowercased() == parts.host }) {
            let operation = parent.map { "follow redirect from `\($0.host)`" } ?? "send request"
            throw TransferError(.hostNotAllowed, operation, "host `\(parts.host)` is not allowed")
        }
        if parent?.scheme == "https", parts.scheme == "http" {
            throw TransferError(
                .badRedirect, "follow redirect to `\(parts.host)`", "it leaves `https` for `http`")
        }
        return parts
    }
}
