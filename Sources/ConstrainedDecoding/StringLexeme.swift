import JSONSchemas
import Tokens

/// A JSON string: its bytes, quotes and escapes included, whose characters a language and two length bounds restrict,
/// and that isn't one of some excluded strings.
///
/// Each string has one spelling, save `\/` and the case of hexadecimal digits: an escape stands only for a character
/// that can't be written plainly, as `\b \f \n \r \t \" \\` or else `\u00XX`. UTF-8 is well formed, and a state
/// inside a character or an escape exists only if some character that may stand there completes it. Where strings are
/// excluded, each has exactly one spelling.
///
/// Characters are counted only where a length bound can be met within a token's length; elsewhere a state's count is
/// `uncounted`, so that the middle of a long string is few states. See `counted(_:from:)`.
struct StringLexeme: Sendable {
    let language: StringLanguage
    let minLength: Int32
    let maxLength: Int32
    /// The fewest characters from a language's state to an accepted string if at least *n* must follow, by *n* and
    /// state; only for languages with a least length.
    private let completions: [[Int32]]
    /// The excluded strings as they stand between the quotes.
    private(set) var excluded: ByteTrie?

    static let uncounted: Int32 = -1
    /// No text token may be longer, or it isn't offered: up to here ahead of a length bound characters are counted.
    static let longestToken = TokenTrie.tokenByteLimit

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
    init?(
        language: StringLanguage, minLength: Int, maxLength: Int, excluded: [String] = [],
        excludedContents: [[UInt8]] = [], stateLimit: Int
    ) throws(GrammarError) {
        // No text is as long.
        let maxLength = min(maxLength, Int(Int32.max / 4) - 1)
        guard minLength <= maxLength else { return nil }
        self.language = language
        self.minLength = Int32(minLength)
        self.maxLength = Int32(maxLength)
        if minLength > 0, !language.universal[0] {
            guard minLength * language.labels.count <= stateLimit * 256 else {
                throw GrammarError(
                    .stateLimit(limit: stateLimit),
                    "`pattern` with `minLength` needs more than \(stateLimit) states")
            }
            completions = Self.completions(of: language, minLength: minLength)
        } else {
            completions = []
        }
        self.excluded = nil
        let contents = Set(excluded.map { Self.contents(of: $0) } + excludedContents)
        let fitting = contents.filter { accepts(contents: $0) }
        self.excluded = fitting.isEmpty ? nil : ByteTrie(Array(fitting))
        guard isLive(0, count: 0) else { return nil }
        if self.excluded != nil, !isLiveBesideExcluded(start) { return nil }
    }

    /// Every string.
    static let anything: StringLexeme = {
        guard let lexeme = try? StringLexeme(language: .everything, minLength: 0, maxLength: .max, stateLimit: 1) else {
            preconditionFailure("Every string is some string.")
        }
        return lexeme
    }()

    /// Whether a string fits but for excluded ones.
    private func accepts(contents: [UInt8]) -> Bool {
        var state = LexemeState(count: 0, detail: Mode.ground << Self.modeShift)
        for byte in contents + [UInt8(ascii: "\"")] {
            guard let next = stepPlainly(state, byte) else { return false }
            state = next
        }
        return true
    }

    /// A string as it stands between the quotes.
    static func contents(of text: String) -> [UInt8] {
        Array(JSONValue.string(text).serializedBytes().dropFirst().dropLast())
    }

