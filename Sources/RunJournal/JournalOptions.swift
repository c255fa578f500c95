import Foundation

/// Settings of a journal; the defaults are what the product runs with.
public struct JournalOptions: Sendable {
    /// How long to wait for another process that is writing.
    public var busyTimeout: Duration
    /// Bodies above this go to a file under `blobs/`.
    public var inlineBodyByteLimit: Int
    /// How far the write-ahead log is grown once, so that a commit overwrites allocated blocks.
    ///
    /// Growing a file makes every fsync commit file-system metadata too: 4 ms instead of 0.1 ms on ext4.
    public var preparedLogByteCount: Int
    /// The largest database in pages of 4 KiB, or nil for no limit. Reaching it is a full disk.
    public var pageLimit: Int?
    /// The wall clock, in nanoseconds since 1970.
    public var now: @Sendable () -> Int64

    /// The system's wall clock, in nanoseconds since 1970.
    public static let wallClock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e9) }

    /// Makes the settings.
    public init(
        busyTimeout: Duration = .seconds(5), inlineBodyByteLimit: Int = 64 * 1024,
        preparedLogByteCount: Int = 8 * 1024 * 1024, pageLimit: Int? = nil,
        now: @escaping @Sendable () -> Int64 = JournalOptions.wallClock
    ) {
        self.busyTimeout = busyTimeout
        self.inlineBodyByteLimit = inlineBodyByteLimit
        self.preparedLogByteCount = preparedLogByteCount
        self.pageLimit = pageLimit
        self.now = now
    }
}
