/// A place in a text that has to be replaced.
struct Finding: Hashable {
    /// In bytes.
    var range: Range<Int>
    let kind: RedactionClass
    /// The value in the spelling that all its spellings share; nil where that is the text itself.
    var canonical: [UInt8]?
    /// Whether what another finding leaves of this one has to go too. Half a password is one; half a mail address isn't.
    let isWhole: Bool

    init(_ range: Range<Int>, _ kind: RedactionClass, canonical: [UInt8]? = nil) {
        self.range = range
        self.kind = kind
        self.canonical = canonical
        isWhole = kind.rank <= RedactionClass.iban.rank
    }
}

extension RedactionClass {
    /// The order of the detectors: where two find the same place, the earlier one names it.
    var rank: Int { Self.ranks[self] ?? Self.ranks.count }

    private static let ranks: [RedactionClass: Int] = Dictionary(
        uniqueKeysWithValues: (always + onRequest).enumerated().map { ($0.element, $0.offset) })
}

extension [Finding] {
    /// The findings as places that don't overlap, in order.
    ///
    /// What overlaps becomes one place, named by the finding of the first rank in it. A finding that has to go only as a
    /// whole is left out where a finding of an earlier rank takes a part of it.
    func resolved(in text: Span<UInt8>) -> [Finding] {
        guard count > 1 else { return self }
        var result: [Finding] = []
        for next in sorted(by: { ($0.range.lowerBound, $0.kind.rank) < ($1.range.lowerBound, $1.kind.rank) }) {
            guard let last = result.last, last.range.upperBound > next.range.lowerBound else {
                result.append(next)
                continue
            }
            let isContained = next.range.upperBound <= last.range.upperBound
            // Four groups of an account number can pass for a card's: the longer one is it.
            if isContained, last.kind == .iban, next.kind == .card { continue }
            if next.kind.rank >= last.kind.rank, isContained || !next.isWhole { continue }
            if next.kind.rank < last.kind.rank, !last.isWhole {
                result[result.count - 1] = next
                continue
            }
            let union = last.range.lowerBound..<Swift.max(last.range.upperBound, next.range.upperBound)
            let named = next.kind.rank < last.kind.rank ? next : last
            var merged = named
            merged.range = union
            // Joined by what names it only where it is all of it.
            if named.range != union { merged.canonical = nil }
            result[result.count - 1] = merged
        }
        return result
    }
}
