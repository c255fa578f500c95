/// What libcurl's callbacks read and write during one transfer.
struct TransferState {
    enum Stop { case byteLimit, cancelled, receiver }

    let byteLimit: Int
    let followsRedirects: Bool
    let cancellation: CancellationFlag
    let receive: (ArraySlice<UInt8>, Int) -> Bool
    let progress: (Int, Int?) -> Void
    var status = 0
    var headers: [HTTPRequest.Header] = []
    var received = 0
    var stop: Stop?

    init(
        byteLimit: Int, followsRedirects: Bool, cancellation: CancellationFlag,
        receive: @escaping (ArraySlice<UInt8>, Int) -> Bool, progress: @escaping (Int, Int?) -> Void
    ) {
        self.byteLimit = byteLimit
        self.followsRedirects = followsRedirects
        self.cancellation = cancellation
        self.receive = receive
        self.progress = progress
    }

    /// Takes one header line with its line break; a status line starts anew (after "100 Continue").
    mutating func take(headerLine bytes: [UInt8]) {
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers.removeAll()
            let words = line.split(separator: " ")
            status = words.count > 1 ? Int(words[1].prefix { $0.isNumber }) ?? 0 : 0
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            headers.append(HTTPRequest.Header(String(line[..<colon]), Self.trimmed(value)))
        }
    }

    /// Takes content; false ends the transfer.
    mutating func take(content: [UInt8]) -> Bool {
        // What stands beside a redirect is nobody's content.
        if followsRedirects, (300..<400).contains(status) { return true }
        received += content.count
        guard received <= byteLimit else {
            stop = .byteLimit
            return false
        }
        guard receive(content[...], status) else {
            stop = .receiver
            return false
        }
        return true
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
