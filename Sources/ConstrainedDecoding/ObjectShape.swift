/// One way for an object to fit: what its members may be, without applicators.
struct ObjectShape: Sendable {
    /// A member that the schema names.
    struct Member: Sendable {
        /// The key as it stands between the quotes.
        let key: [UInt8]
        /// What the value must fit.
        let literals: [Literal]
        let goal: Int32
        let isRequired: Bool
        /// `false` if the member mustn't be there.
        let isPossible: Bool
        /// Which of `wanted` it may be.
        let eligible: UInt32
        /// How its value can break nodes: the bit of the node, and what the value fits then, if that takes anything.
        var breaks: [(bit: UInt32, literal: Literal?)] = []
        /// The bits of the nodes that its absence breaks.
        var absenceBreaks: UInt32 = 0
        /// The members of that name in `different`: constants, and the bits of the objects that have them.
        var rivals: [(value: Literal, bits: UInt32)] = []
    }

    /// Keys without a name in the schema, told apart by the patterns that match.
    struct KeyClass: Sendable {
        let label: UInt64
        let literals: [Literal]
        let goal: Int32
        let eligible: UInt32
        var breaks: [(bit: UInt32, literal: Literal?)] = []
    }

    var members: [Member] = []
    var names = ByteTrie([])
    /// What tells key classes apart; `nil` if only named members may come.
    var keys: PatternAutomaton?
    /// Its parts.
    var keyParts: [KeyPart] = []
    var keyClasses: [KeyClass] = []
    /// Whether keys without a name are offered.
    var isOpen = true
    var minimum = 0
    var maximum: Int?
    /// Members that must be there under some key; each value must fit the literal, if there is one.
    var wanted: [Literal?] = []
    /// How many nodes must be broken by a member or the absence of one.
    var brokenCount = 0
    /// How many members each object has that the value mustn't equal.
    var different: [Int32] = []
    /// What is to be met is a set of 32 bits: the wanted members, then the nodes to be broken, then the objects to differ
    /// from that are alike so far.
    static let pendingLimit = 32

    var wantedBits: UInt32 { Self.bits(wanted.count) }
    var brokenBits: UInt32 { Self.bits(wanted.count + brokenCount) & ~wantedBits }

    private static func bits(_ count: Int) -> UInt32 { count >= 32 ? .max : 1 << UInt32(count) - 1 }

    func differentBit(_ index: Int) -> UInt32 { 1 << UInt32(wanted.count + brokenCount + index) }

    /// How many containers the flattest instance nests.
    var height = GoalBook.Height.unknown

    /// The index of the last required member and one more.
    var requiredEnd = 0

    /// For each member the first required one at or behind it, or the last member.
    var nextRequired: [Int] = []

    /// Whether any choice of members can be completed that has the required ones.
    var isSimple: Bool {
        wanted.isEmpty && brokenCount == 0 && different.isEmpty && maximum == nil && minimum <= requiredCount
    }
    var requiredCount = 0

    /// Counts above this make no difference.
    var countCap: Int { max(minimum, maximum.map { $0 + 1 } ?? 0, different.max().map { Int($0) + 1 } ?? 0) }

    /// What is to be met at the start.
    var startPending: UInt32 { Self.bits(wanted.count + brokenCount + different.count) }

    /// What is left to be met where the members of a range don't come.
    func without(_ range: Range<Int>, _ pending: UInt32) -> UInt32 {
        guard brokenCount > 0, pending & brokenBits != 0 else { return pending }
        return members[range].reduce(pending) { $0 & ~$1.absenceBreaks }
    }

    /// Whether the object may end with `count` members.
    func mayEnd(count: Int, pending: UInt32) -> Bool {
        guard count >= minimum, count <= maximum ?? .max, pending & (wantedBits | brokenBits) == 0 else { return false }
        return !different.indices.contains { pending & differentBit($0) != 0 && Int(different[$0]) == count }
    }
}

/// Where an object's members are.
struct ObjectProgress: Hashable, Sendable {
    /// The first member that may still come, where the order is fixed; else the set of those that came.
    var position: Int32 = 0
    var count: Int32 = 0
    /// The wanted members that are still to come, and the objects to differ from that are alike so far.
    var pending: UInt32 = 0
    /// How many keys without a name came, up to a cap.
    var others: Int32 = 0
}

/// One way for an array to fit.
struct ArrayShape: Sendable {
    struct Count: Sendable {
        let literal: Literal
        let minimum: Int
        let maximum: Int?
    }

    struct Wanted: Sendable {
        let start: Int
        let literal: Literal
    }

    /// Elements that no keyword looked at: each fits `literal` or one of `unless`.
    struct Rest: Sendable {
        let start: Int
        let literal: Literal
        let unless: [Literal]
    }

    /// What each of the first elements fits, and (the last of them) all others.
    var elements: [[Literal]] = [[]]
    var minimum = 0
    var maximum: Int?
    var isUnique = false
    var counts: [Count] = []
    var wanted: [Wanted] = []
    var rests: [Rest] = []
    var height = GoalBook.Height.unknown

    /// The number of first elements that aren't like all later ones.
    var prefixCount: Int { elements.count - 1 }

    func literals(at index: Int) -> [Literal] { elements[min(index, elements.count - 1)] }

    var isSimple: Bool { counts.isEmpty && wanted.isEmpty && rests.isEmpty && !isUnique }
}
