/// Which goals have a finite value, and how deep the flattest one nests: least fixed points over what a goal needs.
extension GoalBook {
    private enum Unit: Hashable {
        case goal(Int32)
        case object(Int32)
        case array(Int32)
    }

    /// Whether no finite value fits.
    mutating func isEmpty(_ goal: Int32) throws(GrammarError) -> Bool {
        guard try settle(goal) else { return false }
        return heights[Int(goal)] == Height.none
    }

    /// The height of `goal`; `Height.none` where a limit was met.
    mutating func height(of goal: Int32) -> Int32 {
        if heights[Int(goal)] != Height.unknown { return heights[Int(goal)] }
        do {
            _ = try settle(.goal(goal))
        } catch {
            note(error)
            heights[Int(goal)] = Height.none
        }
        return heights[Int(goal)]
    }

    mutating func height(ofObject object: Int32) -> Int32 {
        if objects[Int(object)].height != Height.unknown { return objects[Int(object)].height }
        do {
            _ = try settle(.object(object))
        } catch {
            note(error)
            objects[Int(object)].height = Height.none
        }
        return objects[Int(object)].height
    }

    mutating func height(ofArray array: Int32) -> Int32 {
        if arrays[Int(array)].height != Height.unknown { return arrays[Int(array)].height }
        do {
            _ = try settle(.array(array))
        } catch {
            note(error)
            arrays[Int(array)].height = Height.none
        }
        return arrays[Int(array)].height
    }

    /// Finds the height of `goal`; `false` if that depends on a goal that is just being expanded.
    mutating func settle(_ goal: Int32) throws(GrammarError) -> Bool {
        try settle(.goal(goal))
    }

    mutating func settle(object: Int32) throws(GrammarError) -> Bool { try settle(.object(object)) }

    mutating func settle(array: Int32) throws(GrammarError) -> Bool { try settle(.array(array)) }

    private func known(_ unit: Unit) -> Int32 {
        switch unit {
        case .goal(let goal): heights[Int(goal)]
        case .object(let object): objects[Int(object)].height
        case .array(let array): arrays[Int(array)].height
        }
    }

    private mutating func set(_ unit: Unit, to height: Int32) {
        switch unit {
        case .goal(let goal): heights[Int(goal)] = height
        case .object(let object): objects[Int(object)].height = height
        case .array(let array): arrays[Int(array)].height = height
        }
    }

    private mutating func settle(_ start: Unit) throws(GrammarError) -> Bool {
        guard known(start) == Height.unknown else { return true }
        settling += 1
        defer { settling -= 1 }
        var order: [Unit] = []
        var seen: Set<Unit> = [start]
        var stack = [start]
        while let unit = stack.popLast() {
            guard known(unit) == Height.unknown else { continue }
            try spend(1)
            var needs: [Unit] = []
            switch unit {
            case .goal(let goal):
                guard !expanding.contains(goal) else { return false }
                let ways = try known(goal)
                if ways.contains(where: { if case .lexeme = $0 { true } else { false } }) {
                    heights[Int(goal)] = 0
                    continue
                }
                needs = ways.map { way in
                    switch way {
                    case .lexeme: preconditionFailure("Lexemes were looked for.")
                    case .object(let object): .object(object)
                    case .array(let array): .array(array)
                    }
                }
            case .object(let object): needs = goalsNeeded(object: object).map { .goal($0) }
            case .array(let array): needs = try goalsNeeded(array: array).map { .goal($0) }
            }
            order.append(unit)
            for need in needs where seen.insert(need).inserted { stack.append(need) }
        }
        var isStable = false
        while !isStable {
            isStable = true
            for unit in order.reversed() {
                try spend(1)
                let height = estimate(unit)
                let before = known(unit)
                if height != Height.none, before == Height.unknown || height < before {
                    set(unit, to: height)
                    isStable = false
                }
            }
        }
        if let failure, isChecking { throw failure }
        for unit in order where known(unit) == Height.unknown { set(unit, to: Height.none) }
        return true
    }

