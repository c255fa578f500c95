import Tokens

/// What all tokens do to a string from one state of its language, between two characters and without regard to its
/// length: which go on inside it, and which close it with what behind the quote. Shared by all grammars.
final class StringTable: Sendable {
    /// Tokens that end alike inside the string.
    struct Group: Sendable {
        /// How many characters they add, one that all their continuations begin included.
        let characters: Int32
        /// Where they end.
        let state: LexemeState
        /// The fewest characters of a string from the table's state that starts with one of them.
        let cost: Int32
        let tokens: Range<Int>
    }

    /// Tokens that close the string alike.
    struct Ending: Sendable {
        let ending: Int32
        let characters: Int32
        /// The language's state at the quote.
        let node: Int32
        let tokens: Range<Int>
    }

    /// The tokens that go on inside.
    let inside: TokenMask
    /// The same by where they end, in the order of their cost; only in tables that are made with it.
    let groups: [Group]
    let groupTokens: [Int32]
    let endings: [Ending]
    let endingTokens: [Int32]

    /// How many bytes the table takes, roughly.
    var byteCount: Int {
        inside.words.count * 8 + (groupTokens.count + endingTokens.count) * 4 + (groups.count + endings.count) * 48
    }

    init(_ lexeme: StringLexeme, node: Int32, trie: TokenTrie, kind: StringTableKind) {
        let lexeme = lexeme.unbounded
        var walk = StringTableWalk(lexeme, trie: trie, kind: kind)
        walk.run(from: node)
        inside = walk.inside
        let (groupTokens, groupRanges) = Self.sorted(walk.groupMembers, count: walk.groupKeys.count)
        var groups: [Group] = []
        for (key, range) in zip(walk.groupKeys, groupRanges) {
            let state = LexemeState(node: key.node, count: StringLexeme.uncounted, detail: key.detail)
            let cost = key.characters + lexeme.distance(from: state)
            groups.append(Group(characters: key.characters, state: state, cost: cost, tokens: range))
        }
        self.groups = groups.sorted { $0.cost < $1.cost }
        self.groupTokens = groupTokens
        let (endingTokens, endingRanges) = Self.sorted(walk.endingMembers, count: walk.endingKeys.count)
        var endings: [Ending] = []
        for (key, range) in zip(walk.endingKeys, endingRanges) {
            endings.append(
                Ending(ending: key.ending, characters: key.characters, node: key.node, tokens: range))
        }
        self.endings = endings.sorted { ($0.node, $0.ending) < ($1.node, $1.ending) }
        self.endingTokens = endingTokens
    }

    /// The members of each of `count` lists, one list after the other.
    private static func sorted(
        _ members: [(list: Int32, token: Int32)], count: Int
    ) -> (tokens: [Int32], ranges: [Range<Int>]) {
        var ends = [Int](repeating: 0, count: count + 1)
        for member in members { ends[Int(member.list) + 1] += 1 }
        for list in 0..<count { ends[list + 1] += ends[list] }
        let ranges = (0..<count).map { ends[$0]..<ends[$0 + 1] }
        var tokens = [Int32](repeating: 0, count: members.count)
        for member in members {
            tokens[ends[Int(member.list)]] = member.token
            ends[Int(member.list)] += 1
        }
        return (tokens, ranges)
    }
}

/// What a table is for.
struct StringTableKind: Hashable, Sendable {
    /// Whether the tokens inside are told apart by their length.
    var hasGroups: Bool
    /// Whether each string has one spelling only.
    var isStrict: Bool
}

/// The walk that fills a table.
struct StringTableWalk {
    struct GroupKey: Hashable {
        let characters: Int32
        let node: Int32
        let detail: Int32
    }

    struct EndingKey: Hashable {
        let ending: Int32
        let characters: Int32
        let node: Int32
    }

    private let lexeme: StringLexeme
    private let trie: TokenTrie
    private let hasGroups: Bool
    private let isStrict: Bool
    private(set) var inside: TokenMask
    private(set) var groupKeys: [GroupKey] = []
    private(set) var groupMembers: [(list: Int32, token: Int32)] = []
    private(set) var endingKeys: [EndingKey] = []
    private(set) var endingMembers: [(list: Int32, token: Int32)] = []
    private var groupNumbers: [GroupKey: Int32] = [:]
    private var endingNumbers: [EndingKey: Int32] = [:]
    /// The groups of tokens that end between two characters, by characters and state.
    private var plainGroups: [Int32]

    init(_ lexeme: StringLexeme, trie: TokenTrie, kind: StringTableKind) {
        self.lexeme = lexeme
        self.trie = trie
        hasGroups = kind.hasGroups
        isStrict = kind.isStrict
        inside = TokenMask(tokenCount: trie.vocabulary.count)
        let size = hasGroups ? (TokenTrie.tokenByteLimit + 1) * lexeme.language.labels.count : 0
        plainGroups = [Int32](repeating: -1, count: size)
    }

