import JSONSchemas

/// A JSON number whose value lies between two bounds, decided digit by digit.
///
/// The digits so far are compared with the like-long start of each bound; a longer number is greater. Numbers have
/// at most `digitLimit` digits before and after the point, more where a bound has more. An exponent of up to two
/// digits is allowed only without bounds. A whole number is written without point and exponent, and zero without
/// sign.
struct NumberLexeme: Sendable {
    /// The magnitudes that one sign allows, and what its bounds need.
    struct MagnitudeRange: Sendable {
        var lower: DecimalMagnitude
        var upper: DecimalMagnitude?

        var isEmpty: Bool { upper.map { !lower.isAtMost($0) } ?? false }
    }

    private let isInteger: Bool
    private let hasExponent: Bool
    /// Whether a whole number may have a point and zeros behind it.
    private let hasZeroFraction: Bool
    private let positive: MagnitudeRange?
    private let negative: MagnitudeRange?
    private let wholeDigitLimit: Int32
    private let fractionDigitLimit: Int32

    private enum Phase {
        static let start: Int32 = 0
        static let sign: Int32 = 1
        static let zero: Int32 = 2
        static let whole: Int32 = 3
        static let point: Int32 = 4
        static let fraction: Int32 = 5
        static let exponent: Int32 = 6
        static let exponentSign: Int32 = 7
        static let exponentDigits: Int32 = 8
        static let mask: Int32 = 0xF
        static let negative: Int32 = 0x10
    }

    /// How the digits compare with one bound's.
    private enum Order {
        static let equal: Int32 = 0
        static let less: Int32 = 1
        static let greater: Int32 = 2
    }

    static let start = LexemeState(node: Phase.start)

    /// `nil` if no number fits.
    init?(
        isInteger: Bool, minimum: JSONNumber?, maximum: JSONNumber?, digitLimit: Int, hasZeroFraction: Bool = false
    ) {
        self.isInteger = isInteger
        self.hasZeroFraction = hasZeroFraction
        hasExponent = !isInteger && minimum == nil && maximum == nil
        let zero = JSONNumber.integer(0)
        var positive: MagnitudeRange?
        if maximum.map({ $0 >= zero }) ?? true {
            positive = MagnitudeRange(
                lower: minimum.map { $0 > zero ? DecimalMagnitude($0) : .zero } ?? .zero,
                upper: maximum.map { DecimalMagnitude($0) })
        }
        var negative: MagnitudeRange?
        if minimum.map({ $0 < zero }) ?? true {
            negative = MagnitudeRange(
                lower: maximum.map { $0 < zero ? DecimalMagnitude($0) : .zero } ?? .zero,
                upper: minimum.map { DecimalMagnitude($0) })
        }
        if isInteger {
            positive = positive.map {
                MagnitudeRange(lower: $0.lower.roundedUp, upper: $0.upper?.roundedDown)
            }
            negative = negative.map { range in
                // `-0` isn't written.
                let lower = range.lower == .zero ? DecimalMagnitude(.integer(1)) : range.lower.roundedUp
                return MagnitudeRange(lower: lower, upper: range.upper?.roundedDown)
            }
        }
        self.positive = positive.flatMap { $0.isEmpty ? nil : $0 }
        self.negative = negative.flatMap { $0.isEmpty ? nil : $0 }
        let bounds = [positive, negative].compactMap(\.self).flatMap {
            [$0.lower, $0.upper].compactMap(\.self)
        }
        wholeDigitLimit = Int32(bounds.map(\.whole.count).reduce(digitLimit, max))
        fractionDigitLimit = Int32(bounds.map(\.fraction.count).reduce(digitLimit, max))
        guard self.positive != nil || self.negative != nil else { return nil }
    }

    private func range(_ state: LexemeState) -> MagnitudeRange? {
        state.node & Phase.negative != 0 ? negative : positive
    }

    func step(_ state: LexemeState, _ byte: UInt8) -> LexemeState? {
        let phase = state.node & Phase.mask
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digit = byte - 0x30
            switch phase {
            case Phase.start, Phase.sign, Phase.whole: return appendingWhole(digit, to: state)
            case Phase.point, Phase.fraction: return appendingFraction(digit, to: state)
            case Phase.exponent, Phase.exponentSign: return entering(Phase.exponentDigits, count: 1)
            case Phase.exponentDigits where state.count < 2: return entering(phase, count: state.count + 1)
            default: return nil
            }
        case UInt8(ascii: "-") where phase == Phase.start:
            return negative == nil ? nil : LexemeState(node: Phase.sign | Phase.negative)
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            return phase == Phase.exponent ? entering(Phase.exponentSign, count: 0) : nil
        case UInt8(ascii: "."):
            return phase == Phase.zero || phase == Phase.whole ? enteringFraction(state) : nil
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
            guard hasExponent, phase == Phase.zero || phase == Phase.whole || phase == Phase.fraction else {
                return nil
            }
            return entering(Phase.exponent, count: 0)
        default: return nil
        }
    }

    /// Only where there are no bounds, so that the sign needn't be kept.
    private func entering(_ phase: Int32, count: Int32) -> LexemeState {
        LexemeState(node: phase, count: count)
    }

    func isAccepting(_ state: LexemeState) -> Bool {
        guard let range = range(state) else { return false }
        let orders = orders(state, range)
        switch state.node & Phase.mask {
        case Phase.zero, Phase.whole:
            let lower = orders.lower == Order.greater || (orders.lower == Order.equal && range.lower.isWhole)
            return lower && orders.upper != Order.greater
        case Phase.fraction:
            let isLong = Int(state.count) >= range.lower.fraction.count
            let lower = orders.lower == Order.greater || (orders.lower == Order.equal && isLong)
            return lower && orders.upper != Order.greater
        case Phase.exponentDigits: return true
        default: return false
        }
    }

    func canContinue(_ state: LexemeState) -> Bool {
        let bytes: [UInt8] = Array(UInt8(ascii: "0")...UInt8(ascii: "9")) + Array(".eE+-".utf8)
        return bytes.contains { step(state, $0) != nil }
    }
}

