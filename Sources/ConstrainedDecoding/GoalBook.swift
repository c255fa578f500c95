import JSONSchemas

/// The goals of a grammar and what they come to: found when first asked for, so that a large schema costs what the
/// output reaches.
///
/// A goal is a set of literals in negation normal form. For each JSON type it comes to a disjunction of drafts, plain
/// conjunctions without applicators, and these to lexemes, objects and arrays, whose parts are goals again. As goals are
/// stored once, recursive schemas have finitely many.
struct GoalBook: Sendable {
    /// One way to write a value.
    enum Alternative: Hashable, Sendable {
        case lexeme(Int32)
        case object(Int32)
        case array(Int32)
    }

    let options: GrammarOptions
    var schemas: [JSONSchema] = []
    var constants: [JSONValue] = []
    var constantNumbers: [JSONValue: Int] = [:]
    var goals = GoalTable()
    var alternatives: [[Alternative]?] = []
    /// How many containers the flattest value of a goal nests; see `Height`.
    var heights: [Int32] = []
    var lexemes: [Lexeme] = []
    var objects: [ObjectShape] = []
    var arrays: [ArrayShape] = []
    var patterns = PatternCache()
    /// Whether no value of a type fits a goal, by both.
    var disjoint: [Int: Bool] = [:]
    /// Goals whose alternatives are just being found.
    var expanding: Set<Int32> = []
    var objectFinishes: [FinishKey: Bool] = [:]
    var arrayFinishes: [FinishKey: Bool] = [:]
    var keyLexemes: [KeyLexemeKey: Int32] = [:]
    var keyCounts: [Int32: Int] = [:]
    /// How many searches for heights are under way.
    var settling = 0
    /// Whether the grammar is being compiled, so that a limit is an error.
    var isChecking = false
    /// Why a goal has no value of some type.
    var causes: [Int32: String] = [:]
    /// States of products that aren't counted as steps yet.
    var productStates = 0
    /// The patterns that were surveyed, and the states they have together.
    private var surveyed: Set<KeyPart> = []
    private var surveyedStates = 0
    /// How many steps were taken, against a limit that grows with the output.
    var work = 0
    var workLimit: Int
    /// The first limit that was met while decoding: what lies behind it isn't offered.
    var failure: GrammarError?

    enum Height {
        static let unknown: Int32 = -1
        /// No value fits.
        static let none: Int32 = .max
    }

    init(options: GrammarOptions) {
        self.options = options
        workLimit = options.workLimit
    }

    /// Adds a schema and returns the goal of its root.
    mutating func add(_ schema: JSONSchema) -> Int32 {
        schemas.append(schema)
        return goal([Literal(node: schema.root, schema: schemas.count - 1)])
    }

    /// The goal that is the conjunction of `literals`.
    mutating func goal(_ literals: [Literal]) -> Int32 {
        let number = goals.number(of: literals)
        while alternatives.count <= Int(number) {
            alternatives.append(nil)
            heights.append(Height.unknown)
        }
        return number
    }

    mutating func constant(_ value: JSONValue) -> Literal {
        if let known = constantNumbers[value] { return Literal(constant: known) }
        constants.append(value)
        constantNumbers[value] = constants.count - 1
        return Literal(constant: constants.count - 1)
    }

    func value(of literal: Literal) -> JSONValue { constants[literal.index] }

    /// Where the first literal of `goal` stands, for messages.
    func pointer(of goal: Int32) -> JSONPointer {
        guard let literal = goals[goal].first(where: { !$0.isConstant }) else { return JSONPointer() }
        return schemas[literal.schema].nodes[literal.index].pointer
    }

    /// The ways to write a value of `goal`; those that no finite value fits are left out.
    mutating func alternatives(of goal: Int32) -> [Alternative] {
        if let known = alternatives[Int(goal)] { return known }
        do {
            return try known(goal)
        } catch {
            note(error)
            alternatives[Int(goal)] = []
            return []
        }
    }

    /// Lets as many steps again be taken for the next piece of output.
    mutating func allowWork() {
        workLimit = max(workLimit, work + options.workLimit)
    }

