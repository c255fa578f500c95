import JSONSchemas

/// From goals to drafts.
extension GoalBook {
    /// All ways to write a value of `goal`.
    mutating func expand(_ goal: Int32) throws(GrammarError) -> [Alternative] {
        try spend(20)
        var found: [Alternative] = []
        var words: [[UInt8]] = []
        for type in ValueType.allCases {
            let drafts = try drafts(of: goals[goal], type)
            guard !drafts.isEmpty else { continue }
            switch type {
            case .null: words.append(Array("null".utf8))
            case .boolean:
                let left = drafts.reduce(0) { $0 | $1.booleans }
                if left & 2 != 0 { words.append(Array("true".utf8)) }
                if left & 1 != 0 { words.append(Array("false".utf8)) }
            case .number: try addNumbers(drafts.map(\.number), of: goal, to: &found)
            case .string: try addStrings(drafts.map(\.string), of: goal, to: &found)
            case .array: try addArrays(drafts.map(\.array), of: goal, to: &found)
            case .object: try addObjects(drafts.map(\.object), of: goal, to: &found)
            }
        }
        if !words.isEmpty { found.insert(add(.values(ValueTrie(words, .boolean))), at: 0) }
        return found
    }

    /// Counts steps against the limit.
    mutating func spend(_ steps: Int) throws(GrammarError) {
        work += steps
        guard work < workLimit else {
            throw GrammarError(
                .stateLimit(limit: options.workLimit),
                "its combinations of keywords need more than \(options.workLimit) steps")
        }
    }

    /// The drafts of one type whose disjunction is the conjunction of `literals`.
    mutating func drafts(of literals: [Literal], _ type: ValueType) throws(GrammarError) -> [Draft] {
        var branch = Branch()
        branch.pending = literals.reversed().map { .literal($0) }
        var finished: [Draft] = []
        try finish(branch, type, into: &finished)
        return finished
    }

    /// A branch whose next disjunction is being taken apart.
    private struct OpenChoice {
        let branch: Branch
        let alternatives: [[Requirement]]
        var next = 0
    }

    /// How many disjunctions may be open at once.
    private static let choiceLimit = 1_024

    private mutating func finish(
        _ branch: Branch, _ type: ValueType, into finished: inout [Draft]
    ) throws(GrammarError) {
        guard let choice = try advance(branch, type, into: &finished) else { return }
        var open = [choice]
        while let top = open.indices.last {
            guard open[top].next < open[top].alternatives.count else {
                open.removeLast()
                continue
            }
            try spend(1)
            let alternative = open[top].alternatives[open[top].next]
            // Anything goes: the other alternatives say no more.
            open[top].next = alternative.isEmpty && open[top].next == 0 ? .max : open[top].next + 1
            var next = open[top].branch
            next.pending = alternative.reversed()
            guard let choice = try advance(next, type, into: &finished) else { continue }
            open.append(choice)
        }
    }

    /// Takes in all that is pending; returns the next disjunction to be taken apart, if there is one.
    private mutating func advance(
        _ branch: Branch, _ type: ValueType, into finished: inout [Draft]
    ) throws(GrammarError) -> OpenChoice? {
        var branch = branch
        while let requirement = branch.pending.popLast() {
            guard try take(requirement, type, into: &branch) else { return nil }
        }
        if branch.draft.object.isContradictory || branch.draft.array.isContradictory
            || branch.draft.string.isContradictory || branch.draft.booleans == 0
        {
            return nil
        }
        guard !branch.choices.isEmpty else {
            guard finished.count < options.branchLimit else {
                throw GrammarError(
                    .stateLimit(limit: options.branchLimit),
                    "its combination of keywords comes to more than \(options.branchLimit) cases")
            }
            finished.append(branch.draft)
            return nil
        }
        if type == .object, branch.choices.count > 1, try lacksMember(branch.draft.object) { return nil }
        guard branch.choices.count <= Self.choiceLimit else {
            throw GrammarError(
                .stateLimit(limit: Self.choiceLimit),
                "its combination of keywords leaves more than \(Self.choiceLimit) choices open")
        }
        let alternatives = branch.choices.removeFirst()
        return OpenChoice(branch: branch, alternatives: alternatives)
    }

    /// Whether a required member is known to fit nothing; only members are asked for that several places describe.
    private mutating func lacksMember(_ draft: ObjectDraft) throws(GrammarError) -> Bool {
        guard draft.atoms.count + draft.placed.count > 1 else { return false }
        for name in draft.required {
            let literals = try memberLiterals(name, draft)
            guard let literals else { return true }
            guard literals.count > 1 else { continue }
            if try isEmpty(goal(literals)) { return true }
        }
        return false
    }

    /// Takes one requirement in; `false` if nothing is left.
    private mutating func take(
        _ requirement: Requirement, _ type: ValueType, into branch: inout Branch
    ) throws(GrammarError) -> Bool {
        switch requirement {
        case .literal(let literal):
            guard !branch.taken.contains(literal.negated) else { return false }
            guard branch.taken.insert(literal).inserted else { return true }
            if literal.isConstant { return takeConstant(literal, type, into: &branch) }
            return literal.isNegative
                ? try takeNegative(literal, type, into: &branch)
                : try takePositive(literal, type, into: &branch)
        case .own(let literal): return try takeOwn(literal, type, into: &branch)
        case .notListed(let literal): return takeNotListed(literal, type, into: &branch)
        case .notBoolean(let value):
            branch.draft.booleans &= ~(1 << value)
            return branch.draft.booleans != 0
        case .number(let requirement): branch.draft.number.take(requirement)
        case .string(let requirement): branch.draft.string.take(requirement)
        case .array(let requirement): branch.draft.array.take(requirement)
        case .object(let requirement): branch.draft.object.take(requirement)
        }
        return true
    }

