internal import GRDB

/// Two FTS5 tables over the same texts, one of stemmed words, one of trigrams, searched together.
///
/// Words serve prose ("fails" finds "failing"), trigrams serve code and parts of words. Their bm25 ranks have
/// no common scale, so the two orders are merged by reciprocal rank (Cormack, Clarke, Büttcher: "Reciprocal
/// Rank Fusion outperforms Condorcet and individual Rank Learning Methods", 2009).
struct FullTextPair: Sendable {
    /// The start of both tables' names.
    let name: String
    /// How many columns are indexed.
    let columnCount: Int

    /// The constant of the fusion formula, from the paper.
    private static let rankOffset = 60.0

    private var wordTable: String { SQLName.quoted(name + "__words") }
    private var trigramTable: String { SQLName.quoted(name + "__trigrams") }

    /// Makes the two empty tables. No copy of the texts is kept: `content=''`.
    func create(in database: Database) throws {
        let columns = (0..<columnCount).map { "c\($0)" }.joined(separator: ", ")
        try database.execute(
            sql: """
                CREATE VIRTUAL TABLE \(wordTable) USING fts5(
                    \(columns), content='', tokenize="porter unicode61 remove_diacritics 2");
                CREATE VIRTUAL TABLE \(trigramTable) USING fts5(\(columns), content='', tokenize='trigram');
                """)
    }

    /// Removes both tables where they exist.
    func drop(in database: Database) throws {
        try database.execute(sql: "DROP TABLE IF EXISTS \(wordTable); DROP TABLE IF EXISTS \(trigramTable)")
    }

    /// Adds one row's texts, one a column.
    func insert(_ texts: [String], row: Int64, in database: Database) throws {
        precondition(texts.count == columnCount, "one text for each indexed column")
        let columns = (0..<columnCount).map { "c\($0)" }.joined(separator: ", ")
        let places = Array(repeating: "?", count: columnCount).joined(separator: ", ")
        let arguments = StatementArguments([row]) + StatementArguments(texts)
        for table in [wordTable, trigramTable] {
            let statement = try database.cachedStatement(
                sql: "INSERT INTO \(table)(rowid, \(columns)) VALUES (?, \(places))")
            try statement.execute(arguments: arguments)
        }
    }

    /// The best rows for `terms`, best first; equal scores are ordered by row number.
    ///
    /// `score` is the fused one; `bm25` the sum of both tables' bm25, higher is better, which can be compared between
    /// the rows of one search.
    ///
    /// `filter` is a condition of our own on `rowid`, with its arguments.
    func search(
        _ terms: SearchTerms, limit: Int, filter: String? = nil, arguments: StatementArguments = [],
        in database: Database
    ) throws -> [(row: Int64, score: Double, bm25: Double)] {
        let depth = max(100, limit * 4)
        var scores: [Int64: (fused: Double, bm25: Double)] = [:]
        for (table, expression) in [(wordTable, terms.words), (trigramTable, terms.trigrams)] {
            guard let expression else { continue }
            let condition = filter.map { " AND \($0)" } ?? ""
            let rows = try Row.fetchAll(
                database,
                sql:
                    "SELECT rowid, rank FROM \(table) WHERE \(table) MATCH ?\(condition) ORDER BY rank, rowid LIMIT ?",
                arguments: [expression] + arguments + [depth])
            for (index, row) in rows.enumerated() {
                let number: Int64 = row[0]
                let rank: Double = row[1]
                scores[number, default: (0, 0)].fused += 1 / (Self.rankOffset + Double(index + 1))
                // FTS5 gives the better match the smaller number.
                scores[number, default: (0, 0)].bm25 -= rank
            }
        }
        let ordered = scores.sorted { ($1.value.fused, $0.key) < ($0.value.fused, $1.key) }
        return ordered.prefix(max(0, limit)).map { (row: $0.key, score: $0.value.fused, bm25: $0.value.bm25) }
    }
}
