import JSONSchemas

/// The B-cubed measure of a grouping (Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing Using the Vector
/// Space Model", 1998): for each item, which share of its group belongs there, and which share of its gold group is in it.
struct BCubed {
    private let items: [ScoredItem]
    private let precisions: [Double]
    private let recalls: [Double]

    /// An item without an answer, or one that was put into no group, is a group of its own.
    init(_ items: [ScoredItem]) {
        self.items = items
        let groups = items.enumerated().map { index, item in Self.group(item.answer, index) }
        let golds = items.enumerated().map { index, item in Self.group(item.gold, index) }
        var answerMembers: [Group: Set<Int>] = [:]
        var goldMembers: [Group: Set<Int>] = [:]
        for index in items.indices {
            answerMembers[groups[index], default: []].insert(index)
            goldMembers[golds[index], default: []].insert(index)
        }
        var precisions: [Double] = []
        var recalls: [Double] = []
        for index in items.indices {
            let mine = answerMembers[groups[index]] ?? []
            let right = goldMembers[golds[index]] ?? []
            let both = Double(mine.intersection(right).count)
            precisions.append(both / Double(mine.count))
            recalls.append(both / Double(right.count))
        }
        self.precisions = precisions
        self.recalls = recalls
    }

    private enum Group: Hashable {
        case named(JSONValue)
        case alone(Int)
    }

    private static func group(_ value: JSONValue?, _ index: Int) -> Group {
        guard let value, !value.isNull else { return .alone(index) }
        return .named(value)
    }

    func score(_ name: String) -> Score {
        let all = Array(items.indices)
        return Score(
            name: name, count: items.count, value: f1(all),
            interval: Interval.bootstrap(count: items.count) { f1($0) },
            details: ["precision": mean(precisions, all), "recall": mean(recalls, all)],
            values: items.indices.map { precisions[$0] == 1 && recalls[$0] == 1 ? 1 : 0 }, items: items)
    }

    private func f1(_ indices: [Int]) -> Double {
        let precision = mean(precisions, indices)
        let recall = mean(recalls, indices)
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }

    private func mean(_ values: [Double], _ indices: [Int]) -> Double {
        indices.isEmpty ? 0 : indices.reduce(0) { $0 + values[$1] } / Double(indices.count)
    }
}
