import WebAddresses

/// What libcurl's callbacks read and write during one transfer.
struct TransferState {
    enum Stop { case byteLimit, headerLimit, cancelled, receiver, address }

    /// All header lines of one answer, interim ones included.
    static let headerByteLimit = 256 << 10

    let byteLimit: Int
    let followsRedirects: Bool
    let cancellation: CancellationFlag
    /// The only addresses to connect to; nil allows every one.
    let pinned: [IPAddress]?
    let receive: (ArraySlice<UInt8>, Int) -> Bool
    let progress: (Int, Int?) -> Void
    var status = 0
    var headers: [HTTPRequest.Header] = []
    var received = 0
    private var headerBytes = 0
    var stop: Stop?

    init(
        byteLimit: Int, followsRedirects: Bool, cancellation: CancellationFlag, pinned: [IPAddress]?,
        receive: @escaping (ArraySlice<UInt8>, Int) -> Bool, progress: @escaping (Int, Int?) -> Void
    ) {
        self.byteLimit = byteLimit
        self.followsRedirects = followsRedirects
        self.cancellation = cancellation
        self.pinned = pinned
        self.receive = receive
        self.progress = progress
    }

    /// Takes one header line with its line break; a status line starts anew (after "100 Continue").
    /// False ends the transfer.
    mutating func take(headerLine bytes: [UInt8]) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerByteLimit else {
            stop = .headerLimit
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers.removeAll()
            let words = line.split(separator: " ")
            status = words.count > 1 ? Int(words[1].prefix { $0.isNumber }) ?? 0 : 0
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            headers.append(HTTPRequest.Header(String(line[..<colon]), Self.trimmed(value)))
        }
        return true
    }

    /// Whether a connection to `address` may be opened. The last word: libcurl asks here with the very address.
    mutating func mayConnect(to address: IPAddress?) -> Bool {
        guard let pinned else { return true }
        guard let address, pinned.contains(address.canonical) else {
            stop = .address
            return false
        }
        return true
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
