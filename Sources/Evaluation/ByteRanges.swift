import JSONSchemas

/// A set of bytes, written as ranges.
struct ByteRanges {
    /// Disjoint ranges in order.
    private let ranges: [Range<Int>]

    /// Reads `{byte_start, byte_end}` or a list of them; anything else is no byte.
    init(_ value: JSONValue) {
        let parts = value.arrayValue ?? [value]
        let read = parts.compactMap { part -> Range<Int>? in
            guard let start = part["byte_start"]?.intValue, let end = part["byte_end"]?.intValue, start < end else {
                return nil
            }
            return start..<end
        }
        var merged: [Range<Int>] = []
        for range in read.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        ranges = merged
    }

    /// Bytes in both by bytes in either; 1 where both are empty.
    func overlap(with other: ByteRanges) -> Double {
        var both = 0
        for range in ranges {
            for second in other.ranges { both += range.clamped(to: second).count }
        }
        let either = count + other.count - both
        return either == 0 ? 1 : Double(both) / Double(either)
    }

    private var count: Int { ranges.reduce(0) { $0 + $1.count } }
}
