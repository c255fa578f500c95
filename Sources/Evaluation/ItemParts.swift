public import JSONSchemas
import WorkflowFormat

/// What each item adds to each figure of an evaluation: all that a later one needs to be compared with it.
public struct ItemParts: Hashable, Sendable {
    struct Figure: Hashable, Sendable {
        let measure: Measure
        /// By the items' identifiers.
        let parts: [String: [Double]]
    }

    let figures: [String: Figure]

    init(_ scores: [Score]) {
        var figures: [String: Figure] = [:]
        for score in scores {
            figures[score.name] = Figure(
                measure: score.measure,
                parts: Dictionary(zip(score.identifiers, score.parts), uniquingKeysWith: { first, _ in first }))
        }
        self.figures = figures
    }

    /// Reads what `json` wrote; nil for anything else.
    public init?(fromJSON value: JSONValue) {
        guard let object = value.objectValue else { return nil }
        var figures: [String: Figure] = [:]
        for (name, value) in object {
            guard let measure = value["measure"]?.stringValue.flatMap(Measure.init(rawValue:)),
                let items = value["parts"]?.objectValue
            else { return nil }
            var parts: [String: [Double]] = [:]
            for (id, value) in items {
                let numbers = (value.arrayValue ?? []).compactMap(\.doubleValue)
                guard numbers.count == measure.partCount else { return nil }
                parts[id] = numbers
            }
            figures[name] = Figure(measure: measure, parts: parts)
        }
        self.figures = figures
    }

    /// `{NAME: {"measure": M, "parts": {ID: [NUMBER...]}}}`, names and identifiers sorted.
    public var json: JSONValue {
        var object = JSONObject()
        for (name, figure) in figures.sorted(by: { $0.key < $1.key }) {
            let parts = figure.parts.sorted { $0.key < $1.key }
                .map { ($0.key, JSONValue.array($0.value.map { .number($0) })) }
            object[name] = ["measure": .string(figure.measure.rawValue), "parts": .object(JSONObject(parts))]
        }
        return .object(object)
    }

    /// Whether a figure of `suite` can be compared: it is of the same name, and its items have an identifier in common.
    public func shares(with suite: Suite) -> Bool {
        let names = Set(suite.definition.figures.map(\.name))
        let identifiers = Set(suite.gold.map(\.id))
        return figures.contains { name, figure in
            names.contains(name) && !identifiers.isDisjoint(with: figure.parts.keys)
        }
    }
}
