import Tokens

/// Masks: which tokens may follow a state.
extension Automaton {
    /// Sets `mask` to the tokens that may follow `state`. `output` is all that came so far; it matters where a token holds
    /// two keys or elements that must differ.
    mutating func computeMask(of state: Int32, output: [UInt8], trie: TokenTrie, into mask: inout TokenMask) {
        if masks.copy(of: state, into: &mask) { return }
        var made = TokenMask(tokenCount: trie.vocabulary.count)
        origin = MaskOrigin(state: state, output: output)
        isUnsure = false
        allowText(from: state, trie: trie, in: &made)
        let dependsOnText = origin?.isRead == true
        origin = nil
        if isAccepting(state) {
            for token in trie.vocabulary.endOfGeneration { made.allow(token) }
        }
        mask.assign(made)
        // The same state with another text may have another mask.
        if !dependsOnText { masks.keep(made, of: state) }
    }

    /// Where a mask is computed for.
    struct MaskOrigin: Sendable {
        let state: Int32
        let output: [UInt8]
        /// Whether the output had to be looked at.
        var isRead = false
    }

    /// The state after `bytes` from the origin, with all that the text says.
    private mutating func exactState(after bytes: [UInt8]) -> Int32 {
        guard let origin else { return Self.dead }
        self.origin?.isRead = true
        var text = origin.output
        var state = origin.state
        for byte in bytes {
            text.append(byte)
            var next = step(state, byte)
            if next == Self.varies { next = step(state, byte, text: text) }
            guard next >= 0 else { return Self.dead }
            state = next
        }
        return state
    }

    private mutating func allowText(from state: Int32, trie: TokenTrie, in mask: inout TokenMask) {
        guard traits[Int(state)].isBetween else {
            walk(trie.all, from: state, in: &mask)
            return
        }
        var wide: [Int32] = []
        var narrow: [Int32] = []
        for cell in configurations[Int(state)] {
            if wideLexeme(of: frames[Int(cell)]) == nil { narrow.append(cell) } else { wide.append(cell) }
        }
        var insides: [InsideKey: TokenMask] = [:]
        for cell in wide {
            guard let lexeme = wideLexeme(of: frames[Int(cell)]) else { continue }
            if hasExceptions(frames[Int(cell)]), !mask.isEmpty || wide.count > 1 {
                var own = TokenMask(tokenCount: mask.tokenCount)
                allowWide(cell, lexeme, trie: trie, in: &own, insides: &insides)
                mask.formUnion(own)
            } else {
                allowWide(cell, lexeme, trie: trie, in: &mask, insides: &insides)
            }
        }
        if !narrow.isEmpty {
            let rest = narrow.count == configurations[Int(state)].count ? state : self.state(of: narrow)
            walk(trie.all, from: rest, in: &mask)
        }
    }

    /// The lexeme of a cell that stands between two characters of a string and whose tokens a table tells.
    private func wideLexeme(of frame: Frame) -> StringLexeme? {
        guard frame.kind == .lexeme || frame.kind == .key, frame.a >= 0, frame.b >= 0,
            case .string(let lexeme) = book.lexemes[Int(frame.a)],
            StringLexeme.isBetweenCharacters(frame.lexemeState)
        else { return nil }
        return lexeme
    }

    /// Whether some strings that start like this one are treated differently.
    private func hasExceptions(_ frame: Frame) -> Bool {
        guard frame.kind == .lexeme else { return frame.e >= 0 || frame.f >= 0 || frame.g >= 0 }
        guard case .string(let lexeme) = book.lexemes[Int(frame.a)] else { return false }
        return lexeme.excluded != nil && frame.g >= 0
    }

    /// Where a string is whose characters are counted, whatever it stands in.
    private struct InsideKey: Hashable {
        let lexeme: Int32
        let node: Int32
        let count: Int32
        let isKey: Bool
    }

