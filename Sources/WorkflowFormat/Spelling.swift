/// Finds the name that was probably meant.
enum Spelling {
    /// The nearest of `names`, if one is near: a third of the letters may differ, at most three.
    static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        let limit = min(3, max(1, name.count / 3))
        return names.map { (name: $0, distance: distance(name.lowercased(), $0.lowercased())) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
            .name
    }

    /// A sentence that names the nearest, or else all of `names`.
    static func fix(for name: String, among names: [String], called plural: String) -> String {
        if let nearest = nearest(to: name, among: names) { return "Write `\(nearest)`." }
        guard !names.isEmpty else { return "There are no \(plural) here." }
        var seen: Set<String> = []
        let known = names.filter { seen.insert($0).inserted }
        return "Known \(plural): \(known.map { "`\($0)`" }.joined(separator: ", "))."
    }

    /// How many insertions, deletions, replacements and swaps of neighbors lie between two words (optimal string
    /// alignment distance).
    static func distance(_ first: String, _ second: String) -> Int {
        let a = Array(first)
        let b = Array(second)
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                var best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    best = min(best, beforeLast[j - 2] + 1)
                }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
