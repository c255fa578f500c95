/// The additional keys that objects have so far, each text and each set of texts stored once.
struct KeySets: Sendable {
    static let emptyText: Int32 = 0
    static let emptySet: Int32 = 0
    /// A text of which only is known that it starts like no other.
    static let unknownText: Int32 = -1

    private var texts: [(prefix: Int32, byte: UInt8)] = [(-1, 0)]
    private var textNumbers: [Int64: Int32] = [:]
    private var sets: [[Int32]] = [[]]
    private var setNumbers: [[Int32]: Int32] = [[]: 0]

    /// The text `text` with `byte` behind it.
    mutating func text(_ text: Int32, appending byte: UInt8) -> Int32 {
        let key = Int64(text) << 8 | Int64(byte)
        if let known = textNumbers[key] { return known }
        texts.append((text, byte))
        let number = Int32(texts.count - 1)
        textNumbers[key] = number
        return number
    }

    func bytes(of text: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var position = text
        while position != Self.emptyText {
            bytes.append(texts[Int(position)].byte)
            position = texts[Int(position)].prefix
        }
        return bytes.reversed()
    }

    func contains(_ text: Int32, in set: Int32) -> Bool { sets[Int(set)].contains(text) }

    /// Whether a member of `set` starts with `bytes`.
    func containsContinuation(of bytes: [UInt8], in set: Int32) -> Bool {
        sets[Int(set)].contains { self.bytes(of: $0).starts(with: bytes) }
    }

    mutating func set(_ set: Int32, inserting text: Int32) -> Int32 {
        let members = (sets[Int(set)] + [text]).sorted()
        if let known = setNumbers[members] { return known }
        sets.append(members)
        let number = Int32(sets.count - 1)
        setNumbers[members] = number
        return number
    }
}
