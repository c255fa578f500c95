import Foundation
public import JSONSchemas
public import WorkflowFormat

/// A suite with its items and its gold, ready to be run.
public struct Suite: Sendable {
    /// One item to be worked on.
    struct Item: Hashable, Sendable {
        /// What identifies it.
        let id: String
        /// What a run gets to see of it.
        let value: JSONValue
    }

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
    /// What each run works on; one empty list where the workflow's inputs name everything.
    let batches: [[Item]]
    /// The gold lines by identifier, in the file's order.
    public let gold: [(id: String, value: JSONValue)]
    /// Members of gold lines that no score reads, sorted; empty where the gold file holds the items too.
    public let unscored: [String]
    /// Members that the items of a file of their own carry and a score reads from the gold, sorted: no run sees them.
    public let hiddenMembers: [String]
    /// Digests of the whole gold file's lines and of the scores: what answers are held against.
    let standard: Standard
    /// Which items it holds.
    public let part: SuitePart
    /// The folder that `${data}` stands for.
    public let dataDirectory: String

    /// The digest of the gold file's lines.
    public var goldDigest: String { standard.gold }

    /// Reads items and gold.
    ///
    /// `limit`: how many items at most, the first ones of the items' file; a suite without items can't be limited.
    /// `part`: which items; a suite without items has no parts.
    /// `data`: what `${data}` stands for in the suite's paths, absolute; the suite's own folder where it is nil.
    ///
    /// - Throws: `SuiteError` naming file and line.
    public init(
        _ definition: SuiteDefinition, limit: Int? = nil, data: String? = nil, part: SuitePart = .whole
    ) throws(SuiteError) {
        self.definition = definition
        self.part = part
        let data = data ?? definition.directory
        dataDirectory = data
        let goldPath = definition.gold.replacing("${data}", with: data)
        let gold = try Self.identified(definition, goldPath, what: "gold file")
        for figure in definition.figures where !gold.contains(where: { $0.value.value(at: figure.gold) != nil }) {
            throw SuiteError(
                "Can't score suite `\(definition.name)`: no line of the gold file has `\(figure.gold)`, which the score "
                    + "`\(figure.name)` reads.")
        }
        standard = Standard(gold: gold.map(\.value), figures: definition.figures)
        guard let path = definition.items?.replacing("${data}", with: data) else {
            guard limit == nil else {
                throw SuiteError(
                    "Can't limit suite `\(definition.name)`: it has no `items`; its one run works on what the inputs name."
                )
            }
            guard part == .whole else {
                throw SuiteError(
                    "Can't take the \(part.rawValue) half of suite `\(definition.name)`: it has no `items`; its one run "
                        + "works on what the inputs name.")
            }
            self.gold = gold
            unscored = Self.unscored(definition, gold.map(\.value))
            hiddenMembers = []
            batches = [[]]
            return
        }
        let listed = try Self.identified(definition, path, what: "items file")
        let items = listed.filter { part.holds($0.id) }.prefix(limit ?? .max)
        let known = Set(items.map(\.id))
        self.gold = gold.filter { known.contains($0.id) }
        let right = Dictionary(gold.map { ($0.id, $0.value) }, uniquingKeysWith: { first, _ in first })
        if let item = items.first(where: { right[$0.id] == nil }) {
            throw SuiteError(
                "Can't score suite `\(definition.name)`: the gold file has no line for the item `\(item.id)`.")
        }
        // Items and gold may be one file, however it is spelled, or one a copy of the other: what is to be found out is no
        // part of what a run gets to see.
        let isGold = listed.contains { right[$0.id] == $0.value }
        unscored = isGold ? [] : Self.unscored(definition, gold.map(\.value))
        let isHidden = isGold ? Self.hiding(definition) : Self.scored(definition)
        hiddenMembers =
            isGold
            ? [] : Set(listed.flatMap { $0.value.objectValue?.keys ?? [] }).filter(isHidden).sorted()
        let shown = items.map { Item(id: $0.id, value: $0.value.without(isHidden)) }
        batches = stride(from: 0, to: shown.count, by: definition.itemsPerRun).map {
            Array(shown[$0..<min($0 + definition.itemsPerRun, shown.count)])
        }
        guard !shown.isEmpty else {
            throw SuiteError(
                part == .whole || listed.isEmpty
                    ? "Can't run suite `\(definition.name)`: its items file is empty."
                    : "Can't run suite `\(definition.name)`: its \(part.rawValue) half is empty.")
        }
    }

    private static func unscored(_ definition: SuiteDefinition, _ lines: [JSONValue]) -> [String] {
        guard !definition.figures.contains(where: { $0.gold.tokens.isEmpty }) else { return [] }
        let read = Set(definition.figures.compactMap { $0.gold.tokens.first }).union([definition.identifier])
        return Set(lines.flatMap { $0.objectValue?.map(\.0) ?? [] }).subtracting(read).sorted()
    }

