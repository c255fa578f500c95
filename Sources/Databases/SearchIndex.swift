internal import Foundation
internal import GRDB

/// A full-text index over paragraphs, kept in memory or in a file of its own.
///
/// The text of a search is cut into terms here and never read as FTS5's query syntax. Prose is found by word
/// stems, code by trigrams. Two searches for the same text give the same hits in the same order.
public final class SearchIndex: Sendable {
    private let queue: DatabaseQueue
    /// Files that were left out, with reasons, in path order.
    public let skipped: [SkippedFile]
    /// How many paragraphs can be found.
    public let segmentCount: Int

    private static let pair = FullTextPair(name: "segments", columnCount: 2)
    private static let markdownExtensions: Set<String> = ["md", "markdown", "txt", "text", ""]

    /// Indexes the UTF-8 text files of a folder and the folders in it.
    ///
    /// Left out, and listed in `skipped`: files above `byteLimit`, binary files, links that lead out of the
    /// folder. Left out silently: names that start with a dot, files that no glob fits, folders behind links.
    ///
    /// - Parameters:
    ///   - folder: The folder's path.
    ///   - globs: Patterns such as `*.md` or `docs/**`; none means every file.
    ///   - byteLimit: The largest file, in bytes.
    ///   - fileLimit: The largest number of files; more are an error.
    ///   - databasePath: A new SQLite file for the index; `nil` keeps it in memory.
    /// - Throws: `DatabaseToolError`: `.notFound` without a folder, `.sizeLimit`, `.io`, `.diskFull`.
    public init(
        folder: String, globs: [String] = [], byteLimit: Int = 8 << 20, fileLimit: Int = 20_000,
        databasePath: String? = nil
    ) throws(DatabaseToolError) {
        var textFolder = try TextFolder(
            path: folder, globs: globs, byteLimit: byteLimit, fileLimit: fileLimit)
        let operation = textFolder.operation
        let queue = try Self.openQueue(databasePath, during: operation)
        segmentCount = try reportingErrors(during: operation) { () throws in
            try queue.write { database in
                var writer = try SegmentWriter(database)
                try textFolder.forEachTextFile { path, bytes in try writer.add(path: path, bytes: bytes) }
                return writer.count
            }
        }
        self.queue = queue
        skipped = textFolder.skipped
    }

    /// Indexes texts that are at hand.
    public init(documents: [SearchDocument], databasePath: String? = nil) throws(DatabaseToolError) {
        let operation = "index documents"
        let queue = try Self.openQueue(databasePath, during: operation)
        segmentCount = try reportingErrors(during: operation) { () throws in
            try queue.write { database in
                var writer = try SegmentWriter(database)
                for document in documents {
                    try writer.add(path: document.path, bytes: Array(document.text.utf8))
                }
                return writer.count
            }
        }
        self.queue = queue
        skipped = []
    }

    /// The paragraphs that fit `text` best, best first; equal ones in the order of their files and places.
    ///
    /// - Complexity: grows with the number of paragraphs that hold one of the words.
    public func search(_ text: String, limit: Int) throws(DatabaseToolError) -> [SearchHit] {
        try reportingErrors(during: "search index") { () throws in
            try queue.read { database in
                let hits = try Self.pair.search(SearchTerms(text), limit: limit, in: database)
                return try hits.map { hit in
                    let row = try Row.fetchOne(
                        database, sql: "SELECT path, start, end, section, text FROM segments WHERE id = ?",
                        arguments: [hit.row])
                    guard let row else {
                        throw DatabaseToolError(.io, "search index", "the index is damaged")
                    }
                    return SearchHit(
                        path: row["path"], byteStart: row["start"], byteEnd: row["end"],
                        section: row["section"],
                        text: row["text"], score: hit.score)
                }
            }
        }
    }

    private static func openQueue(_ path: String?, during operation: String) throws(DatabaseToolError)
        -> DatabaseQueue
    {
        try reportingErrors(during: operation) { () throws in
            guard let path else { return try DatabaseQueue() }
            guard !FileManager.default.fileExists(atPath: path) else {
                throw DatabaseToolError(.invalid, operation, "the index file exists already")
            }
            return try DatabaseQueue(path: path)
        }
    }

    /// Writes the segments of one text after the other.
    private struct SegmentWriter {
        private let database: Database
        private(set) var count = 0

        init(_ database: Database) throws {
            self.database = database
            try database.execute(
                sql: """
                    CREATE TABLE segments(
                        id INTEGER PRIMARY KEY, path TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
                        section TEXT NOT NULL, text TEXT NOT NULL)
                    """)
            try SearchIndex.pair.create(in: database)
        }

        mutating func add(path: String, bytes: [UInt8]) throws {
            let name = path.split(separator: "/").last ?? ""
            let fileExtension = name.contains(".") ? (name.split(separator: ".").last ?? "") : ""
            let readsMarkdown = SearchIndex.markdownExtensions.contains(fileExtension.lowercased())
            let insertion = try database.cachedStatement(
                sql: "INSERT INTO segments(id, path, start, end, section, text) VALUES (?, ?, ?, ?, ?, ?)")
            for segment in TextSegmenter(readsMarkdown: readsMarkdown).segments(of: bytes) {
                count += 1
                let text = String(decoding: bytes[segment.bytes], as: UTF8.self)
                try insertion.execute(arguments: [
                    count, path, segment.bytes.lowerBound, segment.bytes.upperBound, segment.section, text,
                ])
                try SearchIndex.pair.insert([text, segment.section], row: Int64(count), in: database)
            }
        }
    }
}
