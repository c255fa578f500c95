import HTTPTypes
import Hummingbird
import NIOCore

/// A request, read as far as it is needed to find what answers it.
struct IncomingRequest: Sendable {
    /// The path's pieces without their escapes.
    let path: [String]
    /// The query.
    let query: FormFields
    /// Whether the answer is JSON.
    let isInterface: Bool
    let request: Request

    /// Reads a request's head.
    init(_ request: Request) throws(NoticeView) {
        self.request = request
        let whole = request.head.path ?? "/"
        let parts = whole.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let raw = parts.first ?? ""
        isInterface = raw == "/api" || raw.hasPrefix("/api/")
        guard raw.hasPrefix("/"), let query = FormFields(parts.count > 1 ? parts[1] : "") else {
            throw NoticeView(400, "bad_request", "Can't read the request: its path or query is not well-formed.")
        }
        self.query = query
        var path: [String] = []
        for piece in raw.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let piece = FormFields.decode(piece) else {
                throw NoticeView(400, "bad_request", "Can't read the request: its path is not well-formed.")
            }
            path.append(piece)
        }
        // One slash at the end of a page's address is none too many.
        if path.last == "", !isInterface || path.count == 1 { path.removeLast() }
        self.path = isInterface ? Array(path.dropFirst()) : path
    }

    /// What the request says of where it comes from.
    func origin(isChange: Bool) -> RequestCheck.Origin {
        RequestCheck.Origin(
            host: request.head.authority, origin: single(.origin), site: single("Sec-Fetch-Site"),
            mode: single("Sec-Fetch-Mode"), destination: single("Sec-Fetch-Dest"), isChange: isChange)
    }

    /// The values of the cookies of this name. Another program's page on this machine can set one of our name, for a path
    /// below ours, and it comes first.
    func cookies(_ name: String) -> [String] {
        var values: [String] = []
        for field in request.headers[values: .cookie] {
            for part in field.split(separator: ";") {
                let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard pair.count == 2, pair[0].drop(while: { $0 == " " }) == name else { continue }
                values.append(String(pair[1]))
            }
        }
        return values
    }

    /// A header field, several of the same name as one: none of them alone is believed.
    func single(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { single($0) }
    }

    private func single(_ name: HTTPField.Name) -> String? { request.headers[name] }

    /// A number of the query within bounds; nil where it isn't given.
    func number(_ name: String, in bounds: ClosedRange<Int>) throws(NoticeView) -> Int? {
        // A form sends its empty fields too.
        guard let text = query[name], isInterface || !text.isEmpty else { return nil }
        guard let number = Self.number(text), bounds.contains(number) else {
            throw NoticeView(
                400, "bad_request",
                "Can't use `\(name)`: it is not a whole number from \(bounds.lowerBound) to \(bounds.upperBound).")
        }
        return number
    }

    /// A whole number as it is written without a sign.
    static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    /// The whole body.
    func body(type: String, byteLimit: Int) async throws -> [UInt8] {
        let given = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard given?.filter({ $0 != " " }) == type else {
            throw NoticeView(415, "wrong_type", "Can't read the request: its body is not `\(type)`.")
        }
        let tooLarge = NoticeView(
            413, "too_large", "Can't read the request: its body has more than \(byteLimit) bytes.")
        if let length = request.headers[.contentLength].flatMap(Int.init), length > byteLimit { throw tooLarge }
        do {
            let buffer = try await request.body.collect(upTo: byteLimit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}
