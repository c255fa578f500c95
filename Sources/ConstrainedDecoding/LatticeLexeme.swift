import JSONSchemas

/// A JSON number that must be a multiple, mustn't be one, lies strictly between bounds, or isn't one of some values.
///
/// A state holds the digits so far, and goes on only if a number that fits starts with them: such numbers lie on a
/// lattice, and those between two borders are counted. Where all that may follow fits, the digits are forgotten, so that
/// most numbers are few states.
struct LatticeLexeme: Sendable {
    private enum Phase {
        static let start: Int32 = 0
        static let sign: Int32 = 1
        static let zero: Int32 = 2
        static let whole: Int32 = 3
        static let point: Int32 = 4
        static let fraction: Int32 = 5
        static let mask: Int32 = 0xF
        static let negative: Int32 = 0x10
        static let free: Int32 = 0x20
        static let scaleShift: Int32 = 8
    }

    private let isInteger: Bool
    private let hasPoint: Bool
    /// All borders and steps are multiples of ten to the minus this.
    private let scale: Int
    private let unit: Int128
    private let lower: Int128
    private let upper: Int128
    private let hasBounds: Bool
    /// What each number that fits is a multiple of.
    private let step: Int128
    /// What no number that fits is a multiple of, itself multiples of `step`; with the least common multiples of each
    /// subset and their signs for counting.
    private let holes: [(step: Int128, sign: Int)]
    private let excluded: [Int128]
    /// Whether numbers have no more digits than are counted exactly.
    private let isShort: Bool
    private let digitLimit: Int
    private let fractionLimit: Int

    private let wholeLimit: Int128

    /// The digits of a state fit 95 bits.
    private static let mantissaDigits = 28
    /// Readers that keep numbers as doubles must come to the same multiples.
    private static let exactDigits = 15
    private static let farthest = ExactDecimal.power(36)

    static let start = LexemeState(node: Phase.start)

    /// `nil` if no number fits; throws if the numbers have too many digits for exact arithmetic.
    init?(_ draft: NumberDraft, digitLimit: Int, allowsZeroFraction: Bool) throws(GrammarError) {
        isInteger = draft.isInteger
        hasPoint = !draft.isInteger || allowsZeroFraction
        self.digitLimit = digitLimit
        func exact(_ number: JSONNumber) throws(GrammarError) -> ExactDecimal {
            guard let exact = ExactDecimal(number) else {
                throw GrammarError(
                    .unsupported, "`\(number)` has more than \(ExactDecimal.digitLimit) digits for exact arithmetic")
            }
            return exact
        }
        func exact(_ numbers: [JSONNumber]) throws(GrammarError) -> [ExactDecimal] {
            var list: [ExactDecimal] = []
            for number in numbers { list.append(try exact(number)) }
            return list
        }
        let low = try exact([draft.lower?.value].compactMap(\.self)).first
        let high = try exact([draft.upper?.value].compactMap(\.self)).first
        let multiples = try exact(draft.multiples)
        let nonMultiples = try exact(draft.nonMultiples)
        // Those with more digits are kept out by writing none with so many.
        let excluded = draft.excluded.compactMap { ExactDecimal($0) }
        isShort = excluded.count < draft.excluded.count
        let scales = ([low, high].compactMap(\.self) + multiples + nonMultiples + excluded).map(\.scale)
        let finest = scales.max() ?? 0
        let isCoarse = !multiples.isEmpty || !nonMultiples.isEmpty
        fractionLimit =
            draft.isInteger ? 1 : min(ExactDecimal.digitLimit, max(finest + 1, min(digitLimit, isCoarse ? 3 : 9)))
        let digits = isCoarse ? max(Self.exactDigits, fractionLimit + 1) : Self.mantissaDigits
        // As many digits as any number, or as a bound has.
        let needed = [low, high].compactMap { $0 }.map { String($0.mantissa / ExactDecimal.power($0.scale)).utf8.count }
        let room = isShort ? min(ExactDecimal.digitLimit, digits - fractionLimit) : digits - fractionLimit
        wholeLimit = ExactDecimal.power(min(room, max(digitLimit, needed.max() ?? 0)))
        scale = max(finest, fractionLimit)
        unit = draft.isInteger ? ExactDecimal.power(scale) : ExactDecimal.power(scale - fractionLimit)
        let scale = scale
        hasBounds = low != nil || high != nil
        lower = low.map { $0.scaled(to: scale) + (draft.lower?.isExclusive == true ? 1 : 0) } ?? -Self.farthest
        upper = high.map { $0.scaled(to: scale) - (draft.upper?.isExclusive == true ? 1 : 0) } ?? Self.farthest
        var step = unit
        for multiple in multiples { step = try Self.leastCommonMultiple(step, multiple.scaled(to: scale)) }
        self.step = step
        var holes: [(step: Int128, sign: Int)] = []
        for nonMultiple in nonMultiples {
            let hole = try Self.leastCommonMultiple(step, nonMultiple.scaled(to: scale))
            for other in holes {
                holes.append((try Self.leastCommonMultiple(other.step, hole), -other.sign))
            }
            holes.append((hole, 1))
            guard holes.count < 256 else {
                throw GrammarError(.stateLimit(limit: 8), "more than 8 negated `multipleOf` meet")
            }
        }
        self.holes = holes
        let distinct = Set(excluded.map { $0.scaled(to: scale) })
        let (least, most) = (lower, upper)
        self.excluded = distinct.filter { value in
            value % step == 0 && value >= least && value <= most
                && !holes.contains { $0.sign > 0 && value % $0.step == 0 }
        }.sorted()
        guard count(from: -Self.farthest, to: Self.farthest, cap: 1) > 0, canContinue(Self.start) else { return nil }
    }