    mutating func run(from node: Int32) {
        let all = trie.all
        let depthCount = TokenTrie.tokenByteLimit + 1
        let ground = StringLexeme.between(node: node).detail
        // By depth: the language's state, how far a character or escape is, and how many characters there are.
        var states = [Int32](repeating: node, count: depthCount)
        var details = [Int32](repeating: ground, count: depthCount)
        var characters = [Int32](repeating: 0, count: depthCount)
        var memo = StepMemo(isStrict: isStrict)
        let ascii = lexeme.language.asciiTargets
        var index = 0
        let count = all.nodes.count
        while index < count {
            let entry = all.nodes[index]
            let depth = Int(entry.depth)
            let state = states[depth - 1]
            let detail = details[depth - 1]
            if detail == ground, entry.byte < 0x80 {
                let target = ascii[Int(state) << 7 | Int(entry.byte)]
                if target >= 0 {
                    states[depth] = target
                    details[depth] = ground
                    let length = characters[depth - 1] &+ 1
                    characters[depth] = length
                    if entry.token >= 0 { add(all, index, entry.token, length, target, ground, isPlain: true) }
                    index += 1
                    continue
                }
                if target == StringLanguage.dead {
                    index = Int(entry.end)
                    continue
                }
            }
            let step = memo.step(lexeme, node: state, detail: detail, entry.byte)
            guard step.node >= 0 else {
                if step.isFinished { addEndings(all, index, node: state, characters: characters[depth - 1]) }
                index = Int(entry.end)
                continue
            }
            states[depth] = step.node
            details[depth] = step.detail
            let length = characters[depth - 1] + step.characters
            characters[depth] = length
            if entry.token >= 0 {
                add(all, index, entry.token, length, step.node, step.detail, isPlain: step.detail == ground)
            }
            index += 1
        }
    }

    @inline(__always)
    private mutating func add(
        _ all: FlatTrie, _ index: Int, _ token: Int32, _ characters: Int32, _ node: Int32, _ detail: Int32,
        isPlain: Bool
    ) {
        inside.allow(TokenID(token))
        let isTwinned = all.hasTwins(token)
        if isTwinned { all.allow(token, in: &inside) }
        guard hasGroups else { return }
        var group: Int32 = -1
        let place = Int(node) * (TokenTrie.tokenByteLimit + 1) + Int(characters)
        if isPlain { group = plainGroups[place] }
        if group < 0 {
            group = self.group(GroupKey(characters: characters, node: node, detail: detail))
            if isPlain { plainGroups[place] = group }
        }
        if isTwinned {
            for token in all.tokens(at: index) { groupMembers.append((group, token)) }
        } else {
            groupMembers.append((group, token))
        }
    }

    private mutating func group(_ key: GroupKey) -> Int32 {
        if let known = groupNumbers[key] { return known }
        let number = Int32(groupKeys.count)
        groupKeys.append(key)
        groupNumbers[key] = number
        return number
    }

    private mutating func addEndings(_ all: FlatTrie, _ first: Int, node: Int32, characters: Int32) {
        let ofToken = trie.stringEndings.endingOfToken
        for index in first..<Int(all.nodes[first].end) where all.nodes[index].token >= 0 {
            let ending = ofToken[Int(all.nodes[index].token)]
            precondition(ending >= 0, "A token that reaches a closing quote has an ending.")
            let key = EndingKey(ending: ending, characters: characters, node: node)
            let number: Int32
            if let known = endingNumbers[key] {
                number = known
            } else {
                number = Int32(endingKeys.count)
                endingKeys.append(key)
                endingNumbers[key] = number
            }
            for token in all.tokens(at: index) { endingMembers.append((number, token)) }
        }
    }
}

/// Steps of a lexeme that were taken lately: most tokens that aren't ASCII begin with the same few bytes.
private struct StepMemo {
    struct Step {
        /// -1 if nothing follows.
        var node: Int32
        var detail: Int32
        var characters: Int32
        var isFinished = false
    }

    private struct Entry {
        var node: Int32 = -1
        var detail: Int32 = 0
        var byte: UInt8 = 0
        var step = Step(node: -1, detail: 0, characters: 0)
    }

    private var entries = [Entry](repeating: Entry(), count: 2_048)
    private let isStrict: Bool

    init(isStrict: Bool) {
        self.isStrict = isStrict
    }

    @inline(__always)
    mutating func step(_ lexeme: StringLexeme, node: Int32, detail: Int32, _ byte: UInt8) -> Step {
        let mixed = UInt32(bitPattern: node) &* 0x9E37_79B1 ^ UInt32(bitPattern: detail) &* 0x85EB_CA6B
        let place = Int((mixed ^ (mixed >> 15)) &+ UInt32(byte) &* 0x27D4_EB2F) & 2_047
        let entry = entries[place]
        if entry.node == node, entry.detail == detail, entry.byte == byte { return entry.step }
        return learn(lexeme, node: node, detail: detail, byte, place)
    }

    private mutating func learn(
        _ lexeme: StringLexeme, node: Int32, detail: Int32, _ byte: UInt8, _ place: Int
    ) -> Step {
        let before = LexemeState(node: node, count: StringLexeme.uncounted, detail: detail)
        var step = Step(node: -1, detail: 0, characters: 0)
        if !isStrict || StringLexeme.isOnlySpelling(byte, in: before), let next = lexeme.stepPlainly(before, byte) {
            if StringLexeme.isFinished(next) {
                step.isFinished = true
            } else {
                step = Step(
                    node: next.node, detail: next.detail,
                    characters: StringLexeme.characters(from: before, to: next))
            }
        }
        entries[place] = Entry(node: node, detail: detail, byte: byte, step: step)
        return step
    }
}
