public import JSONSchemas

/// How much was replaced, by class. Never what.
public struct RedactionTally: Hashable, Sendable {
    /// Counts above zero.
    public private(set) var counts: [RedactionClass: Int] = [:]

    /// Nothing.
    public init() {}

    /// Whether nothing was replaced.
    public var isEmpty: Bool { counts.isEmpty }

    /// `{"CARD": 1, "EMAIL": 3}`, sorted by name.
    public var json: JSONValue {
        .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key.name, .integer($0.value)) }))
    }

    mutating func count(_ kind: RedactionClass) { counts[kind, default: 0] += 1 }

    /// Both together.
    public static func + (left: RedactionTally, right: RedactionTally) -> RedactionTally {
        var sum = left
        sum.counts.merge(right.counts, uniquingKeysWith: +)
        return sum
    }
}
