/// A JSON string: its bytes, quotes and escapes included, whose characters a pattern and two length bounds restrict.
///
/// Each string has one spelling, save `\/` and the case of hexadecimal digits: an escape stands only for a character
/// that can't be written plainly, as `\b \f \n \r \t \" \\` or else `\u00XX`. UTF-8 is well formed, and a state
/// inside a character or an escape exists only if some character that may stand there completes it.
struct StringLexeme: Sendable {
    let pattern: PatternAutomaton
    let minLength: Int32
    let maxLength: Int32
    /// The fewest characters from a pattern's state to an accepted string if at least *n* must follow, by *n* and state;
    /// only for patterns with a least length.
    private let completions: [[Int32]]

    fileprivate enum Mode {
        static let start: Int32 = 0
        static let ground: Int32 = 1
        static let escape: Int32 = 2
        static let hexFirst: Int32 = 3
        static let hexSecond: Int32 = 4
        static let hexThird: Int32 = 5
        static let hexLastOfZero: Int32 = 6
        static let hexLastOfOne: Int32 = 7
        static let finished: Int32 = 8
        /// One, two or three more bytes make a character; the low bits of the detail are its bits so far.
        static let partial: Int32 = 8
        /// The same where all characters that may come lead to the same state, which is the state's node already.
        static let settled: Int32 = 11
    }

    private static let modeShift: Int32 = 24

    /// `nil` if no string fits; throws if the tables would grow beyond `stateLimit` for each length.
    init?(pattern: PatternAutomaton?, minLength: Int, maxLength: Int, stateLimit: Int) throws(GrammarError) {
        guard minLength <= maxLength, maxLength < Int(Int32.max / 4) else { return nil }
        self.pattern = pattern ?? .everything
        self.minLength = Int32(minLength)
        self.maxLength = Int32(maxLength)
        if let pattern, minLength > 0 {
            guard minLength * pattern.stateCount <= stateLimit * 256 else {
                throw GrammarError(
                    .stateLimit(limit: stateLimit),
                    "`pattern` with `minLength` needs more than \(stateLimit) states")
            }
            completions = Self.completions(of: pattern, minLength: minLength)
        } else {
            completions = []
        }
        guard isLive(0, count: 0) else { return nil }
    }

    private static func completions(of pattern: PatternAutomaton, minLength: Int) -> [[Int32]] {
        let successors = (0..<Int32(pattern.stateCount)).map { pattern.successors(of: $0) }
        var layers = [successors.indices.map { pattern.shortestCompletion(from: Int32($0)) }]
        for layer in 0..<minLength {
            let shorter = layers[layer]
            layers.append(
                successors.map { targets in
                    let best = targets.map { shorter[Int($0)] }.min() ?? .max
                    return best == .max ? .max : best + 1
                })
        }
        return layers
    }

    var start: LexemeState { LexemeState() }

    /// The state just behind the opening quote.
    var startBehindQuote: LexemeState {
        LexemeState(node: 0, count: 0, detail: Mode.ground << Self.modeShift)
    }

    static func isFinished(_ state: LexemeState) -> Bool { state.detail == Mode.finished << modeShift }

    /// Whether `state` is between two characters.
    static func isBetweenCharacters(_ state: LexemeState) -> Bool { state.detail == Mode.ground << modeShift }

    /// Whether every character may follow here, as far as the length bound allows.
    func allowsEverything(_ state: LexemeState) -> Bool {
        Self.isBetweenCharacters(state) && pattern.isUniversal(state.node)
    }

    /// How many more characters fit.
    func remaining(_ state: LexemeState) -> Int { Int(maxLength - state.count) }

    /// The count that stands for the state's own, and needn't grow, for continuations of up to `byteCount` bytes: neither
    /// length bound is met within those. `nil` where one may be.
    func sharedCount(_ state: LexemeState, byteCount: Int) -> Int32? {
        guard !Self.isFinished(state) else { return nil }
        let reach = Int32(min(byteCount, 1 << 20)) + 1
        if state.count >= minLength {
            return state.count + reach + pattern.longestShortestCompletion < maxLength ? minLength : nil
        }
        return completions.isEmpty && state.count + reach < minLength ? 0 : nil
    }

