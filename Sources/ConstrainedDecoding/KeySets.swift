/// Sets of numbers, each stored once.
struct NumberSets: Sendable {
    static let empty: Int32 = 0

    private var sets: [[Int32]] = [[]]
    private var numbers: [[Int32]: Int32] = [[]: 0]

    subscript(set: Int32) -> [Int32] { sets[Int(set)] }

    mutating func number(of members: [Int32]) -> Int32 {
        if let known = numbers[members] { return known }
        sets.append(members)
        let number = Int32(sets.count - 1)
        numbers[members] = number
        return number
    }

    mutating func set(_ set: Int32, inserting member: Int32) -> Int32 {
        var members = sets[Int(set)]
        guard !members.contains(member) else { return set }
        members.append(member)
        members.sort()
        return number(of: members)
    }
}

/// Texts of keys, each stored once, as a tree of bytes.
struct KeyTexts: Sendable {
    static let empty: Int32 = 0

    private var parents: [Int32] = [-1]
    private var children: [Int64: Int32] = [:]

    /// The text `text` with `byte` behind it, if some key starts like that.
    func text(_ text: Int32, appending byte: UInt8) -> Int32? {
        children[Int64(text) << 8 | Int64(byte)]
    }

    mutating func insert(_ bytes: some Sequence<UInt8>) -> Int32 {
        var text = Self.empty
        for byte in bytes {
            let key = Int64(text) << 8 | Int64(byte)
            if let known = children[key] {
                text = known
                continue
            }
            parents.append(text)
            text = Int32(parents.count - 1)
            children[key] = text
        }
        return text
    }

    /// Whether `text` starts with `prefix`.
    func starts(_ text: Int32, with prefix: Int32) -> Bool {
        var position = text
        // Numbers grow along a text.
        while position > prefix { position = parents[Int(position)] }
        return position == prefix
    }
}
