/// What a query may touch: the closed lists behind SQLite's authorizer.
struct QueryPermissions: Sendable {
    /// Readable tables and views, in ASCII lower case.
    let tables: Set<String>
    /// Every name that the file defines or that a virtual table module answers to, in ASCII lower case.
    let definedNames: Set<String>

    /// Table-valued functions without an effect outside the statement.
    static let tableFunctions: Set<String> = ["json_each", "json_tree"]

    /// Functions that compute their result from their arguments (and, for dates, the clock), and change
    /// nothing.
    ///
    /// Left out on purpose: `random` and `randomblob` (a resumed run has to read the same rows), `zeroblob`
    /// (memory), `load_extension`, `fts3_tokenizer`, everything named `sqlite_*`.
    static let functions: Set<String> = [
        // aggregates
        "avg", "count", "group_concat", "max", "min", "string_agg", "sum", "total",
        // window functions
        "cume_dist", "dense_rank", "first_value", "lag", "last_value", "lead", "nth_value", "ntile",
        "percent_rank",
        "rank", "row_number",
        // values and text
        "abs", "char", "coalesce", "concat", "concat_ws", "format", "glob", "hex", "if", "ifnull", "iif",
        "instr",
        "length", "like", "likelihood", "likely", "lower", "ltrim", "nullif", "octet_length", "printf",
        "quote",
        "replace", "round", "rtrim", "sign", "soundex", "substr", "substring", "trim", "typeof", "unicode",
        "unlikely",
        "upper",
        // mathematics
        "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "cos", "cosh",
        "degrees", "exp",
        "floor", "ln", "log", "log10", "log2", "mod", "pi", "pow", "power", "radians", "sin", "sinh", "sqrt",
        "tan",
        "tanh", "trunc",
        // dates
        "current_date", "current_time", "current_timestamp", "date", "datetime", "julianday", "strftime",
        "time",
        "timediff", "unixepoch",
        // JSON
        "->", "->>", "json", "json_array", "json_array_length", "json_error_position", "json_extract",
        "json_group_array", "json_group_object", "json_insert", "json_object", "json_patch", "json_pretty",
        "json_quote", "json_remove", "json_replace", "json_set", "json_type", "json_valid",
    ]

    /// The reason against reading from `table`, or nil.
    ///
    /// SQLite reports a common table expression only when none of its columns is used, and then as a read of
    /// no column; such a name is let through when nothing real answers to it.
    func reasonAgainstReading(_ table: String, column: String, database: String?) -> String? {
        let name = SQLName.asciiLowercased(table)
        let isMain = database == nil || database == "main"
        if isMain, tables.contains(name) { return nil }
        if Self.tableFunctions.contains(name) { return nil }
        let isReal = definedNames.contains(name) || name.hasPrefix("sqlite_") || name.hasPrefix("pragma_")
        if column.isEmpty, isMain, !isReal { return nil }
        return "table `\(SQLName.printable(table))` isn't allowed"
    }

    /// The reason against calling `function`, or nil.
    func reasonAgainstCalling(_ function: String) -> String? {
        if Self.functions.contains(SQLName.asciiLowercased(function)) { return nil }
        return "function `\(SQLName.printable(function))` isn't allowed"
    }
}
