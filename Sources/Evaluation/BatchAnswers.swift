/// What runs answered, by identifier.
struct BatchAnswers {
    /// The answer rows.
    private(set) var rows: [String: Suite.Answer] = [:]
    /// Items that were answered in two ways, in the order in which that was seen: none of both is their answer.
    private(set) var contradicted: [String] = []

    init(rows: [String: Suite.Answer] = [:]) {
        self.rows = rows
    }

    /// Takes a row; the same row again adds nothing.
    mutating func add(_ answer: Suite.Answer, to id: String) {
        guard !contradicted.contains(id) else { return }
        guard let known = rows[id] else {
            rows[id] = answer
            return
        }
        guard known.row != answer.row else { return }
        rows[id] = nil
        contradicted.append(id)
    }

    /// Takes another run's answers, which are on other items.
    mutating func add(_ other: BatchAnswers) {
        rows.merge(other.rows) { first, _ in first }
        contradicted += other.contradicted
    }
}
