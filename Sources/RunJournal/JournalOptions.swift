import Foundation
public import Redaction

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
    /// A checkpoint is signed at the latest after this many entries; also where a run ends, parks or is cancelled, where
    /// bodies are removed or a hold changes, and before each effect that can't be taken back.
    public var checkpointEntryCount: Int
    /// Folders that get a copy of every checkpoint besides `checkpoints/` beside the database, such as one on another
    /// volume. They have to exist: a volume that isn't mounted must not be mistaken for an empty one.
    public var checkpointFolders: [String]
    /// Told in one sentence what went wrong without stopping anything, such as a copy that could not be written.
    public var report: @Sendable (String) -> Void
    /// A last look at every body before it is written; nil for none. It changes nothing where text was redacted when it
    /// came in, and says so in the body's `guarded` where it did.
    public var redactor: Redactor?
    /// Whether a journal may be begun in a file that has no tables: what a process left that was killed at the very
    /// beginning. Whoever only reads takes it for damage. Where there is no file, a journal is begun in any case.
    public var mayBegin: Bool
    /// The wall clock, in nanoseconds since 1970.
    public var now: @Sendable () -> Int64
    /// Told the name of every place at which it matters whether the process still lives: those of
    /// ``JournalFaultPoint``, and those that a run, its tools and the sandbox pass. Does nothing in the product; tests of
    /// crashes end the process in it.
    public var faultPoint: @Sendable (String) -> Void

    /// The system's wall clock, in nanoseconds since 1970.
    public static let wallClock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e9) }

    /// Writes a sentence to standard error.
    public static let standardError: @Sendable (String) -> Void = {
        try? FileHandle.standardError.write(contentsOf: Data("warrant: \($0)\n".utf8))
    }

    /// Makes the settings.
    public init(
        busyTimeout: Duration = .seconds(5), inlineBodyByteLimit: Int = 64 * 1024,
        preparedLogByteCount: Int = 8 * 1024 * 1024, pageLimit: Int? = nil,
        checkpointEntryCount: Int = 1000, checkpointFolders: [String] = [], redactor: Redactor? = nil,
        mayBegin: Bool = true,
        report: @escaping @Sendable (String) -> Void = JournalOptions.standardError,
        now: @escaping @Sendable () -> Int64 = JournalOptions.wallClock,
        faultPoint: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.busyTimeout = busyTimeout
        self.inlineBodyByteLimit = inlineBodyByteLimit
        self.preparedLogByteCount = preparedLogByteCount
        self.pageLimit = pageLimit
        self.checkpointEntryCount = checkpointEntryCount
        self.checkpointFolders = checkpointFolders
        self.report = report
        self.redactor = redactor
        self.mayBegin = mayBegin
        self.now = now
        self.faultPoint = faultPoint
    }
}

extension JournalOptions {
    func pass(_ point: JournalFaultPoint) { faultPoint(point.rawValue) }

    /// The same with the kinds of the entries that it is about, as in `append.after.callProposed+callDecided`.
    func pass(_ point: JournalFaultPoint, of drafts: [JournalEntryDraft]) {
        faultPoint("\(point.rawValue).\(drafts.map(\.kind.rawValue).joined(separator: "+"))")
    }
}
