/// How far a download of weights is.
public struct FetchProgress: Hashable, Sendable {
    /// Bytes that are there, those of earlier tries included.
    public let receivedBytes: Int
    /// The file's size.
    public let totalBytes: Int
    /// The mean rate of this try; 0 until something came.
    public let bytesPerSecond: Double
    /// Where the bytes come from, in words.
    public let source: String
}