    /// The alternatives of `goal`; throws where a limit is met.
    mutating func known(_ goal: Int32) throws(GrammarError) -> [Alternative] {
        if let known = alternatives[Int(goal)] { return known }
        expanding.insert(goal)
        defer { expanding.remove(goal) }
        let found = try expand(goal)
        alternatives[Int(goal)] = found
        return found
    }

    // MARK: - What a container needs

    private mutating func goalsNeeded(object: Int32) -> [Int32] {
        let shape = objects[Int(object)]
        if shape.isSimple { return shape.members.filter(\.isRequired).map(\.goal) }
        var needed: Set<Int32> = []
        // All sets of things to be met that can occur, as far as there aren't too many.
        var sets: Set<UInt32> = [shape.startPending, 0]
        var stack = Array(sets)
        while let pending = stack.popLast() {
            var ways: [Choice] = []
            for index in shape.members.indices { ways += choices(object: object, member: index, pending: pending) }
            for index in shape.keyClasses.indices { ways += choices(object: object, class: index, pending: pending) }
            for way in ways {
                needed.insert(way.goal)
                // What is wanted or to be broken is met by subsets anyway; only what tells objects apart changes choices.
                if !shape.different.isEmpty, sets.count < 256, sets.insert(way.pending).inserted {
                    stack.append(way.pending)
                }
            }
        }
        return needed.sorted()
    }

    private mutating func goalsNeeded(array: Int32) throws(GrammarError) -> [Int32] {
        let shape = arrays[Int(array)]
        if shape.isUnique { try checkDistinct(shape) }
        guard shape.isSimple else {
            guard shape.minimum <= 4_096 else {
                throw GrammarError(
                    .stateLimit(limit: 4_096), "`minItems` above 4096 beside `contains`, `uniqueItems` or `not`")
            }
            guard shape.counts.reduce(0, { $0 + $1.minimum }) <= 4_096 else {
                throw GrammarError(.stateLimit(limit: 4_096), "`minContains` above 4096")
            }
            if shape.isUnique, shape.counts.isEmpty, shape.wanted.isEmpty, shape.rests.isEmpty {
                return firstElements(shape)
            }
            var needed: Set<Int32> = []
            let start = [Int32](repeating: 0, count: shape.counts.count)
            for index in 0...shape.prefixCount {
                for counts in reachableCounts(shape, from: start) {
                    for choice in choices(
                        array: array, index: index, counts: counts, pending: 1 << UInt32(shape.wanted.count) - 1)
                    {
                        needed.insert(choice.goal)
                    }
                }
            }
            return needed.sorted()
        }
        return firstElements(shape)
    }

    /// Counts that choices differ by: each at its start or where it needs no more.
    private func reachableCounts(_ shape: ArrayShape, from start: [Int32]) -> [[Int32]] {
        [start]
            + shape.counts.indices.map { index in
                var counts = start
                counts[index] = Int32(shape.counts[index].maximum ?? shape.counts[index].minimum)
                return counts
            } + [shape.counts.map { Int32($0.maximum ?? $0.minimum) }]
    }

    private mutating func firstElements(_ shape: ArrayShape) -> [Int32] {
        guard shape.minimum > 0 else { return [] }
        return (0...min(shape.minimum - 1, shape.prefixCount)).map { goal(shape.literals(at: $0)) }
    }

    /// Elements that must all differ are only begun if there are enough of them.
    private mutating func checkDistinct(_ shape: ArrayShape) throws(GrammarError) {
        if shape.minimum > 1 {
            for index in 0...min(shape.minimum - 1, shape.prefixCount) {
                try checkDistinct(shape.literals(at: index), shape.minimum, "minItems")
            }
        }
        for count in shape.counts where count.minimum > 1 {
            try checkDistinct(shape.literals(at: shape.prefixCount) + [count.literal], count.minimum, "minContains")
        }
    }