    /// `insides`: the tokens inside strings that the same mask had to do with already; an ambiguous place has many cells
    /// that differ below the string only.
    private mutating func allowWide(
        _ cell: Int32, _ lexeme: StringLexeme, trie: TokenTrie, in mask: inout TokenMask,
        insides: inout [InsideKey: TokenMask]
    ) {
        let frame = frames[Int(cell)]
        let isCounted = frame.c >= 0
        let kind = StringTableKind(hasGroups: isCounted, isStrict: frame.kind == .key || lexeme.excluded != nil)
        let table = lexeme.language.table(for: trie, node: frame.b, kind: kind) {
            StringTable(lexeme, node: frame.b, trie: trie, kind: kind)
        }
        if isCounted {
            let key = InsideKey(lexeme: frame.a, node: frame.b, count: frame.c, isKey: frame.kind == .key)
            let known = insides[key]
            var inside = known ?? TokenMask(tokenCount: mask.tokenCount)
            if known == nil {
                allowCounted(table, lexeme, count: frame.c, in: &inside)
                insides[key] = inside
            }
            if mask.isEmpty { mask = inside } else { mask.formUnion(inside) }
        } else if mask.isEmpty {
            mask = table.inside
        } else {
            mask.formUnion(table.inside)
        }
        var lastNode: Int32 = -1
        var rests = EndingSet(allowed: [], unsure: [])
        for ending in table.endings {
            let count = isCounted ? frame.c + ending.characters : StringLexeme.uncounted
            guard count <= lexeme.maxLength, lexeme.isAccepting(node: ending.node, count: count) else { continue }
            if ending.node != lastNode {
                lastNode = ending.node
                rests = allowedEndings(after: frame, node: ending.node, trie: trie)
            }
            let word = Int(ending.ending) >> 6
            let bit = UInt64(1) << UInt64(ending.ending & 63)
            if rests.allowed[word] & bit != 0 {
                for token in table.endingTokens[ending.tokens] { mask.allow(TokenID(token)) }
            } else if rests.unsure[word] & bit != 0 {
                for token in table.endingTokens[ending.tokens] {
                    let bytes = Array(trie.vocabulary.bytes(of: TokenID(token)))
                    if exactState(after: bytes) >= 0 { mask.allow(TokenID(token)) }
                }
            }
        }
        if hasExceptions(frame) { correctExceptions(frame, trie: trie, in: &mask) }
    }

    /// Allows the tokens inside a string of which `count` characters have come.
    private func allowCounted(_ table: StringTable, _ lexeme: StringLexeme, count: Int32, in mask: inout TokenMask) {
        let isLongEnough = count >= lexeme.minLength
        func fits(_ group: StringTable.Group) -> Bool {
            if isLongEnough { return group.cost <= lexeme.maxLength - count }
            var state = group.state
            state.count = count + group.characters
            return lexeme.canContinue(state)
        }
        let misfits = table.groups.filter { !fits($0) }
        let misfitCount = misfits.reduce(0) { $0 + $1.tokens.count }
        if mask.isEmpty, misfitCount * 2 < table.groupTokens.count {
            mask = table.inside
            for group in misfits {
                for token in table.groupTokens[group.tokens] { mask.deny(TokenID(token)) }
            }
            return
        }
        for group in table.groups where fits(group) {
            for token in table.groupTokens[group.tokens] { mask.allow(TokenID(token)) }
        }
    }

    /// Endings as sets of bits.
    struct EndingSet: Sendable {
        var allowed: [UInt64]
        /// Those that must be looked at token by token.
        var unsure: [UInt64]
    }

    /// The endings that may follow the closing quote of the string or key at `frame`.
    private mutating func allowedEndings(after frame: Frame, node: Int32, trie: TokenTrie) -> EndingSet {
        var targets: [Int32] = []
        isUnsure = false
        lastByte = UInt8(ascii: "\"")
        if frame.kind == .lexeme {
            end(of: frame.parent, into: &targets)
        } else if case .string(let lexeme) = book.lexemes[Int(frame.a)] {
            endKey(frame, label: lexeme.language.labels[Int(node)], into: &targets)
        }
        let words = (trie.stringEndings.count + 63) / 64
        let none = [UInt64](repeating: 0, count: words)
        if isUnsure {
            isUnsure = false
            return EndingSet(allowed: none, unsure: [UInt64](repeating: .max, count: words))
        }
        guard !targets.isEmpty else { return EndingSet(allowed: none, unsure: none) }
        let after = state(of: targets)
        if let known = endingsOfState[after] { return known }
        let endings = trie.stringEndings.endings
        var found = EndingSet(allowed: none, unsure: none)
        found.allowed[0] |= 1
        var path = [Int32](repeating: after, count: TokenTrie.tokenByteLimit + 1)
        var index = 0
        while index < endings.nodes.count {
            let entry = endings.nodes[index]
            let depth = Int(entry.depth)
            var next = step(path[depth - 1], entry.byte)
            if next == Self.varies { next = forgetfulStep(path[depth - 1], entry.byte) }
            if isUnsure {
                isUnsure = false
                for inner in index..<Int(entry.end) where endings.nodes[inner].token >= 0 {
                    let ending = endings.nodes[inner].token
                    found.unsure[Int(ending) >> 6] |= 1 << UInt64(ending & 63)
                }
                index = Int(entry.end)
                continue
            }
            guard next >= 0 else {
                index = Int(entry.end)
                continue
            }
            path[depth] = next
            if entry.token >= 0 { found.allowed[Int(entry.token) >> 6] |= 1 << UInt64(entry.token & 63) }
            index += 1
        }
        endingsOfState[after] = found
        return found
    }