    /// Keeps the first limit that was met.
    mutating func note(_ error: GrammarError) {
        if failure == nil { failure = error }
    }

    mutating func add(_ lexeme: Lexeme) -> Alternative {
        lexemes.append(lexeme)
        return .lexeme(Int32(lexemes.count - 1))
    }

    /// Refuses a goal that no value fits within the nesting limit.
    mutating func check(_ goal: Int32) throws(GrammarError) {
        isChecking = true
        defer { isChecking = false }
        do {
            _ = try settle(goal)
        } catch {
            throw GrammarError(error.code, at: error.pointer ?? pointer(of: goal), error.reason)
        }
        allowWork()
        let height = heights[Int(goal)]
        guard height != Height.none else { throw unsatisfiable(goal) }
        guard height <= Int32(options.nestingLimit) else {
            throw GrammarError(
                .unsatisfiable, at: pointer(of: goal),
                "every value nests deeper than the limit of \(options.nestingLimit), at least \(height) levels,")
        }
    }

    private func unsatisfiable(_ goal: Int32) -> GrammarError {
        // The deepest part that fails for a reason of its own says most.
        let empty = causes.keys.filter { heights[Int($0)] == Height.none || alternatives[Int($0)]?.isEmpty == true }
        if let part = empty.max(), let cause = causes[part] {
            return GrammarError(.unsatisfiable, at: pointer(of: part), cause)
        }
        return GrammarError(.unsatisfiable, at: pointer(of: goal), "the schema needs a part that nothing fits")
    }

    // MARK: - Looking ahead for limits

    /// How many nodes with a combination of keywords are tried when a schema is compiled.
    private static let surveyLimit = 200

    /// Refuses patterns and combinations of keywords that would meet a limit, as far as they stand alone: better now than
    /// when the output comes to them.
    mutating func survey(_ schema: Int) throws(GrammarError) {
        isChecking = true
        defer { isChecking = false }
        var combinations = 0
        for index in schemas[schema].nodes.indices {
            let node = schemas[schema].nodes[index]
            do {
                for property in node.patternProperties {
                    try survey(property.pattern)
                }
                if node.pattern != nil || node.format != nil { try checkStrings(node) }
                let isCombination =
                    node.oneOf.count > 1 || node.anyOf.count > 1 || node.not != nil || node.condition != nil
                    || node.unevaluatedProperties != nil || node.uniqueItems
                guard isCombination, combinations < Self.surveyLimit else { continue }
                combinations += 1
                allowWork()
                for way in try known(goal([Literal(node: index, schema: schema)])) {
                    switch way {
                    case .lexeme: break
                    case .object(let object): _ = try settle(object: object)
                    case .array(let array): _ = try settle(array: array)
                    }
                }
            } catch {
                throw GrammarError(error.code, at: node.pointer, error.reason)
            }
        }
    }

    /// How many times the limit on one pattern's states those of a grammar's patterns may be together.
    private static let surveyedFactor = 20

    /// Refuses a pattern that is too large alone or beside the others.
    private mutating func survey(_ pattern: StringPattern) throws(GrammarError) {
        guard surveyed.insert(KeyPart(pattern)).inserted else { return }
        surveyedStates += try patterns.automaton(of: pattern, stateLimit: options.stateLimit).stateCount
        let limit = options.stateLimit * Self.surveyedFactor
        guard surveyedStates <= limit else {
            throw GrammarError(.stateLimit(limit: limit), "all patterns together need more than \(limit) states")
        }
    }

    /// Refuses a pattern that is too large, and a string that its own keywords rule out: that is a mistake even where the
    /// rest of the schema could do without it.
    private mutating func checkStrings(_ node: JSONSchema.Node) throws(GrammarError) {
        if let pattern = node.pattern {
            try survey(pattern)
        }
        guard node.types == .string, node.values == nil else { return }
        var draft = StringDraft()
        try takeOwnString(node, into: &draft)
        if !draft.isContradictory, try string(of: draft) != nil { return }
        let words = node.pattern == nil ? "`format` and the lengths" : "`pattern`"
        throw GrammarError(.unsatisfiable, at: node.pointer, "no string of a length that is allowed fits \(words)")
    }
}