// MARK: - Comparison with the bounds

extension NumberLexeme {
    private func pack(_ lower: Int32, _ upper: Int32) -> Int32 { lower | upper << 2 }

    /// How the number so far, taken as finished, compares with the bounds' whole parts or (in a fraction) digits.
    private func orders(_ state: LexemeState, _ range: MagnitudeRange) -> (lower: Int32, upper: Int32) {
        let lower = state.detail & 3
        let upper = state.detail >> 2 & 3
        let phase = state.node & Phase.mask
        guard phase == Phase.zero || phase == Phase.whole else { return (lower, upper) }
        return (
            Self.finished(lower, count: state.count, bound: range.lower),
            range.upper.map { Self.finished(upper, count: state.count, bound: $0) } ?? Order.less
        )
    }

    private static func finished(_ order: Int32, count: Int32, bound: DecimalMagnitude) -> Int32 {
        let boundCount = Int32(bound.whole.count)
        if count != boundCount { return count < boundCount ? Order.less : Order.greater }
        return order
    }

    private static func extended(_ order: Int32, by digit: UInt8, at index: Int, of bound: [UInt8]) -> Int32 {
        guard order == Order.equal else { return order }
        let other = index < bound.count ? bound[index] : 0
        return digit == other ? Order.equal : digit < other ? Order.less : Order.greater
    }

    private func appendingWhole(_ digit: UInt8, to state: LexemeState) -> LexemeState? {
        guard let range = range(state) else { return nil }
        let isFirst = state.node & Phase.mask != Phase.whole
        let sign = state.node & Phase.negative
        let index = Int(state.count)
        var next = LexemeState(
            node: (isFirst && digit == 0 ? Phase.zero : Phase.whole) | sign, count: state.count + 1)
        let lower = Self.extended(state.detail & 3, by: digit, at: index, of: range.lower.whole)
        let upper = range.upper.map {
            Self.extended(state.detail >> 2 & 3, by: digit, at: index, of: $0.whole)
        }
        next.detail = pack(lower, upper ?? Order.less)
        return isLive(next, range) ? next : nil
    }

    /// Whether some finished number starts with a whole part's digits.
    private func isLive(_ state: LexemeState, _ range: MagnitudeRange) -> Bool {
        let lower = state.detail & 3
        let upper = state.detail >> 2 & 3
        let lowerCount = Int32(range.lower.whole.count)
        let last = state.node & Phase.mask == Phase.zero ? state.count : wholeDigitLimit
        guard state.count <= last else { return false }
        for count in state.count...last {
            if count < lowerCount || (count == lowerCount && lower == Order.less) { continue }
            guard let bound = range.upper else { return true }
            let upperCount = Int32(bound.whole.count)
            if count < upperCount || (count == upperCount && upper != Order.greater) { return true }
        }
        return false
    }

    private func enteringFraction(_ state: LexemeState) -> LexemeState? {
        guard !isInteger || hasZeroFraction, let range = range(state) else { return nil }
        let orders = orders(state, range)
        guard orders.lower != Order.less, orders.upper != Order.greater else { return nil }
        return LexemeState(
            node: Phase.point | state.node & Phase.negative, count: 0,
            detail: pack(orders.lower, orders.upper))
    }

    private func appendingFraction(_ digit: UInt8, to state: LexemeState) -> LexemeState? {
        guard let range = range(state), state.count < fractionDigitLimit, !isInteger || digit == 0 else { return nil }
        let index = Int(state.count)
        let lower = Self.extended(state.detail & 3, by: digit, at: index, of: range.lower.fraction)
        let upper = Self.extended(
            state.detail >> 2 & 3, by: digit, at: index, of: range.upper?.fraction ?? [])
        guard lower != Order.less, upper != Order.greater else { return nil }
        return LexemeState(
            node: Phase.fraction | state.node & Phase.negative, count: state.count + 1,
            detail: pack(lower, upper))
    }
}
