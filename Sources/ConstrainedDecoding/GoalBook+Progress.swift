/// What may come next in an object or array, and whether it can be completed.
extension GoalBook {
    /// A way for the next member or element to be: what its value fits, and what is left to be met.
    struct Choice: Sendable {
        let goal: Int32
        let pending: UInt32
        /// The counts of `contains` afterwards; arrays only.
        var counts: [Int32] = []
    }

    struct FinishKey: Hashable, Sendable {
        let shape: Int32
        let position: Int32
        let count: Int32
        let pending: UInt32
        let others: Int32
        let height: Int32
        let counts: [Int32]
    }

    /// Whether a value of `goal` nests at most `height` containers, by what is known of heights so far.
    mutating func isWithin(_ goal: Int32, _ height: Int32) -> Bool {
        var known = heights[Int(goal)]
        if known == Height.unknown, settling == 0 { known = self.height(of: goal) }
        return known >= 0 && known <= height
    }

    private static func subsets(of bits: UInt32) -> [UInt32] {
        guard bits != 0 else { return [0] }
        var found: [UInt32] = []
        guard bits.nonzeroBitCount <= 3 else {
            // All at once or one at a time; other choices are rarely needed, and there are many.
            found = [bits]
            for index in 0..<32 where bits >> UInt32(index) & 1 != 0 { found.append(1 << UInt32(index)) }
            return found + [0]
        }
        var subset = bits
        while true {
            found.append(subset)
            if subset == 0 { return found }
            subset = (subset - 1) & bits
        }
    }

    /// How many steps one search for a way to complete a container may take.
    private static let searchLimit = 20_000

    /// The ways for member `index` to be, where `pending` is to be met.
    mutating func choices(object: Int32, member index: Int, pending: UInt32) -> [Choice] {
        let shape = objects[Int(object)]
        let member = shape.members[index]
        guard member.isPossible else { return [] }
        if pending == 0 { return [Choice(goal: member.goal, pending: 0)] }
        let alike = pending & ~(shape.wantedBits | shape.brokenBits)
        var ways: [(literals: [Literal], alike: UInt32)] = []
        let rivals = member.rivals.filter { $0.bits & alike != 0 }
        ways.append((member.literals + rivals.map(\.value.negated), 0))
        for rival in rivals { ways.append((member.literals + [rival.value], rival.bits & alike)) }
        return ways.flatMap { way in
            self.choices(
                shape, way.literals, eligible: member.eligible, breaks: member.breaks, pending: pending,
                alike: way.alike)
        }
    }

    /// The ways for a member of a key class to be.
    mutating func choices(object: Int32, class index: Int, pending: UInt32) -> [Choice] {
        let shape = objects[Int(object)]
        let keyClass = shape.keyClasses[index]
        if pending == 0 { return [Choice(goal: keyClass.goal, pending: 0)] }
        // A key that none of the objects to differ from has tells them all apart.
        return choices(
            shape, keyClass.literals, eligible: keyClass.eligible, breaks: keyClass.breaks, pending: pending, alike: 0)
    }

    private mutating func choices(
        _ shape: ObjectShape, _ literals: [Literal], eligible: UInt32, breaks: [(bit: UInt32, literal: Literal?)],
        pending: UInt32, alike: UInt32
    ) -> [Choice] {
        work += 1
        // What its being there breaks is broken in any case.
        var rest = pending & (shape.wantedBits | shape.brokenBits)
        for way in breaks where way.literal == nil { rest &= ~way.bit }
        let open = breaks.filter { $0.bit & rest != 0 && $0.literal != nil }
        let breakable = open.reduce(UInt32(0)) { $0 | $1.bit }
        var found: [Choice] = []
        for subset in Self.subsets(of: (eligible & shape.wantedBits | breakable) & rest) {
            var lists: [[Literal]] = [literals]
            for (bit, literal) in shape.wanted.enumerated() where subset >> UInt32(bit) & 1 != 0 {
                if let literal { lists[0].append(literal) }
            }
            var bits = subset & shape.brokenBits
            while bits != 0 {
                let bit = bits & (~bits + 1)
                bits &= bits - 1
                // Any of several ways to break a node will do.
                let ways = open.filter { $0.bit == bit }.compactMap(\.literal)
                // Left out rather than taken for broken where there would be too many.
                lists = lists.count * ways.count <= 16 ? lists.flatMap { list in ways.map { list + [$0] } } : []
            }
            work += lists.count
            for list in lists { found.append(Choice(goal: goal(list), pending: rest & ~subset | alike)) }
        }
        return found
    }

    /// Whether an object can be completed; the answer is kept.
    mutating func canFinish(object: Int32, _ progress: ObjectProgress, height: Int32, left: [Int]?) -> Bool {
        var memo = objectFinishes
        objectFinishes = [:]
        let result = canFinish(object: object, progress, height: height, left: left, &memo)
        objectFinishes = memo
        return result
    }