    private mutating func checkDistinct(
        _ literals: [Literal], _ count: Int, _ keyword: String
    ) throws(GrammarError) {
        let goal = goal(literals)
        guard try cardinality(of: goal, cap: count) >= count else {
            throw GrammarError(
                .unsupported,
                "`uniqueItems` with `\(keyword)` where elements may have too few values, or too few are known,")
        }
    }

    /// At least so many values fit `goal`, at most `cap`; containers count little: as much as the required member with
    /// the most values, however deep it stands.
    private mutating func cardinality(of goal: Int32, cap: Int) throws(GrammarError) -> Int {
        var most = 0
        var seen: Set<Int32> = [goal]
        var stack = [goal]
        while most < cap, let goal = stack.popLast() {
            guard !expanding.contains(goal) else { continue }
            try spend(1)
            // Values of different types differ; ways for one type may overlap.
            var counts: [ValueType: Int] = [:]
            for way in try known(goal) {
                switch way {
                case .lexeme(let number):
                    let (type, count) = cardinality(of: lexemes[Int(number)], cap: cap)
                    counts[type] = max(counts[type] ?? 0, count)
                case .object(let object):
                    for member in objects[Int(object)].members where member.isRequired {
                        if seen.insert(member.goal).inserted { stack.append(member.goal) }
                    }
                case .array: break
                }
            }
            most = max(most, min(cap, counts.values.reduce(0, +)))
        }
        return most
    }

    private func cardinality(of lexeme: Lexeme, cap: Int) -> (ValueType, Int) {
        switch lexeme {
        case .string(let string): (.string, string.cardinality(cap: cap))
        case .number: (.number, cap)
        case .lattice(let number): (.number, number.cardinality(cap: cap))
        case .values(let values): (values.type, values.count)
        }
    }

    // MARK: - One round

    private mutating func estimate(_ unit: Unit) -> Int32 {
        switch unit {
        case .goal(let goal):
            var least = Height.none
            for way in alternatives[Int(goal)] ?? [] {
                let height =
                    switch way {
                    case .lexeme: Int32(0)
                    case .object(let object): objects[Int(object)].height
                    case .array(let array): arrays[Int(array)].height
                    }
                if height != Height.unknown { least = min(least, height) }
            }
            return least
        case .object(let object): return estimate(object: object)
        case .array(let array): return estimate(array: array)
        }
    }

    private mutating func estimate(object: Int32) -> Int32 {
        let shape = objects[Int(object)]
        if shape.isSimple {
            var inner: Int32 = 0
            for member in shape.members where member.isRequired {
                let height = heights[Int(member.goal)]
                guard height >= 0, height != Height.none else { return Height.none }
                inner = max(inner, height)
            }
            return inner + 1
        }
        for height in candidates(goalsNeeded(object: object)) {
            var memo: [FinishKey: Bool] = [:]
            let start = ObjectProgress(pending: shape.startPending)
            if canFinish(object: object, start, height: height, left: nil, &memo) { return height + 1 }
        }
        return Height.none
    }

    private mutating func estimate(array: Int32) -> Int32 {
        let shape = arrays[Int(array)]
        let isPlain = shape.counts.isEmpty && shape.wanted.isEmpty && shape.rests.isEmpty
        if isPlain {
            var inner: Int32 = 0
            for goal in firstElements(shape) {
                let height = heights[Int(goal)]
                guard height >= 0, height != Height.none else { return Height.none }
                inner = max(inner, height)
            }
            return inner + 1
        }
        let needed = (try? goalsNeeded(array: array)) ?? []
        for height in candidates(needed) {
            var memo: [FinishKey: Bool] = [:]
            if canFinish(
                array: array, index: 0, counts: [Int32](repeating: 0, count: shape.counts.count),
                pending: 1 << UInt32(shape.wanted.count) - 1, height: height, &memo)
            {
                return height + 1
            }
        }
        return Height.none
    }

    private func candidates(_ goals: [Int32]) -> [Int32] {
        var found: Set<Int32> = [0]
        for goal in goals {
            let height = heights[Int(goal)]
            if height >= 0, height != Height.none { found.insert(height) }
        }
        return found.sorted()
    }
}