    private static func leastCommonMultiple(_ first: Int128, _ second: Int128) throws(GrammarError) -> Int128 {
        var (a, b) = (first, second)
        while b != 0 { (a, b) = (b, a % b) }
        let product = (first / a).multipliedReportingOverflow(by: second)
        guard !product.overflow, product.partialValue < farthest else {
            throw GrammarError(.unsupported, "`multipleOf` has too many digits for exact arithmetic")
        }
        return product.partialValue
    }

    /// How many numbers from `first` to `last` fit, at most `cap`.
    private func count(from first: Int128, to last: Int128, cap: Int) -> Int {
        let low = max(first, lower)
        let high = min(last, upper)
        guard low <= high else { return 0 }
        var total = Self.multiples(of: step, from: low, to: high)
        for hole in holes { total -= Int128(hole.sign) * Self.multiples(of: hole.step, from: low, to: high) }
        total -= Int128(excluded.count { $0 >= low && $0 <= high })
        return Int(min(Int128(cap), total))
    }

    private static func multiples(of step: Int128, from low: Int128, to high: Int128) -> Int128 {
        func floor(_ value: Int128) -> Int128 {
            let quotient = value / step
            return value % step < 0 ? quotient - 1 : quotient
        }
        return floor(high) - floor(low - 1)
    }

    private func mantissa(_ state: LexemeState) -> Int128 {
        Int128(state.trie) << 64 | Int128(UInt32(bitPattern: state.detail)) << 32
            | Int128(UInt32(bitPattern: state.count))
    }

    private func state(_ node: Int32, _ mantissa: Int128) -> LexemeState {
        LexemeState(
            node: node, count: Int32(truncatingIfNeeded: mantissa), detail: Int32(truncatingIfNeeded: mantissa >> 32),
            trie: Int32(truncatingIfNeeded: mantissa >> 64))
    }

    private func fits(_ value: Int128) -> Bool { count(from: value, to: value, cap: 1) > 0 }

    /// The numbers from `magnitude` to `magnitude + width - unit`, seen from zero.
    private func count(_ magnitude: Int128, width: Int128, isNegative: Bool) -> Int {
        let far = magnitude + max(width, unit) - unit
        return isNegative ? count(from: -far, to: -magnitude, cap: 2) : count(from: magnitude, to: far, cap: 2)
    }

    func step(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        if state.node & Phase.free != 0 { return stepFreely(state, byte) }
        let phase = state.node & Phase.mask
        let sign = state.node & Phase.negative
        switch byte {
        case UInt8(ascii: "-"):
            guard phase == Phase.start else { return nil }
            let next = LexemeState(node: Phase.sign | Phase.negative)
            return canContinue(next) ? next : nil
        case UInt8(ascii: "."):
            guard hasPoint, phase == Phase.zero || phase == Phase.whole else { return nil }
            let value = mantissa(state) * ExactDecimal.power(scale)
            guard count(value, width: ExactDecimal.power(scale), isNegative: sign != 0) > 0 else { return nil }
            return self.state(Phase.point | sign, mantissa(state))
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return appending(Int128(byte) - 0x30, to: state, phase: phase, sign: sign)
        default: return nil
        }
    }

