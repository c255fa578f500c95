/// How a figure is made of the numbers that its items add to it.
public enum Measure: String, Hashable, Sendable {
    /// The mean of the items' values.
    case mean
    /// The F1 score over all items of what was found rightly, wrongly and not at all: 2 · right by (2 · right + wrong +
    /// missed); 1 where there was nothing to find and nothing was found.
    case f1
    /// The harmonic mean of the items' mean precision and mean recall.
    case bCubed = "b_cubed"

    /// How many numbers an item adds.
    var partCount: Int {
        switch self {
        case .mean: 1
        case .f1: 3
        case .bCubed: 2
        }
    }

    /// The figure of `count` items whose numbers add up to `sums`.
    func value(of sums: [Double], count: Int) -> Double {
        switch self {
        case .mean: return count == 0 ? 0 : sums[0] / Double(count)
        case .f1:
            let right = 2 * sums[0]
            let wrong = sums[1] + sums[2]
            return right + wrong == 0 ? 1 : right / (right + wrong)
        case .bCubed:
            guard count > 0 else { return 0 }
            let precision = sums[0] / Double(count)
            let recall = sums[1] / Double(count)
            return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
        }
    }

    /// The figure of the items at `indices`.
    func value(of parts: [[Double]], at indices: some Collection<Int>) -> Double {
        var sums = [Double](repeating: 0, count: partCount)
        for index in indices {
            for part in sums.indices { sums[part] += parts[index][part] }
        }
        return value(of: sums, count: indices.count)
    }
}