    /// Whether an array can be completed; the answer is kept.
    mutating func canFinish(array: Int32, index: Int, counts: [Int32], pending: UInt32, height: Int32) -> Bool {
        var memo = arrayFinishes
        arrayFinishes = [:]
        let result = canFinish(
            array: array, index: index, counts: counts, pending: pending, height: height, &memo)
        arrayFinishes = memo
        return result
    }

    /// Whether an object can be completed, nesting at most `height` containers inside it. `left` says which members
    /// may still come where the order is free.
    mutating func canFinish(
        object: Int32, _ progress: ObjectProgress, height: Int32, left: [Int]?,
        _ memo: inout [FinishKey: Bool]
    ) -> Bool {
        let shape = objects[Int(object)]
        let key = FinishKey(
            shape: object, position: progress.position, count: min(progress.count, Int32(shape.countCap)),
            pending: progress.pending, others: progress.others, height: height, counts: [])
        if let known = memo[key] { return known }
        let order = left ?? Array(Int(progress.position)..<shape.members.count)
        var inner: [FinishKey: Bool] = [:]
        let result = canFinish(
            object, shape, order[...], count: Int(key.count), pending: progress.pending, others: progress.others,
            height: height, &inner)
        memo[key] = result
        return result
    }

    private mutating func canFinish(
        _ object: Int32, _ shape: ObjectShape, _ order: ArraySlice<Int>, count: Int, pending: UInt32, others: Int32,
        height: Int32, _ memo: inout [FinishKey: Bool]
    ) -> Bool {
        let count = min(count, shape.countCap)
        if let maximum = shape.maximum, count > maximum { return false }
        let key = FinishKey(
            shape: object, position: Int32(order.startIndex), count: Int32(count), pending: pending, others: others,
            height: height, counts: [])
        if let known = memo[key] { return known }
        guard memo.count < Self.searchLimit else {
            noteSearch()
            return false
        }
        var result = false
        if let member = order.first {
            let rest = order.dropFirst()
            let isRequired = shape.members[member].isRequired
            if !isRequired {
                let pending = pending & ~shape.members[member].absenceBreaks
                result = canFinish(
                    object, shape, rest, count: count, pending: pending, others: others, height: height, &memo)
            }
            if !result {
                for choice in choices(object: object, member: member, pending: pending)
                where isWithin(choice.goal, height) {
                    result = canFinish(
                        object, shape, rest, count: count + 1, pending: choice.pending, others: others,
                        height: height, &memo)
                    if result { break }
                }
            }
        } else {
            var failed: Set<OthersKey> = []
            result = canFinishByOthers(
                object, shape, count: count, pending: pending, others: others, height: height, depth: 0, &failed)
        }
        memo[key] = result
        return result
    }

    private struct OthersKey: Hashable {
        let depth: Int
        let pending: UInt32
    }

    /// How many keys without a name may be needed while others are to be met.
    private static let othersLimit = 1_024

    private mutating func canFinishByOthers(
        _ object: Int32, _ shape: ObjectShape, count: Int, pending: UInt32, others: Int32, height: Int32, depth: Int,
        _ failed: inout Set<OthersKey>
    ) -> Bool {
        if shape.mayEnd(count: count, pending: pending) { return true }
        if pending == 0 {
            // Only more members are needed, of whatever class.
            let missing = shape.minimum - count
            return missing > 0 && shape.keyClasses.indices.contains { isWithin(shape.keyClasses[$0].goal, height) }
                && keyCount(object: object, height: height) >= Int(others) + depth + missing
        }
        let key = OthersKey(depth: depth, pending: pending)
        guard !failed.contains(key) else { return false }
        guard depth < Self.othersLimit else {
            noteSearch()
            return false
        }
        failed.insert(key)
        guard !shape.keyClasses.isEmpty, shape.maximum.map({ count < $0 }) ?? true else { return false }
        guard keyCount(object: object, height: height) > Int(others) + depth else { return false }
        // Each further member meets something, or is one of the least number.
        guard depth < shape.minimum + shape.wanted.count + shape.brokenCount + 2 else { return false }
        for index in shape.keyClasses.indices {
            for choice in choices(object: object, class: index, pending: pending)
            where isWithin(choice.goal, height) && (choice.pending != pending || count < shape.countCap) {
                if canFinishByOthers(
                    object, shape, count: count + 1, pending: choice.pending, others: others, height: height,
                    depth: depth + 1, &failed)
                {
                    return true
                }
            }
        }
        return false
    }

    private mutating func noteSearch() {
        note(
            GrammarError(
                .stateLimit(limit: Self.searchLimit),
                "finding a way to complete an object or array needs more than \(Self.searchLimit) steps"))
    }

    // MARK: - Arrays

