import JSONSchemas

/// Values as sets.
enum SetOverlap {
    /// The members of a list, or a single value; nothing for null and false.
    static func members(_ value: JSONValue) -> Set<JSONValue> {
        if let list = value.arrayValue { return Set(list) }
        if value.isNull || value == .bool(false) { return [] }
        return [value]
    }

    /// Members in both by members in either; 1 where both are empty.
    static func jaccard(_ one: Set<JSONValue>, _ other: Set<JSONValue>) -> Double {
        let either = one.union(other).count
        return either == 0 ? 1 : Double(one.intersection(other).count) / Double(either)
    }
}