    /// Whether some string goes on from the pattern's state `node` after `count` characters.
    private func isLive(_ node: Int32, count: Int32) -> Bool {
        guard node >= 0, count <= maxLength else { return false }
        let missing = max(0, minLength - count)
        let completion: Int32
        if missing == 0 {
            completion = pattern.shortestCompletion(from: node)
        } else if completions.isEmpty {
            completion = missing
        } else {
            completion = completions[Int(missing)][Int(node)]
        }
        return completion <= maxLength - count
    }

    func step(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        switch state.detail >> Self.modeShift {
        case Mode.ground: stepBetweenCharacters(state, byte)
        case Mode.start: byte == UInt8(ascii: "\"") ? startBehindQuote : nil
        case Mode.escape: stepEscape(state, byte)
        case Mode.hexFirst: byte == UInt8(ascii: "0") ? entering(Mode.hexSecond, from: state) : nil
        case Mode.hexSecond: byte == UInt8(ascii: "0") ? entering(Mode.hexThird, from: state) : nil
        case Mode.hexThird, Mode.hexLastOfZero, Mode.hexLastOfOne: stepHexadecimal(state, byte)
        case Mode.partial + 1...Mode.settled + 3: stepPartial(state, byte)
        default: nil
        }
    }

    private func stepBetweenCharacters(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        switch byte {
        case UInt8(ascii: "\""):
            guard state.count >= minLength, pattern.isAccepting(state.node) else { return nil }
            return LexemeState(detail: Mode.finished << Self.modeShift)
        case UInt8(ascii: "\\"):
            return entering(Mode.escape, from: state, ifAny: Self.escapedCodePoints)
        case 0x20...0x7F: return appending(UInt32(byte), to: state)
        case 0xC2...0xDF: return beginning(following: 1, bits: Int32(byte & 0x1F) << 6, from: state)
        case 0xE0...0xEF: return beginning(following: 2, bits: Int32(byte & 0x0F) << 12, from: state)
        case 0xF0...0xF4: return beginning(following: 3, bits: Int32(byte & 0x07) << 18, from: state)
        default: return nil
        }
    }

    private func appending(_ codePoint: UInt32, to state: LexemeState) -> LexemeState? {
        let node = pattern.step(state.node, codePoint)
        guard isLive(node, count: state.count + 1) else { return nil }
        return LexemeState(node: node, count: state.count + 1, detail: Mode.ground << Self.modeShift)
    }
}

// MARK: - Escapes

extension StringLexeme {
    private static let zeroRow: [UInt32] = [0, 1, 2, 3, 4, 5, 6, 7, 0x0B, 0x0E, 0x0F]
    private static let oneRow: [UInt32] = Array(0x10...0x1F)
    private static let escapedCodePoints: [UInt32] = Array(0...0x1F) + [0x22, 0x2F, 0x5C]

    private func entering(
        _ mode: Int32, from state: LexemeState, ifAny codePoints: [UInt32]? = nil
    ) -> LexemeState? {
        if let codePoints {
            let isOpen = codePoints.contains { codePoint in
                isLive(pattern.step(state.node, codePoint), count: state.count + 1)
            }
            guard isOpen else { return nil }
        }
        return LexemeState(node: state.node, count: state.count, detail: mode << Self.modeShift)
    }

