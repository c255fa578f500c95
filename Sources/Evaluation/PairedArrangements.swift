/// Two versions on the same items, and what their difference would be with the versions swapped on some of them.
struct PairedArrangements {
    private let measure: Measure
    private let count: Int
    private let firstSums: [Double]
    private let secondSums: [Double]
    /// What a swap moves from the second version to the first, item by item that differs, part by part.
    private let moves: [Double]
    /// Items on which the versions differ; to swap others changes nothing.
    let differingCount: Int

    init(first: [[Double]], second: [[Double]], measure: Measure) {
        var firstSums = [Double](repeating: 0, count: measure.partCount)
        var secondSums = firstSums
        var moves: [Double] = []
        var differingCount = 0
        for (one, other) in zip(first, second) {
            for part in firstSums.indices {
                firstSums[part] += one[part]
                secondSums[part] += other[part]
            }
            guard one != other else { continue }
            differingCount += 1
            for part in firstSums.indices { moves.append(other[part] - one[part]) }
        }
        self.measure = measure
        count = first.count
        self.firstSums = firstSums
        self.secondSums = secondSums
        self.moves = moves
        self.differingCount = differingCount
    }

    /// The second version's figure minus the first's, nothing swapped.
    var difference: Double { gap(moving: [Double](repeating: 0, count: measure.partCount)) }

    /// The share of all arrangements whose difference is at least as large.
    ///
    /// - Complexity: O(2^*n*), *n* being `differingCount`, which must be below 64.
    func exactShare() -> Double {
        let limit = self.limit
        let all = UInt64(1) << UInt64(differingCount)
        var extreme = 0
        for swapped in 0..<all where abs(gap(swapping: [swapped])) >= limit { extreme += 1 }
        return Double(extreme) / Double(all)
    }

    /// The same share estimated from `rounds` arrangements, the observed one counted too.
    func drawnShare(rounds: Int, seed: UInt64) -> Double {
        let limit = self.limit
        var random = SplitMix(seed: seed)
        var swapped = [UInt64](repeating: 0, count: (differingCount + 63) / 64)
        var extreme = 0
        for _ in 0..<rounds {
            for word in swapped.indices { swapped[word] = random.next() }
            if abs(gap(swapping: swapped)) >= limit { extreme += 1 }
        }
        return Double(extreme + 1) / Double(rounds + 1)
    }

    /// A hair below the observed difference, so that equal arrangements count whatever the order of additions.
    private var limit: Double { abs(difference) - 1e-12 }

    /// The difference with the versions swapped on the items whose bits are set.
    private func gap(swapping swapped: [UInt64]) -> Double {
        var moved = [Double](repeating: 0, count: measure.partCount)
        for index in 0..<differingCount where swapped[index / 64] >> UInt64(index % 64) & 1 == 1 {
            for part in moved.indices { moved[part] += moves[index * moved.count + part] }
        }
        return gap(moving: moved)
    }

    private func gap(moving moved: [Double]) -> Double {
        let first = measure.value(of: zip(firstSums, moved).map { $0 + $1 }, count: count)
        let second = measure.value(of: zip(secondSums, moved).map { $0 - $1 }, count: count)
        return second - first
    }
}