    /// Which members of a gold line say what is right. Where that is the whole line, only what identifies the item and
    /// what inputs take is no part of it.
    private static func hiding(_ definition: SuiteDefinition) -> (String) -> Bool {
        if definition.figures.contains(where: { $0.gold.tokens.isEmpty }) {
            let taken = definition.inputs.map(\.value)
            return { name in
                name != definition.identifier
                    && !taken.contains { $0.contains(SuiteDefinition.itemMember + name + "}") }
            }
        }
        return scored(definition)
    }

    /// Which members scores read by name. Items may carry them in a file of their own too.
    private static func scored(_ definition: SuiteDefinition) -> (String) -> Bool {
        let named = Set(definition.figures.compactMap { $0.gold.tokens.first })
        return { named.contains($0) && $0 != definition.identifier }
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

    /// The workflow's inputs for the run on `items`, whose file is at `path`.
    ///
    /// - Throws: `SuiteError` where an item lacks a member that an input takes.
    func inputs(for items: [Item], at path: String) throws(SuiteError) -> [String: String] {
        var inputs: [String: String] = [:]
        for (name, template) in definition.inputs {
            var text = template.replacing("${items}", with: path).replacing("${data}", with: dataDirectory)
            while let start = text.range(of: SuiteDefinition.itemMember),
                let end = text.range(of: "}", range: start.upperBound..<text.endIndex)
            {
                let member = String(text[start.upperBound..<end.lowerBound])
                guard let item = items.first, let value = item.value[member]?.stringValue, !value.contains("${") else {
                    throw SuiteError(
                        "Can't run suite `\(definition.name)`: the item `\(items.first?.id ?? "")` has no text `\(member)`"
                            + (hiddenMembers.contains(member) ? " to show: a score reads it from the gold." : "."))
                }
                text.replaceSubrange(start.lowerBound..<end.upperBound, with: value)
            }
            inputs[name] = text
        }
        return inputs
    }

    /// The answer rows of a run's file.
    ///
    /// Rows on what the run was not given, and rows without an identifier, are nobody's answer.
    ///
    /// - Throws: `SuiteError` where the file is missing or no JSON.
    func answers(inFile path: String, run: String, items: [Item]) throws(SuiteError) -> BatchAnswers {
        if items.count == 1, definition.itemsPerRun == 1, let whole = JSONLines.object(at: path),
            whole[definition.identifier] == nil
        {
            return BatchAnswers(rows: [items[0].id: Answer(run: run, row: whole)])
        }
        let given = Set(items.map(\.id))
        var answers = BatchAnswers()
        for (_, row) in try JSONLines.objects(at: path, what: "answers") {
            guard let id = row[definition.identifier]?.stringValue, given.isEmpty || given.contains(id) else {
                continue
            }
            answers.add(Answer(run: run, row: row), to: id)
        }
        return answers
    }

    /// The suite's figures for these answers; an item without an answer counts as wrong.
    ///
    /// `command`: runs the program of a figure on JSON Lines `{"id", "answer", "gold"}` and returns what it printed.
    ///
    /// - Throws: `SuiteError` for what a program printed, and what `command` throws.
    public func scores(
        _ answers: [String: Answer], command: (_ argv: [String], _ input: String) async throws -> String
    ) async throws -> [Score] {
        var scores: [Score] = []
        for figure in definition.figures {
            let items = gold.map { id, value in
                ScoredItem(
                    id: id, run: answers[id]?.run,
                    answer: answers[id].map { $0.row.value(at: figure.answer) ?? .null },
                    gold: value.value(at: figure.gold) ?? .null)
            }
            if let scorer = Scorer(figure) {
                scores.append(scorer.score(figure.name, items))
            } else {
                let custom = CustomFigure(name: figure.name, items: items)
                scores.append(try custom.score(printed: try await command(figure.command, custom.input)))
            }
            if figure.countsAbstention { scores += Scorer.abstention(figure.name, items) }
        }
        return scores
    }
}

extension JSONValue {
    /// The object without the members that are hidden.
    fileprivate func without(_ isHidden: (String) -> Bool) -> JSONValue {
        guard let object = objectValue else { return self }
        return .object(JSONObject(object.filter { !isHidden($0.key) }.map { ($0.key, $0.value) }))
    }
}

extension Scorer {
    /// The scorer that a suite names; nil where that is a program.
    fileprivate init?(_ figure: SuiteDefinition.Figure) {
        switch figure.method {
        case .exact: self = .exact
        case .oneStepAway: self = .oneStepAway(order: figure.order)
        case .setOverlap: self = .setOverlap
        case .byteRanges: self = .byteRangeOverlap
        case .precisionRecallF1: self = .precisionRecallF1
        case .bCubed: self = .bCubed
        case .command: return nil
        }
    }
}
