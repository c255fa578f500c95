/// What differs between languages and matters for a small change of one line; told by the file's ending.
struct SourceDialect: Hashable, Sendable {
    /// What stands before a condition to make it its opposite.
    let negation: String
    /// Whether `//` begins a comment; elsewhere it divides.
    let slashesComment: Bool

    /// The dialect of the file at `path`.
    init(path: String) {
        let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last.map { String($0) } ?? ""
        let hasWords = ["py", "pyi", "lua", "ml", "sql"].contains(ending)
        negation = hasWords ? "not " : "!"
        slashesComment = !hasWords && !["rb", "sh", "bash", "awk", "pl", "r", "jl"].contains(ending)
    }
}
