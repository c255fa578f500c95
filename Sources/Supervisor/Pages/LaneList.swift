/// Lanes beside a column of rows, in which lines run from row to row without covering each other.
struct LaneList {
    /// For each lane the rows that are taken.
    private var lanes: [[ClosedRange<Int>]] = []

    /// How many lanes there are.
    var count: Int { lanes.count }

    /// The first lane that is free from one row to the other, which is taken then.
    mutating func take(_ first: Int, _ second: Int) -> Int {
        let rows = min(first, second)...max(first, second)
        let free = lanes.firstIndex { taken in !taken.contains { $0.overlaps(rows) } }
        guard let free else {
            lanes.append([rows])
            return lanes.count - 1
        }
        lanes[free].append(rows)
        return free
    }
}