    /// The ways for the element at `index` to be.
    mutating func choices(array: Int32, index: Int, counts: [Int32], pending: UInt32) -> [Choice] {
        let shape = arrays[Int(array)]
        var ways: [(literals: [Literal], counts: [Int32])] = [(shape.literals(at: index), counts)]
        for rest in shape.rests where index >= rest.start {
            ways = ways.flatMap { way in
                ([rest.literal] + rest.unless).map { (way.literals + [$0], way.counts) }
            }
        }
        for (position, count) in shape.counts.enumerated() {
            ways = ways.flatMap { way in
                var next: [(literals: [Literal], counts: [Int32])] = []
                let isBounded = count.maximum != nil
                if isBounded || Int(way.counts[position]) < count.minimum,
                    Int(way.counts[position]) < count.maximum ?? .max
                {
                    var more = way.counts
                    more[position] += 1
                    next.append((way.literals + [count.literal], more))
                }
                next.append((isBounded ? way.literals + [count.literal.negated] : way.literals, way.counts))
                return next
            }
        }
        let eligible =
            pending
            & shape.wanted.enumerated().reduce(UInt32(0)) { bits, wanted in
                index >= wanted.element.start ? bits | 1 << UInt32(wanted.offset) : bits
            }
        return ways.flatMap { way in
            Self.subsets(of: eligible).map { subset in
                var literals = way.literals
                for (bit, wanted) in shape.wanted.enumerated() where subset >> UInt32(bit) & 1 != 0 {
                    literals.append(wanted.literal)
                }
                return Choice(goal: goal(literals), pending: pending & ~subset, counts: way.counts)
            }
        }
    }

    static func isSatisfied(_ shape: ArrayShape, counts: [Int32], pending: UInt32) -> Bool {
        guard pending == 0 else { return false }
        for (index, count) in shape.counts.enumerated() where Int(counts[index]) < count.minimum { return false }
        return true
    }

    /// Whether an array can be completed behind `index` elements.
    mutating func canFinish(
        array: Int32, index: Int, counts: [Int32], pending: UInt32, height: Int32, _ memo: inout [FinishKey: Bool]
    ) -> Bool {
        let shape = arrays[Int(array)]
        if index >= shape.minimum, Self.isSatisfied(shape, counts: counts, pending: pending) { return true }
        if let maximum = shape.maximum, index >= maximum { return false }
        let key = FinishKey(
            shape: array, position: Int32(index), count: 0, pending: pending, others: 0, height: height, counts: counts)
        if let known = memo[key] { return known }
        guard memo.count < Self.searchLimit else {
            noteSearch()
            return false
        }
        memo[key] = false
        let mustMove = index >= max(shape.prefixCount, shape.minimum)
        for choice in choices(array: array, index: index, counts: counts, pending: pending)
        where isWithin(choice.goal, height) {
            if mustMove, choice.pending == pending, choice.counts == counts { continue }
            if canFinish(
                array: array, index: index + 1, counts: choice.counts, pending: choice.pending, height: height, &memo)
            {
                memo[key] = true
                return true
            }
        }
        return false
    }

    // MARK: - Keys without a name

    /// The lexeme of an object's keys without a name whose values nest at most `height` containers; `nil` if there are
    /// none.
    mutating func keyLexeme(object: Int32, height: Int32) -> Int32? {
        var labels: [UInt64] = []
        for index in objects[Int(object)].keyClasses.indices {
            let keyClass = objects[Int(object)].keyClasses[index]
            if isWithin(keyClass.goal, height) { labels.append(keyClass.label) }
        }
        return keyLexeme(object: object, labels: labels)
    }

    /// The lexeme of an object's keys without a name that have one of some labels.
    mutating func keyLexeme(object: Int32, labels: [UInt64]) -> Int32? {
        guard !labels.isEmpty else { return nil }
        let key = KeyLexemeKey(object: object, labels: labels)
        if let known = keyLexemes[key] { return known < 0 ? nil : known }
        var number: Int32?
        do {
            if let lexeme = try makeKeyLexeme(objects[Int(object)], labels) {
                lexemes.append(.string(lexeme))
                number = Int32(lexemes.count - 1)
            }
        } catch {
            note(error)
        }
        keyLexemes[key] = number ?? -1
        return number
    }

    struct KeyLexemeKey: Hashable, Sendable {
        let object: Int32
        let labels: [UInt64]
    }

    private func makeKeyLexeme(_ shape: ObjectShape, _ labels: [UInt64]) throws(GrammarError) -> StringLexeme? {
        guard let keys = shape.keys else { return nil }
        var language: StringLanguage? = .everything
        if !shape.keyParts.isEmpty {
            let key = PatternCache.LanguageKey(parts: shape.keyParts, accepted: labels, isSubset: true)
            language = try patterns.language(key) { () throws(GrammarError) in
                StringLanguage(keys) { labels.contains($0) }
            }
        }
        guard let language else { return nil }
        return try StringLexeme(
            language: language, minLength: 0, maxLength: options.stringLengthLimit,
            excludedContents: shape.members.map(\.key), stateLimit: options.stateLimit)
    }

    /// How many keys without a name there are, up to a cap.
    mutating func keyCount(object: Int32, height: Int32) -> Int {
        guard let number = keyLexeme(object: object, height: height),
            case .string(let lexeme) = lexemes[Int(number)]
        else { return 0 }
        if let known = keyCounts[number] { return known }
        let count = lexeme.cardinality(cap: 10_000)
        keyCounts[number] = count
        return count
    }
}