    /// Adds the tokens of `tokens` that may follow the origin's state, by way of `start`.
    mutating func walk(_ tokens: FlatTrie, from start: Int32, in mask: inout TokenMask) {
        for byte in 0..<256 {
            let node = Int(tokens.firstNodes[byte])
            guard node >= 0 else { continue }
            var next = step(start, UInt8(byte))
            if next == Self.varies { next = forgetfulStep(start, UInt8(byte)) }
            if isUnsure {
                isUnsure = false
                walkExactly(tokens, below: node, in: &mask)
                continue
            }
            guard next >= 0 else { continue }
            walk(tokens, below: node, after: next, in: &mask)
        }
    }

    /// Adds the tokens of `node` and below it, given the state after its byte.
    private mutating func walk(_ tokens: FlatTrie, below node: Int, after state: Int32, in mask: inout TokenMask) {
        if tokens.nodes[node].token >= 0 { tokens.allow(tokens.nodes[node].token, in: &mask) }
        let end = Int(tokens.nodes[node].end)
        guard node + 1 < end else { return }
        let base = Int(tokens.nodes[node].depth)
        if path.count < TokenTrie.tokenByteLimit + 2 {
            path = [Int32](repeating: 0, count: TokenTrie.tokenByteLimit + 2)
        }
        path[base] = state
        var index = node + 1
        while index < end {
            let entry = tokens.nodes[index]
            let from = path[Int(entry.depth) - 1]
            var next = step(from, entry.byte)
            if next == Self.varies { next = forgetfulStep(from, entry.byte) }
            if isUnsure {
                isUnsure = false
                walkExactly(tokens, below: index, in: &mask)
                index = Int(entry.end)
                continue
            }
            guard next >= 0 else {
                index = Int(entry.end)
                continue
            }
            path[Int(entry.depth)] = next
            if entry.token >= 0 { tokens.allow(entry.token, in: &mask) }
            index += 1
        }
    }

    /// The same with the text at hand, for the rare tokens that hold two keys or elements that must differ.
    private mutating func walkExactly(_ tokens: FlatTrie, below node: Int, in mask: inout TokenMask) {
        for index in node..<Int(tokens.nodes[node].end) where tokens.nodes[index].token >= 0 {
            if exactState(after: tokens.bytes(to: index)) >= 0 { tokens.allow(tokens.nodes[index].token, in: &mask) }
        }
    }

    // MARK: - Names and excluded strings

    /// A place on the way to names, earlier keys and excluded strings.
    private struct Exception {
        /// The nodes of the token trie that go on from here.
        var nodes: Range<Int>
        /// Where the string is as one like any other; `node` is -1 where it can't be one.
        var state: LexemeState
        /// Where it is among names and earlier keys, or -1.
        var name: Int32
        var text: Int32

        var isOver: Bool { name < 0 && text < 0 && (state.node < 0 || state.trie < 0) }
    }

