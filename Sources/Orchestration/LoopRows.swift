import JSONSchemas
import Provenance

/// What a `for_each` goes through.
struct LoopSource {
    /// The list, or the text whose segments are the items.
    let list: StepResult
    /// The items.
    var items: [JSONValue]
    private let isText: Bool

    init(_ list: StepResult, items: [JSONValue]) {
        self.list = list
        self.items = items
        isText = false
    }

    /// Every field of a segment is cut from the text, or counts in it.
    init(segmentsOf text: StepResult, items: [JSONValue]) {
        list = text
        self.items = items
        isText = true
    }

    func labels(ofItem index: Int) -> LabelMap {
        guard isText else { return list.labels.member(String(index)) }
        guard list.value.objectValue != nil else { return LabelMap(list.label) }
        // The result of `file.read`: its text is cut, and its path gives the segments' `source`.
        return LabelMap(list.labels.member("text").label.joined(with: list.labels.member("path").label))
    }
}

/// What a `for_each` has come to so far: one row an item.
struct LoopRows {
    private var rows: [JSONValue] = []
    /// The join of everything.
    private var label: Label
    /// What the number of rows hangs on.
    private var countLabel: Label
    /// The labels of a row, merged over all of them.
    private var each: LabelMap?
    private var last: LabelMap?
    private var isProvisional: Bool

    init(_ source: StepResult) {
        label = source.label
        countLabel = source.label
        isProvisional = source.isProvisional
    }

    /// Takes in that an item was taken, or left out, because of a value with this label.
    mutating func count(condition: Label) {
        countLabel = countLabel.joined(with: condition).condensed()
        label = label.joined(with: condition).condensed()
    }

    mutating func append(index: Int, item: StepResult, _ results: [(name: String, result: StepResult)]) {
        var row: JSONObject = ["index": .integer(index), "item": item.value]
        for (name, result) in results {
            row[name] = result.value
            label = label.joined(with: result.label).condensed()
            isProvisional = isProvisional || result.isProvisional
        }
        let labels = LabelMap(
            label,
            members: [("index", LabelMap(countLabel)), ("item", item.labels)]
                + results.map { ($0.name, $0.result.labels) }
        ).condensed()
        rows.append(.object(row))
        last = labels
        each = (each?.merged(with: labels) ?? labels).condensed()
    }

    /// The rows as later steps see them.
    var result: StepResult {
        StepResult(
            ["items": .array(rows), "count": .integer(rows.count)],
            labels: LabelMap(label, members: [("items", items), ("count", LabelMap(countLabel))]),
            isProvisional: isProvisional)
    }

    /// The rows as the next item sees them.
    var soFar: StepResult {
        StepResult(
            ["items": .array(rows), "last": rows.last ?? .null],
            labels: LabelMap(label, members: [("items", items), ("last", last ?? LabelMap(countLabel))]),
            isProvisional: isProvisional)
    }

    private var items: LabelMap {
        each.map { LabelMap(countLabel, elements: $0) } ?? LabelMap(countLabel)
    }
}
