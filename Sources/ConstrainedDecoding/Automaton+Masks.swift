import Tokens

extension Automaton {
    /// At most so many masks are kept; Qwen's are 19 kB each.
    private static let maskLimit = 256

    /// The tokens that may follow `state`.
    mutating func computeMask(of state: Int32, into mask: inout TokenMask) {
        let shared = representative(of: state)
        if let known = maskOfState[shared] {
            mask = known
            return
        }
        mask.removeAll()
        allowText(from: shared, in: &mask)
        if meetsUnsureKey {
            // A token that ends a key and begins another one in the same object: texts must be kept to compare them.
            mask.removeAll()
            allowText(from: state, in: &mask)
        }
        if isAccepting(shared) {
            for token in trie.vocabulary.endOfGeneration { mask.allow(token) }
        }
        if maskOfState.count >= Self.maskLimit { maskOfState.removeAll(keepingCapacity: true) }
        maskOfState[shared] = mask
    }

    private mutating func allowText(from state: Int32, in mask: inout TokenMask) {
        if let length = plainLength(of: state) {
            mask.formUnion(trie.plainTokens(upTo: length))
            allow(trie.outsideStrings, from: state, in: &mask)
        } else {
            allow(trie.all, from: state, in: &mask)
        }
    }

    /// A state with the same mask that many states share: what is left of a string's length counts only near its end,
    /// and an additional key's text only as long as a known key starts like it.
    private mutating func representative(of state: Int32) -> Int32 {
        let cells = configurations[Int(state)]
        var shared = cells
        let byteCount = trie.longestTokenByteCount
        for (position, cell) in cells.enumerated() {
            var frame = frames[Int(cell)]
            switch frame.kind {
            case .lexeme:
                guard case .string(let string) = program.lexemes[Int(frame.a)] else { continue }
                let state = LexemeState(node: frame.b, count: frame.c, detail: frame.d)
                guard let count = string.sharedCount(state, byteCount: byteCount) else { continue }
                frame.c = count
                frame.isShared = true
            case .key:
                let state = LexemeState(count: frame.c, detail: frame.d)
                guard let count = program.keyLexeme.sharedCount(state, byteCount: byteCount) else { continue }
                frame.c = count
                frame.isShared = true
                if !startsKnownKey(frame.b, in: frames[Int(frame.parent)]) { frame.b = KeySets.unknownText }
            default: continue
            }
            shared[position] = self.cell(frame)
        }
        return shared == cells ? state : self.state(of: shared)
    }

    /// How many characters of plain text may follow, where the state allows any; `nil` where it may restrict them.
    private func plainLength(of state: Int32) -> Int? {
        let cells = configurations[Int(state)]
        for cell in cells {
            let frame = frames[Int(cell)]
            switch frame.kind {
            case .lexeme:
                guard case .string(let string) = program.lexemes[Int(frame.a)] else { continue }
                let position = LexemeState(node: frame.b, count: frame.c, detail: frame.d)
                guard string.allowsEverything(position) else { continue }
                let length = string.remaining(position)
                // Other configurations may allow longer tokens than this one, which only a full walk finds.
                if cells.count == 1 || length > trie.longestTokenByteCount { return length }
            case .key:
                let position = LexemeState(count: frame.c, detail: frame.d)
                let length = program.keyLexeme.remaining(position)
                if StringLexeme.isBetweenCharacters(position), length > trie.longestTokenByteCount {
                    return length
                }
            case .document, .literal, .object, .array, .sequence, .unsure: continue
            }
        }
        return nil
    }

    /// The bytes that every continuation of `state` starts with, at most `limit`.
    mutating func forcedBytes(from state: Int32, limit: Int) -> [UInt8] {
        var forced: [UInt8] = []
        var state = state
        while forced.count < limit, !isAccepting(state), let (byte, next) = onlyStep(from: state) {
            forced.append(byte)
            state = next
        }
        return forced
    }

    private mutating func onlyStep(from state: Int32) -> (UInt8, Int32)? {
        var found: (UInt8, Int32)?
        for byte in possibleBytes(from: state) {
            let next = step(state, byte)
            guard next >= 0 else { continue }
            guard found == nil else { return nil }
            found = (byte, next)
        }
        return found
    }

    /// A superset of the bytes that may follow.
    private func possibleBytes(from state: Int32) -> [UInt8] {
        let cells = configurations[Int(state)]
        var bytes: Set<UInt8> = []
        for cell in cells {
            let frame = frames[Int(cell)]
            guard frame.kind == .literal else { return Array(0...255) }
            bytes.insert(program.literals[Int(frame.a)][Int(frame.b)])
        }
        return Array(bytes)
    }
}