    /// Decides anew about the tokens that start like a name, an earlier key or an excluded string: the table took them for
    /// any string.
    private mutating func correctExceptions(_ frame: Frame, trie: TokenTrie, in mask: inout TokenMask) {
        guard case .string(let lexeme) = book.lexemes[Int(frame.a)] else { return }
        let all = trie.all
        let isKey = frame.kind == .key
        let object = isKey ? frames[Int(frame.parent)] : frame
        var start = Exception(
            nodes: 0..<all.nodes.count, state: frame.lexemeState, name: isKey ? frame.e : -1, text: isKey ? frame.f : -1
        )
        if lexeme.excluded == nil { start.state.trie = -1 }
        var stack = [start]
        while let place = stack.popLast() {
            var node = place.nodes.lowerBound
            while node < place.nodes.upperBound {
                let entry = all.nodes[node]
                defer { node = Int(entry.end) }
                if let next = follow(place, entry.byte, node..<Int(entry.end), lexeme, object) {
                    if place.state.node >= 0, next.state.node < 0 { all.denyTokens(under: node, in: &mask) }
                    // Keys without a name may not go on like this where a name does.
                    if next.name >= 0, entry.token >= 0, offersName(under: next.name, in: object) {
                        all.allow(entry.token, in: &mask)
                    }
                    if !next.isOver { stack.append(next) }
                } else {
                    closeName(place, node, object, all, in: &mask)
                }
            }
        }
    }

    /// The place after `byte`; `nil` if that closes a name.
    private func follow(
        _ place: Exception, _ byte: UInt8, _ nodes: Range<Int>, _ lexeme: StringLexeme, _ object: Frame
    ) -> Exception? {
        var next = Exception(
            nodes: (nodes.lowerBound + 1)..<nodes.upperBound, state: LexemeState(node: -1), name: -1, text: -1)
        if place.name >= 0 {
            let names = book.objects[Int(object.a)].names
            if byte == UInt8(ascii: "\""), names.value(at: place.name) >= 0 { return nil }
            next.name = names.child(of: place.name, byte)
        }
        if place.text >= 0 {
            if byte == UInt8(ascii: "\""), isEarlierKey(place.text, in: object) { return next }
            next.text = texts.text(place.text, appending: byte) ?? -1
            if next.text >= 0, !startsEarlierKey(next.text, in: object) { next.text = -1 }
        }
        // Off all ways the table is right.
        let isOnWay = next.name >= 0 || next.text >= 0 || place.state.trie >= 0
        guard place.state.node >= 0, isOnWay else {
            if place.state.node >= 0 { next.state = place.state; next.state.trie = -1 }
            return next
        }
        guard let state = lexeme.step(place.state, byte), !StringLexeme.isFinished(state) else {
            if let state = lexeme.step(place.state, byte), StringLexeme.isFinished(state) {
                next.state = LexemeState(node: 0, trie: -1)
            } else if lexeme.unbounded.stepPlainly(place.state, byte) == nil {
                // Nothing to deny.
                next.state = LexemeState(node: 0, trie: -1)
            }
            return next
        }
        next.state = state
        if lexeme.excluded == nil { next.state.trie = -1 }
        if next.text >= 0, !hasNewKey(state, text: next.text, object, lexeme) { next.state = LexemeState(node: -1) }
        return next
    }

    private mutating func closeName(
        _ place: Exception, _ node: Int, _ object: Frame, _ all: FlatTrie, in mask: inout TokenMask
    ) {
        let member = book.objects[Int(object.a)].names.value(at: place.name)
        all.denyTokens(under: node, in: &mask)
        var targets: [Int32] = []
        endKey(object, member: Int(member), into: &targets)
        guard !targets.isEmpty else { return }
        walk(all, below: node, after: state(of: targets), in: &mask)
    }

    // MARK: - Forced bytes

    /// The bytes that every continuation of `state` starts with, at most `limit`.
    mutating func forcedBytes(from start: Int32, limit: Int) -> [UInt8] {
        if let known = forcedOfState[start], known.count <= limit { return known }
        var forced: [UInt8] = []
        var state = start
        while forced.count < limit, !isAccepting(state), let (byte, next) = onlyStep(from: state) {
            forced.append(byte)
            guard next >= 0 else { break }
            state = next
        }
        if forced.count < limit { forcedOfState[start] = forced }
        return forced
    }

    private mutating func onlyStep(from state: Int32) -> (UInt8, Int32)? {
        var found: (UInt8, Int32)?
        for byte in UInt8.min...UInt8.max {
            let next = step(state, byte)
            guard next >= 0 || next == Self.varies else { continue }
            guard found == nil else { return nil }
            found = (byte, next)
        }
        return found
    }
}