    private static func completions(of language: StringLanguage, minLength: Int) -> [[Int32]] {
        let successors = (0..<Int32(language.labels.count)).map { language.successors(of: $0) }
        var layers = [language.distances]
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

    var start: LexemeState { LexemeState(count: settledCount(0)) }

    /// The state just behind the opening quote.
    var startBehindQuote: LexemeState {
        LexemeState(node: 0, count: settledCount(0), detail: Mode.ground << Self.modeShift)
    }

    static func isFinished(_ state: LexemeState) -> Bool { state.detail == Mode.finished << modeShift }

    /// Whether `state` is between two characters.
    static func isBetweenCharacters(_ state: LexemeState) -> Bool { state.detail == Mode.ground << modeShift }

    /// Whether `state` is behind the opening quote.
    static func isInside(_ state: LexemeState) -> Bool { state.detail >> modeShift != Mode.start }

    /// The same language without bounds and excluded strings.
    var unbounded: StringLexeme { StringLexeme(language: language) }

    private init(language: StringLanguage) {
        self.language = language
        minLength = 0
        maxLength = .max / 4
        completions = []
        excluded = nil
    }

    /// The state between two characters at `node`, uncounted.
    static func between(node: Int32) -> LexemeState {
        LexemeState(node: node, count: uncounted, detail: Mode.ground << modeShift)
    }

    /// How many characters the step from `state` to `next` adds: a character counts when it is complete, or when all
    /// that may complete it lead to one state.
    static func characters(from state: LexemeState, to next: LexemeState) -> Int32 {
        let before = state.detail >> modeShift
        let after = next.detail >> modeShift
        if after == Mode.ground { return before > Mode.settled ? 0 : 1 }
        return after > Mode.settled && before <= Mode.settled ? 1 : 0
    }

    /// The fewest characters that complete a string from `state`, one that has begun counted only where it must be.
    func distance(from state: LexemeState) -> Int32 {
        let mode = state.detail >> Self.modeShift
        if Self.isBetweenCharacters(state) || mode > Mode.settled { return language.distances[Int(state.node)] }
        var least = Int32.max
        for byte in UInt8.min...UInt8.max {
            guard let next = stepPlainly(state, byte) else { continue }
            least = min(least, distance(from: next) + Self.characters(from: state, to: next))
        }
        return least
    }

    /// Whether some string goes on from `state`, whose characters are counted.
    func canContinue(_ state: LexemeState) -> Bool {
        if Self.isBetweenCharacters(state) { return isLive(state.node, count: state.count) }
        let mode = state.detail >> Self.modeShift
        if mode > Mode.settled { return isLive(state.node, count: state.count) }
        // Behind `\u` the next bytes are the same for all: only the characters tell whether one leads on.
        if mode == Mode.hexFirst || mode == Mode.hexSecond {
            return isAnyLive(Self.zeroRow + Self.oneRow, after: state)
        }
        return (UInt8.min...UInt8.max).contains { stepPlainly(state, $0) != nil }
    }

    /// From this length on characters are counted.
    var countedFrom: Int32 {
        max(0, maxLength - Int32(Self.longestToken) - language.longestDistance - 2)
    }

    private func settledCount(_ count: Int32) -> Int32 {
        count >= minLength && count < countedFrom ? Self.uncounted : count
    }

    /// `state`, whose characters weren't counted, where `count` of them have come.
    func counted(_ state: LexemeState, from count: Int32) -> LexemeState {
        var state = state
        if state.count == Self.uncounted { state.count = min(count, maxLength) }
        return state
    }

    /// Whether the string may end after `count` characters at `node`.
    func isAccepting(node: Int32, count: Int32) -> Bool {
        language.accepting[Int(node)] && (count < 0 || count >= minLength)
    }

    /// Whether some string goes on from the language's state `node` after `count` characters.
    func isLive(_ node: Int32, count: Int32) -> Bool {
        guard node >= 0 else { return false }
        guard count >= 0 else { return true }
        guard count <= maxLength else { return false }
        let missing = max(0, minLength - count)
        let completion: Int32
        if missing == 0 {
            completion = language.distances[Int(node)]
        } else if completions.isEmpty {
            completion = missing
        } else {
            completion = completions[Int(missing)][Int(node)]
        }
        return completion <= maxLength - count
    }

    /// How many strings go on from `state`, at most `cap`.
    func completionCount(_ state: LexemeState, cap: Int) -> Int {
        guard Self.isBetweenCharacters(state) || state.detail >> Self.modeShift == Mode.start else {
            var total = 0
            for byte in UInt8.min...UInt8.max where Self.isOnlySpelling(byte, in: state) {
                guard let next = stepPlainly(state, byte) else { continue }
                total += completionCount(next, cap: cap - total)
                if total >= cap { return cap }
            }
            return total
        }
        if state.count < 0 {
            if language.infinite[Int(state.node)] { return cap }
            return language.count(from: state.node, least: 0, most: language.labels.count, cap: cap)
        }
        return language.count(
            from: state.node, least: Int(max(0, minLength - state.count)), most: Int(maxLength - state.count),
            cap: cap)
    }

    /// The number of strings that fit, at most `cap`.
    func cardinality(cap: Int) -> Int {
        let least = completionCount(startBehindQuote, cap: cap + (excluded?.count(under: 0) ?? 0))
        return min(cap, least - (excluded?.count(under: 0) ?? 0))
    }

    /// The state after `byte`, or `nil` if no string that fits goes on like that.
    func step(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        guard let excluded else { return stepPlainly(state, byte) }
        guard Self.isOnlySpelling(byte, in: state), var next = stepPlainly(state, byte) else { return nil }
        if state.detail >> Self.modeShift == Mode.start || state.trie < 0 {
            next.trie = state.trie
            return next
        }
        if Self.isFinished(next) { return excluded.value(at: state.trie) < 0 ? next : nil }
        next.trie = excluded.child(of: state.trie, byte)
        return isLiveBesideExcluded(next) ? next : nil
    }

    /// Whether more strings go on from `state` than are excluded.
    private func isLiveBesideExcluded(_ state: LexemeState) -> Bool {
        guard let excluded, state.trie >= 0 else { return true }
        let isBetween = Self.isBetweenCharacters(state)
        if state.count < 0, language.infinite[Int(state.node)] { return true }
        guard isBetween || state.detail >> Self.modeShift == Mode.start else {
            return (UInt8.min...UInt8.max).contains { step(state, $0) != nil }
        }
        let least = excluded.count(under: state.trie)
        return completionCount(state, cap: least + 1) > least
    }

    /// Equal strings must be equal bytes, so `\/` and upper-case hexadecimal digits aren't offered.
    static func isOnlySpelling(_ byte: UInt8, in state: LexemeState) -> Bool {
        guard !isBetweenCharacters(state), state.detail >> modeShift < Mode.finished else { return true }
        return byte != UInt8(ascii: "/") && !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    /// The same without regard to excluded strings.
    func stepPlainly(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
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
            guard isAccepting(node: state.node, count: state.count) else { return nil }
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
        let node = language.step(state.node, codePoint)
        let count = state.count < 0 ? state.count : state.count + 1
        guard isLive(node, count: count) else { return nil }
        return LexemeState(node: node, count: settledCount(count), detail: Mode.ground << Self.modeShift)
    }

    /// How many characters there are with one more.
    private func longer(_ count: Int32) -> Int32 { count < 0 ? count : count + 1 }
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
            guard isAnyLive(codePoints, after: state) else { return nil }
        }
        return LexemeState(node: state.node, count: state.count, detail: mode << Self.modeShift)
    }

    private func isAnyLive(_ codePoints: [UInt32], after state: LexemeState) -> Bool {
        codePoints.contains { isLive(language.step(state.node, $0), count: longer(state.count)) }
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
        // The state that all characters lead to, or that some lead to two.
        var target: Int32?
        var isSame = true
        for part in [codePoints.clamped(to: 0...0xD7FF), codePoints.clamped(to: 0xE000...0x10FFFF)]
        where part.overlaps(codePoints) {
            language.forEachSuccessor(of: node, in: part) { next in
                let next = isLive(next, count: longer(count)) ? next : StringLanguage.dead
                if target == nil { target = next }
                if target != next { isSame = false }
            }
        }
        guard let target, !isSame || target != StringLanguage.dead else { return nil }
        if isSame {
            let shape = Self.sharedBits(following: following, bits: bits)
            return LexemeState(
                node: target, count: longer(count), detail: (Mode.settled + following) << Self.modeShift | shape)
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
                    node: state.node, count: settledCount(state.count), detail: Mode.ground << Self.modeShift)
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
