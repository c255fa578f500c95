public import JSONSchemas
public import WorkflowFormat

/// A suite with its items and its gold, ready to be run.
public struct Suite: Sendable {
    /// What one run said of one item.
    public struct Answer: Hashable, Sendable {
        /// The run.
        public let run: String
        /// The answer row.
        public let row: JSONValue

        /// An answer.
        public init(run: String, row: JSONValue) {
            self.run = run
            self.row = row
        }
    }

    /// What `suite.yaml` says.
    public let definition: SuiteDefinition
    /// What each run works on, as JSON Lines; one empty text where the workflow's inputs name everything.
    public let batches: [String]
    /// The gold lines by identifier, in the file's order.
    public let gold: [(id: String, value: JSONValue)]

    /// Reads items and gold.
    ///
    /// `limit`: how many items at most, the first ones of the items' file.
    ///
    /// - Throws: `SuiteError` naming file and line.
    public init(_ definition: SuiteDefinition, limit: Int? = nil) throws(SuiteError) {
        self.definition = definition
        let gold = try Self.identified(definition, definition.gold, what: "gold file")
        guard let path = definition.items else {
            self.gold = gold
            batches = [""]
            return
        }
        let items = try Self.identified(definition, path, what: "items file").prefix(limit ?? .max)
        let known = Set(items.map(\.id))
        self.gold = gold.filter { known.contains($0.id) }
        let judged = Set(gold.map(\.id))
        if let item = items.first(where: { !judged.contains($0.id) }) {
            throw SuiteError(
                "Can't score suite `\(definition.name)`: the gold file has no line for the item `\(item.id)`.")
        }
        let lines = items.map { $0.value.serialized(.compact) + "\n" }
        batches = stride(from: 0, to: lines.count, by: definition.itemsPerRun).map {
            lines[$0..<min($0 + definition.itemsPerRun, lines.count)].joined()
        }
        guard !lines.isEmpty else {
            throw SuiteError("Can't run suite `\(definition.name)`: its items file is empty.")
        }
    }

    private static func identified(
        _ definition: SuiteDefinition, _ path: String, what: String
    ) throws(SuiteError) -> [(id: String, value: JSONValue)] {
        let full = path.hasPrefix("/") ? path : definition.directory + "/" + path
        var seen: Set<String> = []
        var result: [(id: String, value: JSONValue)] = []
        for (line, value) in try JSONLines.objects(at: full, what: what) {
            guard let id = value[definition.identifier]?.stringValue, !id.isEmpty else {
                throw SuiteError(
                    "Can't read \(what) `\(full)`, line \(line): it has no text `\(definition.identifier)`.")
            }
            guard seen.insert(id).inserted else {
                throw SuiteError("Can't read \(what) `\(full)`, line \(line): `\(id)` occurs twice.")
            }
            result.append((id, value))
        }
        return result
    }

    /// The answer rows of a run's file by identifier.
    ///
    /// - Throws: `SuiteError` where the file is missing or no JSON.
    public func answers(inFile path: String, run: String) throws(SuiteError) -> [String: Answer] {
        var answers: [String: Answer] = [:]
        for (_, row) in try JSONLines.objects(at: path, what: "answers") {
            guard let id = row[definition.identifier]?.stringValue else { continue }
            answers[id] = Answer(run: run, row: row)
        }
        return answers
    }

    /// The suite's figures for these answers; an item without an answer counts as wrong.
    public func scores(_ answers: [String: Answer]) -> [Score] {
        definition.figures.flatMap { figure -> [Score] in
            let items = gold.map { id, value in
                ScoredItem(
                    id: id, run: answers[id]?.run,
                    answer: answers[id].map { $0.row.value(at: figure.answer) ?? .null },
                    gold: value.value(at: figure.gold) ?? .null)
            }
            let score = Scorer(figure).score(figure.name, items)
            return figure.countsAbstention ? [score] + Scorer.abstention(figure.name, items) : [score]
        }
    }
}

extension Scorer {
    /// The scorer that a suite names.
    fileprivate init(_ figure: SuiteDefinition.Figure) {
        self =
            switch figure.method {
            case .exact: .exact
            case .oneStepAway: .oneStepAway(order: figure.order)
            case .setOverlap: .setOverlap
            case .byteRanges: .byteRangeOverlap
            case .precisionRecallF1: .precisionRecallF1
            case .bCubed: .bCubed
            }
    }
}