    private func appending(_ digit: Int128, to state: LexemeState, phase: Int32, sign: Int32) -> LexemeState? {
        let mantissa = mantissa(state) * 10 + digit
        switch phase {
        case Phase.start, Phase.sign, Phase.whole:
            let isZero = phase != Phase.whole && digit == 0
            let next = self.state((isZero ? Phase.zero : Phase.whole) | sign, mantissa)
            guard mantissa < wholeLimit, isLiveWhole(mantissa, isZero: isZero, isNegative: sign != 0) else {
                return nil
            }
            if isFreeWhole(mantissa, isZero: isZero, isNegative: sign != 0) {
                return LexemeState(
                    node: next.node | Phase.free, count: Int32(String(mantissa).utf8.count))
            }
            return next
        case Phase.point, Phase.fraction:
            let places = Int(state.node >> Phase.scaleShift) + 1
            guard places <= fractionLimit else { return nil }
            let width = ExactDecimal.power(scale - places)
            let value = mantissa * width
            guard count(value, width: width, isNegative: sign != 0) > 0 else { return nil }
            let node = Phase.fraction | sign | Int32(places) << Phase.scaleShift
            if isFree(value, width: width, isNegative: sign != 0) {
                return LexemeState(node: Phase.fraction | sign | Phase.free, count: Int32(places))
            }
            return self.state(node, mantissa)
        default: return nil
        }
    }

    private func isLiveWhole(_ mantissa: Int128, isZero: Bool, isNegative: Bool) -> Bool {
        var value = mantissa
        var width: Int128 = 1
        while value < wholeLimit {
            let power = ExactDecimal.power(scale)
            if count(value * power, width: width * power, isNegative: isNegative) > 0 { return true }
            if isZero { return false }
            value *= 10
            width *= 10
        }
        return false
    }

    private func isFreeWhole(_ mantissa: Int128, isZero: Bool, isNegative: Bool) -> Bool {
        guard !isShort, holes.isEmpty, step == unit, !isZero else { return false }
        let value = mantissa * ExactDecimal.power(scale)
        if isNegative { return lower == -Self.farthest && -value <= upper && !excluded.contains { $0 <= -value } }
        return upper == Self.farthest && value >= lower && !excluded.contains { $0 >= value }
    }

    private func isFree(_ value: Int128, width: Int128, isNegative: Bool) -> Bool {
        guard !isShort, holes.isEmpty, step == unit, !isInteger else { return false }
        let low = isNegative ? -(value + width) : value
        let high = isNegative ? -value : value + width
        return low >= lower && high <= upper && !excluded.contains { $0 >= low && $0 <= high }
    }

    private func stepFreely(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        let phase = state.node & Phase.mask
        var next = state
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            switch phase {
            case Phase.whole: guard Int(state.count) < digitLimit else { return nil }
            default:
                guard Int(state.count) < digitLimit, !isInteger || byte == UInt8(ascii: "0") else { return nil }
                next.node = Phase.fraction | state.node & ~Phase.mask
            }
            next.count += 1
            return next
        case UInt8(ascii: "."):
            guard hasPoint, phase == Phase.whole else { return nil }
            return LexemeState(node: Phase.point | state.node & ~Phase.mask)
        default: return nil
        }
    }

    func isAccepting(_ state: LexemeState) -> Bool {
        let phase = state.node & Phase.mask
        if state.node & Phase.free != 0 { return phase == Phase.whole || phase == Phase.fraction }
        let places: Int
        switch phase {
        case Phase.zero:
            // `-0` isn't written for a whole number.
            if state.node & Phase.negative != 0, !hasPoint || isInteger { return false }
            places = 0
        case Phase.whole: places = 0
        case Phase.fraction: places = Int(state.node >> Phase.scaleShift)
        default: return false
        }
        let value = mantissa(state) * ExactDecimal.power(scale - places)
        return fits(state.node & Phase.negative != 0 ? -value : value)
    }

    func canContinue(_ state: LexemeState) -> Bool {
        "0123456789.-".utf8.contains { step(state, $0) != nil }
    }

    /// How many numbers fit, at most `cap`.
    func cardinality(cap: Int) -> Int {
        count(from: -Self.farthest, to: Self.farthest, cap: cap)
    }
}
