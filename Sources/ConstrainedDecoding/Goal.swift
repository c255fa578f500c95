import JSONSchemas

/// One requirement on a value: that it fits a schema's node or equals a constant, or that it doesn't.
struct Literal: Hashable, Comparable, Sendable {
    private let raw: Int

    private init(raw: Int) {
        self.raw = raw
    }

    /// Fits node `node` of the schema with number `schema`.
    init(node: Int, schema: Int) {
        raw = (schema << 28 | node) << 2
    }

    /// Equals the constant with number `constant`.
    init(constant: Int) {
        raw = constant << 2 | 2
    }

    var isNegative: Bool { raw & 1 != 0 }
    var isConstant: Bool { raw & 2 != 0 }
    var negated: Literal { Literal(raw: raw ^ 1) }
    var positive: Literal { Literal(raw: raw & ~1) }
    var index: Int { raw >> 2 & (1 << 28 - 1) }
    var schema: Int { raw >> 30 }

    /// The same requirement on another node of the same schema.
    func moved(to node: Int, isNegative: Bool = false) -> Literal {
        let literal = Literal(node: node, schema: schema)
        return isNegative ? literal.negated : literal
    }

    static func < (left: Literal, right: Literal) -> Bool { left.raw < right.raw }
}

/// What a value must fit: all literals of a set. Goals are stored once and known by number.
struct GoalTable: Sendable {
    private(set) var goals: [[Literal]] = []
    private var numbers: [[Literal]: Int32] = [:]

    /// The goal that is the conjunction of `literals`.
    mutating func number(of literals: [Literal]) -> Int32 {
        var sorted = literals
        if sorted.count > 1 {
            sorted.sort()
            var kept = 1
            for index in 1..<sorted.count where sorted[index] != sorted[kept - 1] {
                sorted[kept] = sorted[index]
                kept += 1
            }
            sorted.removeLast(sorted.count - kept)
        }
        if let known = numbers[sorted] { return known }
        let number = Int32(goals.count)
        goals.append(sorted)
        numbers[sorted] = number
        return number
    }

    subscript(goal: Int32) -> [Literal] { goals[Int(goal)] }

    var count: Int { goals.count }
}
