/// Asks a URL, and what it redirects to, checking each one before it is asked.
struct RedirectFollower {
    let request: HTTPRequest
    let resolver: HostResolver
    let cancellation: CancellationFlag
    let receive: (ArraySlice<UInt8>, Int) -> Bool
    let progress: (Int, Int?) -> Void

    private static let redirectLimit = 5

    func run() throws(TransferError) -> HTTPResponse {
        var request = request
        let deadline = ContinuousClock.now + request.timeLimit
        var target = try Destination(
            request.url, request: request, from: nil, resolver: resolver, left: request.timeLimit)
        for _ in 0...Self.redirectLimit {
            request.url = target.url
            let answer = try SingleTransfer(
                request: request, host: target.parts.host, pin: target.pin, deadline: deadline,
                cancellation: cancellation, receive: receive, progress: progress
            ).run()
            guard request.followsRedirects, [301, 302, 303, 307, 308].contains(answer.response.status) else {
                return answer.response
            }
            guard let location = answer.redirect else {
                throw TransferError(.badRedirect, "ask `\(target.parts.host)`", "it redirects to nowhere")
            }
            let next = try Destination(
                location, request: request, from: target, resolver: resolver, left: deadline - .now)
            if next.parts != target.parts {
                // What authorizes at one server is not for another to see.
                request.headers.removeAll { ["authorization", "cookie"].contains($0.name.lowercased()) }
            }
            if answer.response.status == 303 || (answer.response.status < 303 && request.method == "POST") {
                request.method = "GET"
                request.body = nil
            }
            target = next
        }
        throw TransferError(
            .badRedirect, "ask `\(target.parts.host)`", "it redirects more than \(Self.redirectLimit) times")
    }
}