    // MARK: - What holds

    private mutating func takePositive(
        _ literal: Literal, _ type: ValueType, into branch: inout Branch
    ) throws(GrammarError) -> Bool {
        let schema = literal.schema
        let index = literal.index
        guard !schemas[schema].nodes[index].isFalse else { return false }
        if type == .object, let rest = schemas[schema].nodes[index].unevaluatedProperties {
            let ways = try annotatedKeys(of: literal)
            branch.choices.append(
                ways.map { $0.requirements + [.object(.rest($0.keys, literal.moved(to: rest)))] })
            return true
        }
        if type == .array, let rest = schemas[schema].nodes[index].unevaluatedItems {
            let ways = try annotatedItems(of: literal)
            branch.choices.append(
                ways.map { $0.requirements + [.array(.rest($0.items, literal.moved(to: rest)))] })
            return true
        }
        guard try takeOwn(literal, type, into: &branch) else { return false }
        return try takeApplicators(literal, type, into: &branch)
    }

    private mutating func takeApplicators(
        _ literal: Literal, _ type: ValueType, into branch: inout Branch
    ) throws(GrammarError) -> Bool {
        let node = schemas[literal.schema].nodes[literal.index]
        var also: [Requirement] = []
        if let reference = node.reference { also.append(.literal(literal.moved(to: reference))) }
        for part in node.allOf { also.append(.literal(literal.moved(to: part))) }
        if let part = node.not { also.append(.literal(literal.moved(to: part, isNegative: true))) }
        branch.pending += also.reversed()
        if !node.anyOf.isEmpty {
            let fitting = node.anyOf.filter { mayFit(literal.moved(to: $0), type) }
            guard !fitting.isEmpty else { return false }
            branch.choices.append(fitting.map { [.literal(literal.moved(to: $0))] })
        }
        if !node.oneOf.isEmpty {
            let choice = try oneOf(node.oneOf.map { literal.moved(to: $0) }, type)
            guard !choice.isEmpty else { return false }
            branch.choices.append(choice)
        }
        if let condition = node.condition {
            let holds = literal.moved(to: condition)
            var yes: [Requirement] = [.literal(holds)]
            var no: [Requirement] = [.literal(holds.negated)]
            if let then = node.then { yes.append(.literal(literal.moved(to: then))) }
            if let other = node.else { no.append(.literal(literal.moved(to: other))) }
            branch.choices.append([yes, no])
        }
        guard type == .object else { return true }
        for dependent in node.dependentRequired {
            branch.choices.append([
                [.object(.forbidden(dependent.name))],
                [.object(.required(dependent.name))] + dependent.required.map { .object(.required($0)) },
            ])
        }
        for dependent in node.dependentSchemas {
            branch.choices.append([
                [.object(.forbidden(dependent.name))],
                [.object(.required(dependent.name)), .literal(literal.moved(to: dependent.node))],
            ])
        }
        return true
    }

    /// Exactly one of `literals`; the others need no mention where they can't fit beside the one.
    mutating func oneOf(_ literals: [Literal], _ type: ValueType) throws(GrammarError) -> [[Requirement]] {
        let fitting = literals.filter { mayFit($0, type) }
        try spendPairs(of: fitting.count)
        var choice: [[Requirement]] = []
        for (index, literal) in fitting.enumerated() {
            var requirements: [Requirement] = [.literal(literal)]
            for (position, other) in fitting.enumerated() where position != index {
                if try !areDisjoint(literal, other, type) { requirements.append(.literal(other.negated)) }
            }
            choice.append(requirements)
        }
        return choice
    }

    /// Counts the comparisons of `count` parts with each other, many of which are one step.
    mutating func spendPairs(of count: Int) throws(GrammarError) {
        try spend(count * count / 64)
    }

    /// `false` if a look at `type` alone shows that no such value fits `literal`.
    func mayFit(_ literal: Literal, _ type: ValueType) -> Bool {
        var literal = literal
        for _ in 0..<16 {
            let node = schemas[literal.schema].nodes[literal.index]
            if node.isFalse || node.types.isDisjoint(with: type.bits) { return false }
            if let values = node.values, !values.contains(where: { ValueType(of: $0) == type }) { return false }
            guard let reference = node.reference else { return true }
            literal = literal.moved(to: reference)
        }
        return true
    }

    /// Whether no value of `type` fits both.
    mutating func areDisjoint(
        _ first: Literal, _ second: Literal, _ type: ValueType
    ) throws(GrammarError) -> Bool {
        if first == second { return false }
        let goal = goal([first, second])
        switch type {
        case .object, .array:
            // Where their emptiness depends on a goal that is just being expanded, the opposite is named.
            guard !expanding.contains(goal) else { return false }
            return try isEmptyContainer(known(goal), type)
        default:
            let key = Int(goal) << 3 | Int(type.rawValue)
            if let known = disjoint[key] { return known }
            let isDisjoint = try isEmptyScalar(drafts(of: [first, second], type), type)
            disjoint[key] = isDisjoint
            return isDisjoint
        }
    }

    private mutating func isEmptyContainer(
        _ alternatives: [Alternative], _ type: ValueType
    ) throws(GrammarError) -> Bool {
        for alternative in alternatives {
            switch alternative {
            case .lexeme: continue
            case .object(let number):
                guard type == .object else { continue }
                guard try settle(object: number), objects[Int(number)].height == Height.none else { return false }
            case .array(let number):
                guard type == .array else { continue }
                guard try settle(array: number), arrays[Int(number)].height == Height.none else { return false }
            }
        }
        return true
    }
}