    private func stepEscape(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): appending(UInt32(byte), to: state)
        case UInt8(ascii: "b"): appending(0x08, to: state)
        case UInt8(ascii: "t"): appending(0x09, to: state)
        case UInt8(ascii: "n"): appending(0x0A, to: state)
        case UInt8(ascii: "f"): appending(0x0C, to: state)
        case UInt8(ascii: "r"): appending(0x0D, to: state)
        case UInt8(ascii: "u"): entering(Mode.hexFirst, from: state, ifAny: Self.zeroRow + Self.oneRow)
        default: nil
        }
    }

    private func stepHexadecimal(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        let mode = state.detail >> Self.modeShift
        if mode == Mode.hexThird {
            switch byte {
            case UInt8(ascii: "0"): return entering(Mode.hexLastOfZero, from: state, ifAny: Self.zeroRow)
            case UInt8(ascii: "1"): return entering(Mode.hexLastOfOne, from: state, ifAny: Self.oneRow)
            default: return nil
            }
        }
        let digit: UInt32
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt32(byte) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = UInt32(byte) - 0x37
        default: return nil
        }
        if mode == Mode.hexLastOfOne { return appending(0x10 + digit, to: state) }
        return Self.zeroRow.contains(digit) ? appending(digit, to: state) : nil
    }
}

// MARK: - UTF-8

extension StringLexeme {
    private func beginning(following: Int32, bits: Int32, from state: LexemeState) -> LexemeState? {
        partial(node: state.node, count: state.count, following: following, bits: bits)
    }

    /// The code points that a sequence with `following` bytes to come can still be, surrogates possibly among them.
    private static func codePoints(following: Int32, bits: Int32) -> ClosedRange<UInt32> {
        let low = UInt32(bits)
        let high = min(0x10FFFF, low | ((1 << UInt32(6 * following)) - 1))
        // A lead byte without bits would be overlong below these.
        let least: UInt32 = low == 0 ? (following == 3 ? 0x10000 : following == 2 ? 0x800 : 0x80) : low
        return least...max(least, high)
    }

    private func partial(node: Int32, count: Int32, following: Int32, bits: Int32) -> LexemeState? {
        let codePoints = Self.codePoints(following: following, bits: bits)
        var targets: Set<Int32> = []
        for part in [codePoints.clamped(to: 0...0xD7FF), codePoints.clamped(to: 0xE000...0x10FFFF)]
        where part.overlaps(codePoints) {
            pattern.forEachSuccessor(of: node, in: part) { target in
                targets.insert(isLive(target, count: count + 1) ? target : PatternAutomaton.dead)
                return true
            }
        }
        guard targets != [PatternAutomaton.dead], let target = targets.first else { return nil }
        if targets.count == 1 {
            let shape = Self.sharedBits(following: following, bits: bits)
            return LexemeState(
                node: target, count: count + 1, detail: (Mode.settled + following) << Self.modeShift | shape)
        }
        return LexemeState(
            node: node, count: count, detail: (Mode.partial + following) << Self.modeShift | bits)
    }

    /// Bits that allow the same next bytes: only the leads E0, ED, F0 and F4 narrow them.
    private static func sharedBits(following: Int32, bits: Int32) -> Int32 {
        switch (following, bits) {
        case (2, 0), (2, 0xD000), (3, 0), (3, 0x100000): bits
        case (1, _): 0x80
        case (2, _): 0x1000
        default: 0x40000
        }
    }

    private func stepPartial(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        guard byte & 0xC0 == 0x80 else { return nil }
        let mode = state.detail >> Self.modeShift
        let isSettled = mode > Mode.settled
        let following = mode - (isSettled ? Mode.settled : Mode.partial)
        let bits = (state.detail & 0xFFFFFF) | Int32(byte & 0x3F) << (6 * (following - 1))
        switch following {
        case 3 where bits < 0x10000 || bits > 0x10FFFF: return nil
        case 2 where bits < 0x800 || (0xD800...0xDFFF).contains(bits): return nil
        default: break
        }
        guard following > 1 else {
            if isSettled {
                return LexemeState(
                    node: state.node, count: state.count, detail: Mode.ground << Self.modeShift)
            }
            return appending(UInt32(bits), to: state)
        }
        if isSettled {
            // After the second byte the bounds are met, so that any continuation does.
            let shape: Int32 = following == 3 ? 0x1000 : 0x80
            return LexemeState(
                node: state.node, count: state.count,
                detail: (Mode.settled + following - 1) << Self.modeShift | shape)
        }
        return partial(node: state.node, count: state.count, following: following - 1, bits: bits)
    }
}
