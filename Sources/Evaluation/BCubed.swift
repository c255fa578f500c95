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

    /// The harmonic mean of mean precision and mean recall. An item without an answer is not wholly right.
    func score(_ name: String) -> Score {
        Score(
            name: name, measure: .bCubed, parts: zip(precisions, recalls).map { [$0, $1] },
            values: items.indices.map { index in
                items[index].answer != nil && precisions[index] == 1 && recalls[index] == 1 ? 1 : 0
            },
            items: items, details: ["precision": mean(precisions), "recall": mean(recalls)])
    }

    private func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
