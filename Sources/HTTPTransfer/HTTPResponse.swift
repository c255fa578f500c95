/// What a server answered.
public struct HTTPResponse: Hashable, Sendable {
    /// The status, such as 200.
    public let status: Int
    /// The header lines of the last response, in the order they came.
    public let headers: [HTTPRequest.Header]
    /// The content; empty when it went to a file or to a closure.
    public let body: [UInt8]

    /// The value of the first header called `name`, whatever its case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
