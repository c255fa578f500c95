/// The members of a JSON object, in the order in which they were added.
///
/// Keys are compared byte by byte. Equality ignores the order.
public struct JSONObject: Sendable {
    /// Below this many members a linear search beats a dictionary, and rows of data are small objects.
    private static let linearLimit = 12

    private var entries: [(key: String, value: JSONValue)] = []
    private var positions: [ExactText: Int]?

    /// An empty object.
    public init() {}

    /// An object with these members; of equal keys the last value counts, at the first one's place.
    public init(_ pairs: [(String, JSONValue)]) {
        entries.reserveCapacity(pairs.count)
        for (key, value) in pairs {
            self[key] = value
        }
    }

    /// The keys in order.
    public var keys: [String] { entries.map(\.key) }

    /// The values in order.
    public var values: [JSONValue] { entries.map(\.value) }

    /// How many members there are.
    public var count: Int { entries.count }

    /// Whether there are no members.
    public var isEmpty: Bool { entries.isEmpty }

    /// The value of `key`; assigning `nil` removes the member.
    /// - Complexity: O(1), removal O(*n*).
    public subscript(key: String) -> JSONValue? {
        get {
            position(of: key).map { entries[$0].value }
        }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            if let position = position(of: key) {
                entries[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    /// Removes `key` and returns what it held.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let position = position(of: key) else { return nil }
        let removed = entries.remove(at: position).value
        positions = nil
        indexIfLarge()
        return removed
    }

    /// Adds a member unless the key is taken; returns whether it was added.
    mutating func insertNew(_ key: String, _ value: JSONValue) -> Bool {
        guard position(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        entries.append((key, value))
        if positions != nil {
            positions?[ExactText(key)] = entries.count - 1
        } else {
            indexIfLarge()
        }
    }

    private mutating func indexIfLarge() {
        guard entries.count > Self.linearLimit else { return }
        var index: [ExactText: Int] = [:]
        index.reserveCapacity(entries.count * 2)
        for (position, entry) in entries.enumerated() {
            index[ExactText(entry.key)] = position
        }
        positions = index
    }

    /// The member at `position` of the order.
    func member(at position: Int) -> (key: String, value: JSONValue) { entries[position] }

    /// Where `key` stands in the order.
    func position(of key: String) -> Int? {
        if let positions {
            return positions[ExactText(key)]
        }
        return entries.firstIndex { $0.key.hasSameBytes(as: key) }
    }
}

extension JSONObject: Sequence {
    /// The members in order.
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> {
        entries.makeIterator()
    }

    /// How many members there are.
    public var underestimatedCount: Int { entries.count }
}

extension JSONObject: Hashable {
    /// Whether both have equal members, in any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        return left.allSatisfy { right[$0.key] == $0.value }
    }

    /// Feeds the members to `hasher`, regardless of their order.
    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for entry in entries {
            var member = Hasher()
            entry.key.hashBytes(into: &member)
            member.combine(entry.value)
            combined ^= member.finalize()
        }
        hasher.combine(entries.count)
        hasher.combine(combined)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The type of a key.
    public typealias Key = String
    /// The type of a member's value.
    public typealias Value = JSONValue

    /// An object; of equal keys the last one counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }
}
